"""A real server whose one source the test paints, for browsers and players that are driven from the test's thread.

It runs on a thread of its own, because Playwright drives the browser from the test's.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TypeVar

from server.sharing import ShareRule
from server.stats import SessionView
from tests.end_to_end.parts import free_port
from tests.server.conftest import SHARED, Studio, open_studio

T = TypeVar("T")
Colour = tuple[int, int, int]
"""Red, green, blue."""


class PaintedServer:
    """Shares the window 4711, 320 × 240.

    Attributes:
        friend: a port of this computer whose pages (at 127.0.0.1) are allowed.
        studio: the server's parts; to be touched through `do` only.
    """

    def __init__(self) -> None:
        self.friend = free_port()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="painted-server")
        self._opened: AbstractAsyncContextManager[Studio] = open_studio(frozenset({f"http://127.0.0.1:{self.friend}"}))
        self._thread.start()
        self.studio = asyncio.run_coroutine_threadsafe(self._opened.__aenter__(), self._loop).result(10)

    def address(self, path: str) -> str:
        """Return the address of something it serves."""
        return f"http://127.0.0.1:{self.studio.server.port}{path}"

    def do(self, deed: Callable[[], T]) -> T:
        """Return what ``deed`` returns on the server's loop."""

        async def done() -> T:
            return deed()

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(10)

    def show(self, colour: Colour) -> None:
        """Paint the window in one colour."""
        red, green, blue = colour
        self.do(lambda: self.studio.canvas.fill(blue, green, red))

    def share(self, is_shared: bool) -> None:
        """Share the window, or do so no longer."""
        self.do(lambda: self.studio.shares.set_rules((ShareRule.for_source(SHARED),) if is_shared else ()))

    def viewers(self) -> int:
        """Return how many watch."""
        return self.do(lambda: len(self.studio.registry))

    def sessions(self) -> tuple[SessionView, ...]:
        """Return who watches."""
        return self.do(self.studio.registry.sessions)

    def sent(self) -> int:
        """Return how many pictures were sent to all viewers so far."""
        return self.do(lambda: self.studio.registry.totals.pictures)

    def disconnect(self) -> None:
        """Part from every viewer, as the owner can."""
        for session in self.sessions():
            self.do(lambda: self.studio.registry.disconnect(session.session_id))  # noqa: B023  done at once

    def stop_serving(self) -> None:
        """Stop the server as its owner would."""
        asyncio.run_coroutine_threadsafe(self.studio.server.stop(), self._loop).result(10)

    def close(self) -> None:
        """End all of it."""
        asyncio.run_coroutine_threadsafe(self._opened.__aexit__(None, None, None), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@contextmanager
def painted_server() -> Iterator[PaintedServer]:
    """Have such a server while the block lasts."""
    server = PaintedServer()
    try:
        yield server
    finally:
        server.close()
