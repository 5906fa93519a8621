"""Window managers of all kinds, and none: what is listed, and that list and stream say the same of a window."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, suppress

import aiohttp
import pytest
import xcffib
from xcffib.xproto import Atom, PropMode, WindowClass

from capture.feed.catalog import Catalog
from capture.feed.hub import Hub
from capture.platforms.generations import Generations
from capture.source import Source
from server.protocol.options import StreamOptions
from server.server import Server
from server.sharing import ShareList, ShareRule
from server.stream.registry import SessionRegistry
from tests.helpers.waiting import Until
from tests.helpers.x11.desktop import OPENBOX, Windows, XServer, windows_of

pytestmark = pytest.mark.x11


@pytest.fixture
def unmanaged(monkeypatch: pytest.MonkeyPatch) -> Iterator[XServer]:
    """A display without a window manager."""
    server = XServer(manager=())
    monkeypatch.setenv("DISPLAY", server.name)
    yield server
    server.close()


@pytest.fixture
async def catalog(request: pytest.FixtureRequest, generations: Generations) -> AsyncIterator[Catalog]:
    if "unmanaged" in request.fixturenames:
        request.getfixturevalue("unmanaged")
    else:
        request.getfixturevalue("xserver")
    made = Catalog(generations=generations)
    made.start()
    await made.ready()
    yield made
    made.stop()
    await made.ended()


def titles(catalog: Catalog) -> list[str]:
    return sorted(source.title for source in catalog.sources if source.kind == "window")


def found(catalog: Catalog, handle: str) -> Source | None:
    return next((source for source in catalog.sources if source.id == handle), None)


async def test_windows_are_found_without_a_manager_and_stay_what_they_are_with_one(
    catalog: Catalog, unmanaged: XServer, until: Until
) -> None:
    with windows_of(unmanaged) as windows:
        first = windows.open("first", 100, 100, 300, 200, "ff0000")
        menu = windows.do("popup", 10, 10, 50, 50, "00ff00")
        second = windows.open("second", 500, 100, 300, 200, "ff0000")
        await until(lambda: titles(catalog) == ["first", "second"])
        assert found(catalog, menu) is None
        identity = found(catalog, first).identity
        windows.do("unmap", second)
        await until(lambda: titles(catalog) == ["first"])
        windows.do("map", second)
        await until(lambda: titles(catalog) == ["first", "second"])
        seen: list[object] = []
        catalog.subscribe(lambda: seen.append(getattr(found(catalog, first), "identity", None)))
        # One comes and keeps a list; one is killed, and the list it leaves is nobody's; another one keeps none.
        for step, manager in enumerate((OPENBOX, None, ("twm",))):
            unmanaged.end_manager() if manager is None else unmanaged.begin_manager(*manager)
            windows.do("title", second, f"second-{step}")
            await until(lambda step=step: titles(catalog) == ["first", f"second-{step}"])
            extra = windows.open(f"extra-{step}", 200, 500, 300, 200, "ff0000")
            await until(lambda step=step: f"extra-{step}" in titles(catalog))
            windows.do("close", extra)
            await until(lambda step=step: f"extra-{step}" not in titles(catalog))

        assert set(seen) == {identity}


class HastyManager:
    """Keeps a list of windows as managers do, and begins with an empty one, as those do that start or are replaced."""

    def __init__(self, display: str) -> None:
        self._connection = xcffib.connect(display)
        core = self._connection.core
        self._root = self._connection.get_setup().roots[0].root
        self._check = self._connection.generate_id()
        core.CreateWindow(0, self._check, self._root, -10, -10, 1, 1, 0, WindowClass.InputOnly, 0, 0, [])
        self.list()
        for window in (self._check, self._root):
            self._write(window, "_NET_SUPPORTING_WM_CHECK", Atom.WINDOW, self._check)

    def list(self, *handles: str) -> None:
        """Tell that these are the windows there are."""
        self._write(self._root, "_NET_CLIENT_LIST", Atom.WINDOW, *map(int, handles))

    def frame(self, handle: str) -> None:
        """Put a window into a frame, which is not mapped yet."""
        core = self._connection.core
        frame = self._connection.generate_id()
        core.CreateWindow(0, frame, self._root, 0, 0, 400, 300, 0, WindowClass.InputOutput, 0, 0, [])
        core.ReparentWindow(int(handle), frame, 0, 0)
        core.GetInputFocus().reply()

    def close(self) -> None:
        self._connection.disconnect()

    def _write(self, window: int, name: str, kind: int, *numbers: int) -> None:
        core = self._connection.core
        atom = core.InternAtom(False, len(name), name).reply().atom
        core.ChangeProperty(PropMode.Replace, window, atom, kind, 32, len(numbers), numbers)
        core.GetInputFocus().reply()


async def test_what_is_seen_stays_listed_while_a_manager_has_yet_to_list_it(
    catalog: Catalog, unmanaged: XServer, until: Until
) -> None:
    with windows_of(unmanaged) as windows, closing(HastyManager(unmanaged.name)) as manager:
        manager.list()
        first = windows.open("first", 100, 100, 300, 200, "ff0000")
        second = windows.open("second", 500, 100, 300, 200, "ff0000")
        manager.list(first, second)
        await until(lambda: titles(catalog) == ["first", "second"])
        identity = found(catalog, second).identity
        seen: list[object] = []
        catalog.subscribe(lambda: seen.append(getattr(found(catalog, second), "identity", None)))
        manager.list()
        windows.do("title", first, "unlisted")
        await until(lambda: titles(catalog) == ["second", "unlisted"])
        manager.list(first, second)
        windows.do("title", first, "again")
        await until(lambda: titles(catalog) == ["again", "second"])
        assert set(seen) == {identity}
        # Only as long as it is seen; and what comes back is the same window still.
        manager.list(first)
        windows.do("unmap", second)
        await until(lambda: titles(catalog) == ["again"])
        windows.do("map", second)
        manager.list(first, second)
        await until(lambda: titles(catalog) == ["again", "second"])
        assert found(catalog, second).identity == identity


async def test_what_is_put_into_a_frame_stays_listed_until_that_is_mapped(
    catalog: Catalog, unmanaged: XServer, until: Until
) -> None:
    with windows_of(unmanaged) as windows, closing(HastyManager(unmanaged.name)) as manager:
        first = windows.open("first", 100, 100, 300, 200, "ff0000")
        second = windows.open("second", 500, 100, 300, 200, "ff0000")
        manager.list(first, second)
        await until(lambda: titles(catalog) == ["first", "second"])
        identity = found(catalog, second).identity
        manager.list(first)
        manager.frame(second)
        windows.do("title", first, "framed")
        await until(lambda: "framed" in titles(catalog))

        assert getattr(found(catalog, second), "identity", None) == identity


class Told:
    """What the server tells of one window, in all the ways in which it does."""

    def __init__(self, http: aiohttp.ClientSession, handle: str) -> None:
        self._http = http
        self._handle = handle
        self.stream = ""

    async def listen(self) -> None:
        """Note what a stream tells, until that is cancelled."""
        async with self._http.ws_connect(f"/stream/{self._handle}?fps=60") as stream:
            async for message in stream:
                told = json.loads(message.data)
                if told["type"] == "state":
                    self.stream = told["data"]["state"]
                elif told["type"] == "frame":
                    # Afterwards changes are told; a last picture may still be sharpened then.
                    self.stream = self.stream or "live"

    async def states(self) -> list[str]:
        """Return the states that are told: in the list, on the page, of the stream, for a picture."""
        async with self._http.get("/api/windows") as answer:
            listed = {str(window["handle"]): window["state"] for window in (await answer.json())["windows"]}
        async with self._http.get(f"/plain/{self._handle}") as answer:
            page = await answer.text()
        async with self._http.get(f"/snapshot/{self._handle}.png") as answer:
            picture = "live" if answer.status == 200 else (await answer.json())["error"]["message"]
        plain = next((state for state, words in SAID.items() if words[0] in page), "nothing")
        picture = next((state for state, words in SAID.items() if words[1] in picture), picture)
        return [listed.get(self._handle, "not listed"), plain, self.stream, picture]

    async def until(self, state: str) -> None:
        """Wait until all of them tell one state."""
        told: list[str] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(20):
                while set(told := await self.states()) != {state}:  # noqa: ASYNC110  others tell it
                    await asyncio.sleep(0.02)
        assert set(told) == {state}


SAID = {
    "live": ("<img ", "live"),
    "minimised": ("Minimised on the other computer", "minimised"),
    "hidden": ("Not on the screen", "not on the screen"),
}
"""By state what the page without scripts and the refusal of a picture say."""


@pytest.fixture
async def http(catalog: Catalog, hub: Hub) -> AsyncIterator[aiohttp.ClientSession]:
    """A server that shares everything, and a browser on this computer."""
    shares = ShareList(catalog, (ShareRule("all"),))
    registry = SessionRegistry(hub, shares, StreamOptions())
    server = Server(hub, catalog, shares, registry)
    await server.start(port=0)
    async with aiohttp.ClientSession(server.url) as session:
        yield session
    await server.stop()
    registry.close()
    shares.close()


@asynccontextmanager
async def told_of(http: aiohttp.ClientSession, catalog: Catalog, handle: str, until: Until) -> AsyncIterator[Told]:
    told = Told(http, handle)
    await until(lambda: found(catalog, handle) is not None)
    listening = asyncio.create_task(told.listen())
    yield told
    listening.cancel()
    with suppress(asyncio.CancelledError):
        await listening


async def test_list_pages_pictures_and_stream_tell_one_state(
    catalog: Catalog, http: aiohttp.ClientSession, windows: Windows, xserver: XServer, until: Until
) -> None:
    handle = windows.open("agreed", 300, 300, 300, 200, "ff0000")
    async with told_of(http, catalog, handle, until) as told:
        await told.until("live")
        windows.do("minimise", handle)
        await told.until("minimised")
        windows.do("restore", handle)
        await told.until("live")
        for state in ("SHADED", "FULLSCREEN"):
            # Its picture goes on, also while only its title bar is to be seen.
            windows.do("ask", handle, f"_NET_WM_STATE_{state}")
            await until(lambda state=state: state in xserver.run("xprop", "-id", handle, "_NET_WM_STATE"))
            await told.until("live")
            windows.do("unask", handle, f"_NET_WM_STATE_{state}")
        try:
            xserver.run("xdotool", "set_desktop", "1")
            await told.until("hidden")
            # On all workspaces, and so on this one.
            windows.do("ask", handle, "_NET_WM_STATE_STICKY")
            xserver.run("xdotool", "set_desktop_for_window", handle, "-1")
            await told.until("live")
            windows.do("minimise", handle)
            await told.until("minimised")
        finally:
            xserver.run("xdotool", "set_desktop", "0")
        await told.until("minimised")


async def test_a_manager_that_keeps_no_list_minimises(
    catalog: Catalog, http: aiohttp.ClientSession, unmanaged: XServer, until: Until
) -> None:
    unmanaged.begin_manager("twm")
    with windows_of(unmanaged) as windows:
        handle = windows.open("agreed", 300, 300, 300, 200, "ff0000")
        async with told_of(http, catalog, handle, until) as told:
            await told.until("live")
            windows.do("minimise", handle)
            await told.until("minimised")
            windows.do("restore", handle)
            await told.until("live")


async def test_what_lies_in_a_frame_that_is_not_to_be_seen_is_hidden(
    catalog: Catalog, http: aiohttp.ClientSession, unmanaged: XServer, until: Until
) -> None:
    """As i3 has it with what is in another tab: it says of such windows that they are hidden, and not minimised."""
    with windows_of(unmanaged) as manager, windows_of(unmanaged) as windows:
        frame = manager.open("frame", 300, 300, 320, 220, "0000ff")
        handle = windows.open("tab", 300, 300, 300, 200, "ff0000")
        manager.do("put", handle, frame)
        manager.do("manage", frame)
        windows.do("write", handle, "WM_STATE", "WM_STATE", 32, "0100000000000000")
        hidden = windows.do("atom_of", "_NET_WM_STATE_HIDDEN")
        async with told_of(http, catalog, handle, until) as told:
            await told.until("live")
            windows.do("write", handle, "_NET_WM_STATE", "ATOM", 32, struct.pack("=I", int(hidden)).hex())
            manager.do("unmap", frame)
            await told.until("hidden")
            manager.do("map", frame)
            await told.until("live")
