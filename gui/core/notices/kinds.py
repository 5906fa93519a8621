"""Which kinds of notices there are, which of them the person wants, and how many become one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gui.core.settings import Settings
from resources.translate import N_, ngettext

Kind = Literal["questions", "visits", "departures", "guessers", "reminder", "port", "lock"]
KINDS: dict[Kind, str] = {
    "questions": N_("Someone asks to watch"),
    "visits": N_("A viewer joins"),
    "departures": N_("A viewer leaves"),
    "guessers": N_("Someone is turned away"),
    "reminder": N_("Sharing has gone on for a while"),
    "port": N_("The port is taken"),
    "lock": N_("The screen is locked"),
}
"""Each kind of notice, as the menu calls it."""
REMIND_AFTER: int = Settings().remind_after


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said.

    Attributes:
        question: which question it is about; None where it asks nothing.
    """

    kind: Kind
    title: str
    words: str
    question: int | None = None


def is_wanted(kind: Kind, settings: Settings) -> bool:
    """Tell whether the person wants notices of this kind."""
    return settings.remind_after > 0 if kind == "reminder" else bool(getattr(settings, f"tells_{kind}"))


def wish(kind: Kind, wanted: bool, settings: Settings) -> dict[str, object]:
    """Return which settings become what when a kind is switched on or off."""
    if kind == "reminder":
        return {"remind_after": (settings.remind_after or REMIND_AFTER) if wanted else 0}
    return {f"tells_{kind}": wanted}


def joined(notices: Sequence[Notice]) -> Notice:
    """Return several as one, the newest first in its words; a question among them gives it its kind."""
    if len(notices) == 1:
        return notices[0]
    kinds = [notice.kind for notice in notices]
    kind: Kind = "questions" if "questions" in kinds else kinds[-1]
    count = len(notices)
    title = ngettext("{count} notice", "{count} notices", count).format(count=count)
    return Notice(kind, title, "\n".join(dict.fromkeys(notice.title for notice in reversed(notices))))
