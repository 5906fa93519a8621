"""Sources as a terminal shows them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from server.sharing import described

if TYPE_CHECKING:
    from capture.source import Source


def window_list(sources: Iterable[Source], *, as_json: bool) -> str:
    """Return what there is: a line each, or as JSON."""
    if not as_json:
        return "\n".join(map(source_words, sources))
    found = [described(source) for source in sources]
    return json.dumps({"windows": found, "count": len(found)}, ensure_ascii=False, indent=2)


def source_words(source: Source) -> str:
    """Return one source as a line, its handle first."""
    size = f"{source.width}×{source.height}"
    owner = source.app or source.output
    return f"{source.id:>12}  {source.kind:8} {size:>11}  {source.state:10} {owner:16} {source.title}"
