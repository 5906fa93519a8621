"""The live list: what opens, closes, changes its name or state appears by itself."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from capture.feed.catalog import Catalog
from capture.platforms.contract import Listing
from capture.platforms.generations import Generations
from capture.platforms.monitors import KnownMonitors
from capture.platforms.restore import restore
from capture.platforms.waiting import wait_readable
from capture.platforms.x11 import window_list
from capture.platforms.x11.window_list import X11WindowList
from capture.privacy.exclusions import ExclusionRules, Exclusions
from capture.reasons import NOT_RESTORED
from capture.source import Source
from tests.helpers.waiting import Until
from tests.helpers.x11.desktop import PROJECT, Windows, XServer, windows_of

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


async def test_a_minimised_window_is_brought_back(catalog: Catalog, windows: Windows, until: Until) -> None:
    handle = windows.open("first", 100, 100, 300, 200, "ff0000")
    windows.do("minimise", handle)
    await until(lambda: named(catalog, "first") and named(catalog, "first").state == "minimised")
    problems: list[str] = []
    restore(named(catalog, "first"), problems.append)
    await until(lambda: named(catalog, "first").state == "live")

    assert problems == []


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # Xlib's, for a display that refuses it
async def test_where_it_cannot_be_brought_back_that_is_said(monkeypatch: pytest.MonkeyPatch, until: Until) -> None:
    monkeypatch.setenv("DISPLAY", ":31999")
    problems: list[str] = []
    restore(Source("4711", "window", "gone", "", 1, 1), problems.append)
    await until(lambda: problems)

    assert problems == [NOT_RESTORED]
    assert "pywinctl" not in sys.modules
    gc.collect()


async def test_forty_windows_at_once(catalog: Catalog, windows: Windows, until: Until) -> None:
    handles = [windows.open(f"many-{number}", 10 * number, 20, 100, 80, "00ff00") for number in range(40)]
    await until(lambda: sum(source.title.startswith("many-") for source in catalog.sources) == 40)
    for handle in handles[::2]:
        windows.do("close", handle)
    await until(lambda: sum(source.title.startswith("many-") for source in catalog.sources) == 20)


STRANGE = (
    ("WM_NAME", "STRING", 8, "4de96c"),  # Latin-1
    ("WM_NAME", "COMPOUND_TEXT", 8, "1b2d46c5ebebdcf2"),
    ("WM_NAME", "WINDOW", 32, "0102030405060708"),
    ("_NET_WM_NAME", "UTF8_STRING", 8, "ffff"),
    ("_NET_WM_NAME", "CARDINAL", 32, "ffffffff"),
    ("WM_CLASS", "STRING", 8, "e9"),
    ("WM_CLASS", "STRING", 16, "00ff"),
    ("WM_CLASS", "STRING", 8, "-"),
    ("WM_STATE", "STRING", 8, "61"),
    ("WM_STATE", "WM_STATE", 32, "ffffffff"),
    ("_NET_WM_STATE", "UTF8_STRING", 8, "61ff"),
    ("_NET_WM_STATE", "ATOM", 32, "ffffffff00000000"),
    ("_NET_WM_DESKTOP", "STRING", 8, "61"),
    ("_NET_WM_WINDOW_TYPE", "STRING", 8, "61"),
    ("_NET_WM_WINDOW_TYPE", "ATOM", 32, "ffffffff"),
    ("_NET_WM_PID", "CARDINAL", 32, "ffffffff"),
    ("_NET_WM_PID", "STRING", 8, "31"),
    ("_NET_WM_ICON", "CARDINAL", 32, "01000000"),
    ("_NET_WM_ICON", "CARDINAL", 32, "ffffffffffffffff"),
    ("_NET_WM_ICON", "STRING", 8, "31"),
    ("_GTK_FRAME_EXTENTS", "CARDINAL", 32, "ffffffffffffffffffffffffffffffff"),
    ("_GTK_FRAME_EXTENTS", "STRING", 8, "31"),
    ("WM_NORMAL_HINTS", "STRING", 8, "31"),
    ("WM_HINTS", "WM_HINTS", 32, "ffffffff"),
    ("WM_CLIENT_MACHINE", "STRING", 8, "ff"),
)
"""What programs may write into the properties of a window, or have nothing to do with them."""


async def test_no_property_takes_a_window_off_the_list(catalog: Catalog, windows: Windows, until: Until) -> None:
    handle = windows.open("whole", 100, 100, 300, 200, "ff0000")
    marker = windows.open("marker", 500, 100, 100, 100, "00ff00")
    await until(lambda: named(catalog, "whole") and named(catalog, "marker"))
    identity = named(catalog, "whole").identity
    off: list[int] = []
    catalog.subscribe(lambda: off.append(1) if handle not in {source.id for source in catalog.sources} else None)
    for number, strange in enumerate((*STRANGE, *((name, "", 0, "") for name, *_ in STRANGE))):
        windows.do("write", handle, *strange) if strange[1] else windows.do("forget", handle, strange[0])
        if number % 10 == 0 or number == 2 * len(STRANGE) - 1:
            # The list is read in the order in which things happened.
            windows.do("title", marker, f"marker-{number}")
            await until(lambda number=number: named(catalog, f"marker-{number}"))
    source = next(source for source in catalog.sources if source.id == handle)

    assert not off
    assert (source.identity, source.width, source.height, source.title) == (identity, 300, 200, "")


@pytest.mark.parametrize(
    ("kind", "raw", "title"),
    [("STRING", "Müller".encode("latin-1"), "Müller"), ("COMPOUND_TEXT", "日本語".encode("iso2022_jp"), "日本語")],
)
async def test_a_title_is_read_in_its_encoding(
    catalog: Catalog, windows: Windows, until: Until, kind: str, raw: bytes, title: str
) -> None:
    handle = windows.open("plain", 100, 100, 300, 200, "ff0000")
    windows.do("forget", handle, "_NET_WM_NAME")
    windows.do("write", handle, "WM_NAME", kind, 8, raw.hex())
    await until(lambda: named(catalog, title))
    windows.do("write", handle, "_NET_WM_NAME", "UTF8_STRING", 8, "ü".encode().hex())
    await until(lambda: named(catalog, "ü"))


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
    with windows_of(xserver) as first:
        handle = first.open("first", 100, 100, 300, 200, "ff0000")
        await until(lambda: named(catalog, "first"))
        before = named(catalog, "first")
    with windows_of(xserver) as second:
        # A program that starts gets the numbers of one that has ended.
        assert second.open("second", 100, 100, 320, 240, "00ff00") == handle
        await until(lambda: named(catalog, "second") and not named(catalog, "first"))

        assert named(catalog, "second").width == 320
        assert named(catalog, "second").generation != before.generation
        second.do("title", handle, "third")
        await until(lambda: named(catalog, "third"))
        # And one that goes on may use a number itself again.
        before = named(catalog, "third")
        second.do("again", handle, 1, "0000ff")
        await until(lambda: named(catalog, "again"))
        assert named(catalog, "again").pid == before.pid
        assert named(catalog, "again").identity != before.identity
    await until(lambda: named(catalog, "again") is None)


async def test_whose_a_window_is_the_display_server_says(catalog: Catalog, windows: Windows, until: Until) -> None:
    """And not the window, which may say nothing, or what another one says too."""
    handle = windows.open("liar", 100, 100, 300, 200, "ff0000")
    windows.do("claim", handle, os.getpid())
    await until(lambda: named(catalog, "liar"))

    assert named(catalog, "liar").pid == windows.pid
    windows.do("claim", handle, 2)
    windows.do("title", handle, "liar2")
    await until(lambda: named(catalog, "liar2"))
    assert named(catalog, "liar2").pid == windows.pid


async def test_panels_and_wallpapers_are_no_windows(catalog: Catalog, windows: Windows, until: Until) -> None:
    dock = windows.open("dock", 0, 0, 1600, 30, "888888")
    windows.do("type", dock, "_NET_WM_WINDOW_TYPE_DOCK")
    windows.do("title", dock, "dock2")
    windows.open("after", 100, 100, 300, 200, "ff0000")
    await until(lambda: named(catalog, "after"))
    await until(lambda: named(catalog, "dock2") is None and named(catalog, "dock") is None)


async def test_windows_of_programs_that_are_never_shown_are_not_listed(xserver: XServer, until: Until) -> None:
    exclusions = Exclusions()
    catalog = Catalog(exclusions=exclusions)
    catalog.start()
    with windows_of(xserver, "keepassxc") as keeper, windows_of(xserver, "editor") as plain:
        keeper.open("by-name", 100, 100, 300, 200, "ff0000")
        plain.open("by-class", 100, 100, 300, 200, "ff0000", "org.gnome.Authenticator")
        plain.open("other", 100, 100, 300, 200, "ff0000")
        await until(lambda: named(catalog, "other"))
        assert not named(catalog, "by-name")
        assert not named(catalog, "by-class")
        exclusions.set_rules(ExclusionRules(("editor",)))
        await until(lambda: named(catalog, "by-name"))
        assert not named(catalog, "other")
        exclusions.set_rules(ExclusionRules(("authenticator",)))
        await until(lambda: named(catalog, "other"))
        assert not named(catalog, "by-class")
    catalog.stop()
    await catalog.ended()


async def test_our_own_windows_are_not_listed(xserver: XServer) -> None:
    """A process that lists sees everybody's windows but its own."""
    script = (
        "import asyncio, subprocess, sys\n"
        "from capture.feed.catalog import Catalog\n"
        "from tests.helpers.x11.painter import Painter\n"
        "async def main():\n"
        "    own = Painter(); own.open('ours', '10', '10', '90', '90', 'ff0000'); own.core.GetInputFocus().reply()\n"
        "    theirs = [sys.executable, '-m', 'tests.helpers.x11.painter']\n"
        "    other = subprocess.Popen(theirs, stdin=subprocess.PIPE, text=True)\n"
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


async def test_without_a_display_the_list_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    catalog = Catalog()
    catalog.start()
    await catalog.ready()
    catalog.stop()
    await catalog.ended()

    assert catalog.sources == ()
    assert catalog.condition.state == "waiting"
    assert catalog.condition.reason.code == "no_display"


async def test_a_display_that_dies_and_returns_keeps_its_screens(
    own_xserver: XServer, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    monkeypatch.setattr("capture.platforms.x11.window_list.RETRY_SECONDS", 0.1)
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


async def test_without_a_display_a_call_is_one_more_try_and_no_more(
    monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    """Rules that changed meanwhile had the list try again and again, at full speed, until there was a display."""
    tried, called = list[Listing](), list[bool]()

    def wait(descriptors: tuple[int, ...], seconds: float | None) -> set[int]:
        del seconds  # the next try would come some time
        called.append(bool(wait_readable(descriptors, 0)))
        return wait_readable(descriptors, None)

    monkeypatch.setenv("DISPLAY", ":8999")
    monkeypatch.setattr(window_list, "wait_readable", wait)
    watch = X11WindowList(tried.append, Exclusions(), Generations(), KnownMonitors())
    watch.start()
    await until(lambda: len(called) == 1)
    watch.look_again()
    await until(lambda: len(called) >= 2)
    watch.stop()
    watch.join(5)

    assert called == [False, False]
    assert [listing.condition.state for listing in tried] == ["waiting", "waiting"]
