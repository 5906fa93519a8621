"""Work in pieces: the first at once, each other one after all else that the loop has to do by then."""

from __future__ import annotations

import asyncio

from gui.loop.turns import in_turns
from tests.helpers.waiting import until


async def test_each_piece_has_a_turn_of_its_own() -> None:
    done: list[str] = []
    loop = asyncio.get_running_loop()

    def note(name: str) -> None:
        done.append(name)
        loop.call_soon(done.append, f"after {name}")

    in_turns((lambda: note("a"), lambda: note("b"), lambda: note("c")))
    assert done == ["a"]
    await until(lambda: "after c" in done)

    assert done == ["a", "after a", "b", "after b", "c", "after c"]
