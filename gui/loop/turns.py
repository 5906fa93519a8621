"""Work in pieces, so that none of it holds the loop for long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


def in_turns(acts: tuple[Callable[[], None], ...]) -> None:
    """Have the first of ``acts`` done now, and each other one in a turn of the loop of its own. Loop only."""
    if acts:
        acts[0]()
        asyncio.get_running_loop().call_soon(in_turns, acts[1:])
