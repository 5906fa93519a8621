"""Displays that are not what one expects: guests in a Wayland session, without extensions, that let nobody in."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from unittest.mock import ANY

import pytest

from capture import reasons
from capture.feed.catalog import Catalog
from capture.feed.hub import Hub
from capture.platforms.choose import findings, make_backend
from capture.platforms.generations import Generations
from capture.platforms.x11.protocol.refusal import refusal
from capture.platforms.x11.protocol.shm import NoSharedMemory, SharedSegment
from capture.reasons import WAYLAND_SCREENS
from server.cli import main
from tests.helpers.waiting import Until
from tests.helpers.x11.desktop import PROJECT, XServer, windows_of

pytestmark = pytest.mark.x11

Serving = Callable[..., XServer]


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    """Start a display without a window manager; DISPLAY names it."""
    with contextlib.ExitStack() as stack:

        def serve(*options: str, depth: int = 24, program: str = "Xvfb") -> XServer:
            server = XServer(size="800x600", depth=depth, manager=(), options=options, program=program)
            stack.callback(server.close)
            monkeypatch.setenv("DISPLAY", server.name)
            return server

        yield serve


@contextlib.asynccontextmanager
async def watching() -> AsyncIterator[tuple[Catalog, Hub]]:
    generations = Generations()
    catalog = Catalog(generations=generations)
    hub = Hub(partial(make_backend, generations=generations))
    catalog.start()
    await catalog.ready()
    yield catalog, hub
    catalog.stop()
    await hub.close()
    await catalog.ended()


def found() -> dict[str, tuple[bool, str]]:
    """Return what the doctor finds: whether it is there, and the words."""
    return {each.name: (each.ok, each.found.english) for each in findings()}


@pytest.mark.parametrize("name", ["WAYLAND_DISPLAY", "XDG_SESSION_TYPE"])
async def test_in_a_wayland_session_windows_are_listed_and_no_black_screens(
    xserver: XServer, monkeypatch: pytest.MonkeyPatch, until: Until, name: str
) -> None:
    monkeypatch.setenv(name, "wayland")
    with windows_of(xserver) as windows:
        handle = windows.open("guest", 100, 100, 300, 200, "ff0000")
        async with watching() as (catalog, hub):
            await until(lambda: [(source.kind, source.id) for source in catalog.sources] == [("window", handle)])
            seen = hub.subscribe(catalog.sources[0], fps=60, pointer=False, changed=lambda: None)
            await until(lambda: seen.newest is not None)

            assert catalog.condition.state == "live"
            assert "Wayland" in catalog.condition.reason.english
            assert "only windows of X11 programs" in catalog.condition.reason.english
            seen.close()
    doctor = await asyncio.to_thread(found)

    assert doctor["Screens"] == (True, WAYLAND_SCREENS.english)
    assert doctor["Window manager"][0]


async def test_a_wayland_session_without_x11_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    async with watching() as (catalog, _):
        assert catalog.sources == ()
        assert "Wayland session without X11" in catalog.condition.reason.english
    doctor = await asyncio.to_thread(found)
    assert list(doctor) == ["Display", "PipeWire", "Screen casts"]
    assert "Wayland" in doctor["Display"][1]


async def shows_colours(server: XServer, until: Until, red: str, green: str, blue: str) -> list[str]:
    """Have a window and the desktop show colours, whose pixels on this display are given; return what is listed."""
    with windows_of(server) as windows:
        handle = windows.open("coloured", 100, 100, 303, 200, red)
        async with watching() as (catalog, hub):
            await until(lambda: handle in [source.id for source in catalog.sources])
            listed = [source.id for source in catalog.sources]
            pane, desktop = (
                hub.subscribe(source, fps=60, pointer=True, changed=lambda: None)
                for source in (catalog.sources[-1], catalog.sources[0])
            )
            await until(lambda: pane.newest is not None and desktop.newest is not None)
            # A part is fetched another way than the whole.
            windows.do("paint", handle, 10, 10, 51, 50, green)
            windows.do("paint", handle, 200, 100, 100, 90, blue)
            wanted = {(5, 5): [0, 0, 255], (60, 30): [0, 255, 0], (201, 150): [255, 0, 0], (302, 199): [0, 0, 255]}
            for (x, y), colour in wanted.items():
                await until(lambda x=x, y=y, c=colour: pane.newest.pixels[y, x, :3].tolist() == c)
                await until(lambda x=x, y=y, c=colour: desktop.newest.pixels[y + 100, x + 100, :3].tolist() == c)
            assert pane.newest.pixels.shape == (200, 303, 4)
            pane.close()
            desktop.close()
    return listed


@pytest.mark.parametrize(
    ("depth", "red", "green", "blue"),
    [(30, "3ff00000", "ffc00", "3ff"), (16, "f800", "7e0", "1f")],
)
async def test_colours_are_right_at_every_depth(
    serving: Serving, until: Until, depth: int, red: str, green: str, blue: str
) -> None:
    await shows_colours(serving(depth=depth), until, red, green, blue)

    doctor = await asyncio.to_thread(found)
    assert doctor["Colours"] == (True, f"{depth} bits")


async def test_a_display_that_lists_a_depth_twice_has_screens(serving: Serving, until: Until) -> None:
    """As TigerVNC's does."""
    server = serving("-SecurityTypes", "None", "-rfbport", "-1", "-pixelformat", "bgr888", program="Xtigervnc")

    assert await shows_colours(server, until, "ff", "ff00", "ff0000") == ["0", "monitor-1", ANY]


async def test_a_display_on_another_computer_is_shown(
    serving: Serving, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no memory that both see."""
    server = serving("-listen", "tcp", "-ac")
    monkeypatch.setenv("DISPLAY", f"localhost{server.name}")
    await shows_colours(server, until, "ff0000", "ff00", "ff")

    assert "cannot reach this computer's memory" in (await asyncio.to_thread(found))["Shared memory"][1]


async def test_memory_that_is_used_up_meanwhile_is_done_without(
    serving: Serving, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(segment: SharedSegment, size: int) -> memoryview:
        raise NoSharedMemory(reasons.SHARED_MEMORY_REFUSED.of(problem="No space left on device"))

    monkeypatch.setattr("capture.platforms.x11.protocol.pixmaps.shared_memory_problem", lambda display: "")
    monkeypatch.setattr(SharedSegment, "_attach", refuse)
    await shows_colours(serving(), until, "ff0000", "ff00", "ff")


async def test_without_extensions_that_are_only_useful_everything_is_shown(serving: Serving, until: Until) -> None:
    missing = ("MIT-SHM", "RANDR", "X-Resource")
    server = serving(*(word for name in missing for word in ("-extension", name)))
    assert await shows_colours(server, until, "ff0000", "ff00", "ff") == ["0", ANY]
    doctor = await asyncio.to_thread(found)

    assert all(doctor[f"X extension {name}"][0] and "missing" in doctor[f"X extension {name}"][1] for name in missing)
    assert "MIT-SHM" in doctor["Shared memory"][1]


async def test_the_list_says_why_it_has_no_monitors(
    serving: Serving, capsys: pytest.CaptureFixture[str], until: Until
) -> None:
    serving("-extension", "RANDR")
    async with watching() as (catalog, _):
        await until(lambda: [source.kind for source in catalog.sources] == ["desktop"])
        condition = catalog.condition

    assert condition.state == "live"
    assert "RandR" in condition.reason.english
    assert await asyncio.to_thread(main, ["windows"]) == 0
    assert condition.reason.english in capsys.readouterr().err


def test_what_cannot_be_listed_and_what_matches_nothing_are_both_said(serving: Serving) -> None:
    server = serving("-extension", "RANDR")
    command = [sys.executable, "-m", "gui", "serve", "--share", "title:nowhere", "--port", "0", "--print-url"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=PROJECT, env=server.environment, **pipes) as app:
        assert app.stdout.readline().startswith("http://")
        app.terminate()
        said = app.stderr.read()

    assert "RandR" in said
    assert "Nothing matches" in said


@pytest.mark.parametrize(("name", "screen"), [("Composite", "live"), ("DAMAGE", "waiting")])
async def test_an_extension_that_is_needed_is_named(
    serving: Serving, until: Until, caplog: pytest.LogCaptureFixture, name: str, screen: str
) -> None:
    server = serving("-extension", name)
    with windows_of(server) as windows:
        windows.open("bare", 100, 100, 300, 200, "ff0000")
        async with watching() as (catalog, hub):
            await until(lambda: len(catalog.sources) == 3)
            seen = [hub.subscribe(source, fps=60, pointer=True, changed=lambda: None) for source in catalog.sources]
            await until(lambda: name in seen[2].condition.reason.english)
            await until(lambda: {each.condition.state for each in seen[:2]} == {screen})
    caplog.clear()  # the log names it too
    is_there, words = (await asyncio.to_thread(found))[f"X extension {name}"]

    assert not is_there
    assert "without which" in words or "which tells" in words


async def test_a_display_that_lets_nobody_in_says_what_to_do(
    serving: Serving, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    # One entry of the file that xauth writes: any family, no address, any number, the kind of proof, the proof.
    fields = (b"", b"", b"MIT-MAGIC-COOKIE-1", bytes(16))
    keys.write_bytes(b"\xff\xff" + b"".join(len(field).to_bytes(2, "big") + field for field in fields))
    monkeypatch.setenv("XAUTHORITY", str(keys))  # of the display, which has its own
    server = serving("-auth", str(keys))
    monkeypatch.setenv("XAUTHORITY", str(tmp_path / "other"))
    async with watching() as (catalog, _):
        assert catalog.condition.state == "waiting"
        assert f"{server.name} does not let this program in" in catalog.condition.reason.english
        assert str(tmp_path / "other") in catalog.condition.reason.english
    assert (await asyncio.to_thread(found))["Display"] == (False, catalog.condition.reason.english)


@pytest.mark.parametrize(
    ("display", "words"),
    [("nonsense", "names no X display"), (":65000", "does not answer"), ("/nowhere/at/all", "does not answer")],
)
def test_what_is_no_display_is_told(display: str, words: str) -> None:
    assert words in refusal(display).english


async def test_the_command_line_says_what_a_wayland_session_cannot_show(
    xserver: XServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert await asyncio.to_thread(main, ["windows"]) == 0
    listed = capsys.readouterr()

    assert "Whole desktop" not in listed.out
    assert listed.err.count("This is a Wayland session") == 1
