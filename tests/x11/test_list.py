"""The live list: what opens, closes, changes its name or state appears by itself."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from capture.catalog import Catalog
from capture.never_shown import Guard, NeverShown
from capture.source import Source
from tests.benchmarks.window import Window
from tests.conftest import Until
from tests.x11.desktop import PROJECT, Windows, XServer, windows_of

pytestmark = pytest.mark.x11


@pytest.fixture
async def catalog(xserver: XServer) -> AsyncIterator[Catalog]:
    made = Catalog()
    made.start()
    await made.ready()
    yield made
    made.stop()
    await made.ended()


def named(catalog: Catalog, title: str) -> Source | None:
    return next((source for source in catalog.sources if source.title == title), None)


async def test_screens_come_first(catalog: Catalog) -> None:
    assert [(s.id, s.kind, s.width, s.height) for s in catalog.sources[:2]] == [
        ("0", "desktop", 1600, 1000),
        ("monitor-1", "monitor", 1600, 1000),
    ]
    assert catalog.condition.state == "live"


async def test_a_window_comes_changes_and_goes(catalog: Catalog, windows: Windows, until: Until) -> None:
    handle = windows.open("first", 100, 100, 300, 200, "ff0000")
    await until(lambda: named(catalog, "first"))
    found = named(catalog, "first")

    assert (found.id, found.kind, found.width, found.height, found.state) == (handle, "window", 300, 200, "live")
    assert found.pid == windows.pid
    assert found.app.startswith("python")
    assert found.started > 0
    windows.do("title", handle, "second")
    await until(lambda: named(catalog, "second") and not named(catalog, "first"))
    assert named(catalog, "second").identity == found.identity
    windows.do("resize", handle, 333, 222)
    await until(lambda: (named(catalog, "second").width, named(catalog, "second").height) == (333, 222))
    windows.do("minimise", handle)
    await until(lambda: named(catalog, "second").state == "minimised")
    windows.do("restore", handle)
    await until(lambda: named(catalog, "second").state == "live")
    windows.do("close", handle)
    await until(lambda: named(catalog, "second") is None)


async def test_forty_windows_at_once(catalog: Catalog, windows: Windows, until: Until) -> None:
    handles = [windows.open(f"many-{number}", 10 * number, 20, 100, 80, "00ff00") for number in range(40)]
    await until(lambda: sum(source.title.startswith("many-") for source in catalog.sources) == 40)
    for handle in handles[::2]:
        windows.do("close", handle)
    await until(lambda: sum(source.title.startswith("many-") for source in catalog.sources) == 20)


async def test_a_window_icon_is_read_and_a_broken_one_passed_over(
    catalog: Catalog, windows: Windows, until: Until
) -> None:
    good = windows.open("good-icon", 100, 100, 300, 200, "ff0000")
    bad = windows.open("bad-icon", 100, 100, 300, 200, "ff0000")
    windows.do("icon", good, 16)
    windows.do("icon", bad, 5000)
    await until(lambda: named(catalog, "good-icon") and getattr(named(catalog, "good-icon").icon, "width", 0) == 16)
    await until(lambda: named(catalog, "bad-icon"))
    bad_icon = named(catalog, "bad-icon").icon
    icon = named(catalog, "good-icon").icon

    assert (icon.width, icon.height, icon.bgra[:4]) == (16, 16, b"\x10\x20\x30\xff")
    assert bad_icon is None or bad_icon.width <= 1024  # openbox puts an icon of its own there


async def test_a_handle_that_is_used_again_at_once_is_another_window(
    catalog: Catalog, xserver: XServer, until: Until
) -> None:
    first = await asyncio.to_thread(Window, "first", 300, 200)
    await until(lambda: named(catalog, "first"))
    await asyncio.to_thread(first.close)
    second = await asyncio.to_thread(Window, "second", 320, 240)
    assert second.id == first.id  # a program that starts gets the numbers of one that has ended
    await until(lambda: named(catalog, "second") and not named(catalog, "first"))

    assert named(catalog, "second").width == 320
    await asyncio.to_thread(xserver.run, "xdotool", "set_window", "--name", "third", str(second.id))
    await until(lambda: named(catalog, "third"))
    second.close()
    await until(lambda: named(catalog, "third") is None)


async def test_panels_and_wallpapers_are_no_windows(catalog: Catalog, windows: Windows, until: Until) -> None:
    dock = windows.open("dock", 0, 0, 1600, 30, "888888")
    windows.do("type", dock, "_NET_WM_WINDOW_TYPE_DOCK")
    windows.do("title", dock, "dock2")
    windows.open("after", 100, 100, 300, 200, "ff0000")
    await until(lambda: named(catalog, "after"))
    await until(lambda: named(catalog, "dock2") is None and named(catalog, "dock") is None)


async def test_windows_of_programs_that_are_never_shown_are_not_listed(xserver: XServer, until: Until) -> None:
    guard = Guard()
    catalog = Catalog(guard=guard)
    catalog.start()
    with windows_of(xserver, "keepassxc") as keeper, windows_of(xserver, "editor") as plain:
        keeper.open("by-name", 100, 100, 300, 200, "ff0000")
        plain.open("by-class", 100, 100, 300, 200, "ff0000", "org.gnome.Authenticator")
        plain.open("other", 100, 100, 300, 200, "ff0000")
        await until(lambda: named(catalog, "other"))
        assert not named(catalog, "by-name")
        assert not named(catalog, "by-class")
        guard.set_rules(NeverShown(("editor",)))
        await until(lambda: named(catalog, "by-name"))
        assert not named(catalog, "other")
        guard.set_rules(NeverShown(("authenticator",)))
        await until(lambda: named(catalog, "other"))
        assert not named(catalog, "by-class")
    catalog.stop()
    await catalog.ended()


async def test_our_own_windows_are_not_listed(xserver: XServer) -> None:
    """A process that lists sees everybody's windows but its own."""
    script = (
        "import asyncio, subprocess, sys\n"
        "from capture.catalog import Catalog\n"
        "from tests.x11.painter import Painter\n"
        "async def main():\n"
        "    own = Painter(); own.open('ours', '10', '10', '90', '90', 'ff0000'); own.core.GetInputFocus().reply()\n"
        "    other = subprocess.Popen([sys.executable, '-m', 'tests.x11.painter'], stdin=subprocess.PIPE, text=True)\n"
        "    other.stdin.write('open theirs 10 10 90 90 00ff00\\n'); other.stdin.flush()\n"
        "    catalog = Catalog(); catalog.start()\n"
        "    while not any(s.title == 'theirs' for s in catalog.sources): await asyncio.sleep(0.01)\n"
        "    print([s.title for s in catalog.sources if s.title == 'ours'])\n"
        "    catalog.stop(); await catalog.ended(); other.stdin.close(); other.wait()\n"
        "asyncio.run(asyncio.wait_for(main(), 20))\n"
    )
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", script],
        cwd=PROJECT,
        env=os.environ | {"DISPLAY": xserver.name},
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )

    assert done.stdout.splitlines()[-1:] == ["[]"], done.stderr


@pytest.fixture
def other_display(xserver: XServer) -> Iterator[socket.socket]:
    """Something that looks like another display of this machine, and never answers."""
    place = Path(f"/tmp/.X11-unix/X{int(xserver.name[1:]) + 30000}")
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(place))
        other.listen()
        other.setblocking(False)
        yield other
    place.unlink()


async def test_other_displays_of_the_machine_are_left_alone(other_display: socket.socket) -> None:
    catalog = Catalog()
    catalog.start()
    async with asyncio.timeout(20):
        await catalog.ready()
    catalog.stop()
    await catalog.ended()

    assert catalog.condition.state == "live"
    with pytest.raises(BlockingIOError):  # nobody wishes to be accepted
        other_display.accept()


async def test_without_a_display_the_list_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    catalog = Catalog()
    catalog.start()
    await catalog.ready()
    catalog.stop()
    await catalog.ended()

    assert catalog.sources == ()
    assert catalog.condition.state == "waiting"
    assert "DISPLAY" in catalog.condition.reason


async def test_a_display_that_dies_and_returns_keeps_its_screens(
    own_xserver: XServer, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    monkeypatch.setattr("capture.windows.RETRY_SECONDS", 0.1)
    catalog = Catalog()
    catalog.start()
    await catalog.ready()
    own_xserver.kill()
    await until(lambda: catalog.condition.state == "waiting")
    assert {source.kind for source in catalog.sources} == {"desktop", "monitor"}
    again = XServer(own_xserver.name)
    try:
        await until(lambda: catalog.condition.state == "live" and len(catalog.sources) >= 2)
    finally:
        catalog.stop()
        await catalog.ended()
        again.close()
