"""A real server with sources that a test paints and names as it likes; no display is needed.

It runs on a thread of its own, because Playwright drives the browser from the test's.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import numpy as np

from capture.feed.catalog import Catalog
from capture.platforms.contract import Backend
from capture.source import Source
from server.access.origins import OriginPolicy, host_names
from server.host import Host
from server.sharing import ShareRule
from server.stream.stats import SessionView
from tests.helpers.canvas import Canvas

T = TypeVar("T")


def window(number: int, title: str = "", app: str = "xterm", width: int = 320, height: int = 240) -> Source:
    """Return a window; those with equal numbers are the same."""
    return Source(str(number), "window", title or f"Window {number}", app, width, height, pid=number, started=1)


class PaintedServer:
    """Shares every source it has. What is called here may be called from any thread.

    Attributes:
        canvases: what each source shows, by its id.
        hub: where the pictures come from.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, allow_origins: frozenset[str] = frozenset()) -> None:
        self.canvases: dict[str, Canvas] = {}
        self.port = 0
        self._loop = loop
        self._allow_origins = allow_origins

    def address(self, path: str = "/") -> str:
        """Return the address of a page."""
        return f"http://127.0.0.1:{self.port}{path}"

    def have(self, *sources: Source) -> None:
        """Let these be all the sources there are. New ones are of one colour each."""
        for source in sources:
            if source.id not in self.canvases:
                canvas = self.canvases[source.id] = Canvas(source.width, source.height)
                canvas.fill(int(source.id) * 37 % 200, 90, int(source.id) * 71 % 200)
        self.run(lambda: self._catalog.set_fixed(sources))

    def share_only(self, *sources: Source) -> None:
        """Show just these to viewers, from now on."""
        self.run(lambda: self._host.shares.set_rules(tuple(ShareRule.for_source(source) for source in sources)))

    def colour(self, source: Source) -> tuple[int, int, int]:
        """Return the colour (red, green, blue) that a source has in its corner."""
        blue, green, red = self.canvases[source.id].pixels[0, 0, :3].tolist()
        return red, green, blue

    def paint(self, source: Source, red: int, green: int, blue: int) -> None:
        """Paint all of a source."""
        self.canvases[source.id].fill(blue, green, red)

    def noise(self, source: Source, seed: int) -> None:
        """Paint what no codec makes small."""
        pixels = np.random.default_rng(seed).integers(0, 255, self.canvases[source.id].pixels.shape, dtype=np.uint8)
        self.canvases[source.id].paint(pixels)

    def sessions(self) -> tuple[SessionView, ...]:
        """Return who watches what; one who looked by a single picture stays a viewer for a minute, and is left out."""
        return tuple(view for view in self.run(self._registry.sessions) if not view.looks)

    def watched(self) -> list[str]:
        """Return the ids of the sources that are watched, each as often as it is."""
        return sorted(view.source.id for view in self.sessions())

    def viewers(self) -> int:
        """Return how many watch."""
        return len(self.sessions())

    def sent(self) -> int:
        """Return how many pictures were sent to all viewers so far."""
        return self.run(lambda: self._registry.totals.pictures)

    def disconnect(self) -> None:
        """Part from every viewer, as the owner can."""
        for session in self.sessions():
            self.run(partial(self._registry.disconnect, session.session_id))

    def restart(self) -> None:
        """Stop, and listen at the same port again."""
        self.stop_serving()
        self.serve()

    def go_by(self, *names: str) -> None:
        """Go by these names too, and be open to a network, as far as it is a matter of what is answered."""
        policy = OriginPolicy(self.port, host_names(names, self.port), frozenset(names))
        self.run(lambda: self._registry.access.open_at(policy, network=True))

    def link(self) -> str:
        """Return the token of a new link for everything."""
        return self.run(lambda: self._registry.access.links.make("TV", (ShareRule("all"),)).token)

    def stop_serving(self) -> None:
        """Part from every viewer; nobody is let in until `serve`."""
        self._wait(self._server.stop())

    def serve(self) -> None:
        """Let viewers in."""
        self._wait(self._server.start(port=self.port))
        self.port = self._server.port

    async def open(self) -> None:
        """Make everything. Loop only."""

        def make_backend(source: Source) -> Backend:
            return self.canvases[source.id].backend(source)

        self._catalog = Catalog((), windows=False)
        self._catalog.start()
        self._host = Host(
            (ShareRule("all"),),
            catalog=self._catalog,
            backend=make_backend,
            page_fps=30,
            allow_origins=self._allow_origins,
        )
        self.hub, self._registry, self._server = self._host.hub, self._host.registry, self._host.server

    async def close(self) -> None:
        """Give everything back. Loop only."""
        await self._host.close()

    def run(self, deed: Callable[[], T]) -> T:
        """Return what ``deed()`` gives, called on the loop."""

        async def done() -> T:
            return deed()

        return self._wait(done())

    def _wait(self, deed: Awaitable[T]) -> T:
        async def done() -> T:
            return await deed

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(10)


@contextmanager
def painted_server(*sources: Source, allow_origins: frozenset[str] = frozenset()) -> Iterator[PaintedServer]:
    """Have such a server while the block lasts, open to pages of ``allow_origins`` too."""
    loop = asyncio.new_event_loop()
    server = PaintedServer(loop, allow_origins)
    thread = threading.Thread(target=loop.run_forever, name="painted-server")
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.open(), loop).result(10)
        server.have(*sources)
        server.serve()
        yield server
        asyncio.run_coroutine_threadsafe(server.close(), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
