"""Which kinds of notices there are, and which of them the person wants. Pure."""

from __future__ import annotations

from typing import Literal

from gui.core.settings import Settings
from resources.translate import N_

Kind = Literal["visits", "questions", "guessers", "reminder"]
KINDS: dict[Kind, str] = {
    "visits": N_("Viewers join or leave"),
    "questions": N_("Someone asks to watch"),
    "guessers": N_("Someone keeps guessing a PIN or a link"),
    "reminder": N_("Sharing has gone on for a while"),
}
"""Each kind of notice, as the menu calls it."""
REMIND_AFTER: int = Settings().remind_after


def is_wanted(kind: Kind, settings: Settings) -> bool:
    """Tell whether the person wants notices of this kind."""
    match kind:
        case "visits":
            return settings.tells_visits
        case "questions":
            return settings.tells_questions
        case "guessers":
            return settings.tells_guessers
        case "reminder":
            return settings.remind_after > 0


def wish(kind: Kind, wanted: bool, settings: Settings) -> dict[str, object]:
    """Return which settings become what when a kind is switched on or off."""
    if kind == "reminder":
        return {"remind_after": (settings.remind_after or REMIND_AFTER) if wanted else 0}
    return {f"tells_{kind}": wanted}
