"""Sources as a terminal shows them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from resources.translate import ENGLISH, N_, speech
from server.sharing import described

if TYPE_CHECKING:
    from capture.source import Source

KINDS = {
    "desktop": N_("desktop"),
    "monitor": N_("monitor"),
    "portal": N_("picked"),
    "window": N_("window"),
    "demo": N_("demo"),
}
STATES = {
    "live": N_("live"),
    "minimised": N_("minimised"),
    "hidden": N_("hidden"),
    "protected": N_("protected"),
    "paused": N_("paused"),
    "blanked": N_("blanked"),
    "waiting": N_("waiting"),
    "closed": N_("closed"),
}

OURS = ("desktop", "demo")
"""Kinds of sources that get their titles from us."""


def window_list(sources: Iterable[Source], *, as_json: bool, language: str = ENGLISH) -> str:
    """Return what there is, with what to call it: a line each below a heading, or as JSON."""
    if not as_json:
        _ = speech(language).gettext
        heading = _line(_("HANDLE"), _("KIND"), _("SIZE"), _("STATE"), _("PROGRAM"), _("TITLE"))
        return "\n".join((heading, *(source_words(source, language) for source in sources)))
    # By its output a monitor can be shared for good.
    found = [described(source) | ({"output": source.output} if source.output else {}) for source in sources]
    return json.dumps({"windows": found, "count": len(found)}, ensure_ascii=False, indent=2)


def source_words(source: Source, language: str = ENGLISH) -> str:
    """Return one source as a line, its handle first."""
    _ = speech(language).gettext
    size, owner = f"{source.width}×{source.height}", source.app or source.connector
    title = _(source.title) if source.kind in OURS else source.title
    return _line(source.id, _(KINDS[source.kind]), size, _(STATES[source.state]), owner, title)


def _line(handle: str, kind: str, size: str, state: str, owner: str, title: str) -> str:
    return f"{handle:>12}  {kind:8} {size:>11}  {state:10} {owner:16} {title}"
