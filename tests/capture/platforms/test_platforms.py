"""The table of platforms, row by row, and what each of them has to keep to."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import socket
from dataclasses import fields
from pathlib import Path

import pytest

import capture.platforms
from capture.errors import CaptureError
from capture.platforms import choose
from capture.platforms.choose import (
    PLATFORMS,
    make_backend,
    make_listers,
    make_places,
    make_session_lock,
    techniques,
    unkept,
)
from capture.platforms.contract import Around, Backend, HotKey, Lister, Picker, PlaceList, Platform, SessionLock
from capture.platforms.demo import Demo
from capture.platforms.generations import Generations
from capture.platforms.keys import Keys
from capture.platforms.monitors import KnownMonitors
from capture.platforms.system import System, family, has_wayland_display, system
from capture.privacy.exclusions import Exclusions
from capture.source import Kind, Source
from gui.core.settings import DECLARED

IDS: dict[Kind, str] = {"window": "1", "desktop": "0", "monitor": "monitor-1", "portal": "portal-1", "demo": "demo"}
SOURCES = {kind: Source(number, kind, "", "", 0, 0) for kind, number in IDS.items()}
WINDOW, DEMO = SOURCES["window"], SOURCES["demo"]
FOLDERS = sorted(each.name for each in pkgutil.iter_modules(capture.platforms.__path__) if each.ispkg)


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"DISPLAY": ":0"}, "x11"),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": ""}, "x11"),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "wayland+x11"),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
        # Started by a service, or over SSH, it is not told the display's name.
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, "wayland+x11"),
        ("linux", {"XDG_SESSION_TYPE": "Wayland"}, "wayland"),
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}, "x11"),
        ("linux", {"XDG_SESSION_TYPE": "tty"}, "headless"),
        ("linux", {}, "headless"),
        ("win32", {"DISPLAY": ":0"}, "windows"),
        ("darwin", {}, "macos"),
        ("freebsd14", {"DISPLAY": ":0"}, "other"),
    ],
)
def test_a_system_is_told_by_what_python_and_the_environment_say(
    platform: str, environment: dict[str, str], expected: System
) -> None:
    assert system(platform, environment) == expected


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"WAYLAND_DISPLAY": "wayland-7"}, True),
        ({"XDG_SESSION_TYPE": "wayland", "XDG_RUNTIME_DIR": "THERE"}, True),
        ({"XDG_SESSION_TYPE": "x11", "XDG_RUNTIME_DIR": "THERE"}, False),
        ({"XDG_SESSION_TYPE": "wayland", "XDG_RUNTIME_DIR": "/nowhere"}, False),
        ({"XDG_SESSION_TYPE": "wayland"}, False),
        ({}, False),
    ],
)
def test_a_compositor_is_found_where_its_library_looks_for_it(
    environment: dict[str, str], expected: bool, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "wayland-0"))
        told = {name: str(tmp_path) if value == "THERE" else value for name, value in environment.items()}

        assert has_wayland_display(told) == expected


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("x11", {"findings", "listers", "techniques", "places", "hot_key", "session_lock", "system_tray"}),
        ("wayland+x11", {"findings", "listers", "techniques", "picker", "hot_key", "session_lock", "system_tray"}),
        ("wayland", {"findings", "listers", "techniques", "picker", "hot_key", "session_lock", "system_tray"}),
        ("headless", {"findings", "listers", "techniques", "session_lock", "system_tray"}),
        ("windows", {"findings", "listers", "techniques", "places", "hot_key", "session_lock", "session_end"}),
        ("macos", {"findings", "listers", "techniques", "hot_key", "session_lock"}),
        ("other", set()),
    ],
)
def test_each_system_offers_what_the_table_says(name: System, offered: set[str]) -> None:
    platform = PLATFORMS[name]

    assert {each.name for each in fields(platform) if getattr(platform, each.name)} - {"display_problem"} == offered


@pytest.mark.parametrize(
    ("name", "kind", "tried"),
    [
        ("x11", "window", ["Composite"]),
        ("x11", "desktop", ["root window"]),
        ("x11", "monitor", ["root window"]),
        ("x11", "portal", []),
        ("wayland+x11", "window", ["Composite"]),
        # It would be black.
        ("wayland+x11", "desktop", []),
        ("wayland+x11", "monitor", []),
        ("wayland+x11", "portal", ["ScreenCast portal"]),
        ("wayland", "window", []),
        ("wayland", "portal", ["ScreenCast portal"]),
        ("headless", "window", ["Composite"]),
        ("windows", "window", ["Windows.Graphics.Capture", "PrintWindow"]),
        ("windows", "desktop", ["Windows.Graphics.Capture", "Desktop Duplication", "BitBlt"]),
        ("windows", "monitor", ["Windows.Graphics.Capture", "Desktop Duplication", "BitBlt"]),
        ("windows", "portal", []),
        ("macos", "window", ["ScreenCaptureKit", "CGWindowListCreateImage"]),
        ("macos", "desktop", ["ScreenCaptureKit"]),
        ("macos", "monitor", ["ScreenCaptureKit"]),
        ("macos", "portal", []),
        ("other", "window", []),
        *((name, "demo", ["demo"]) for name in PLATFORMS),
    ],
)
def test_what_is_tried_for_each_kind_of_source_is_one_table(name: System, kind: Kind, tried: list[str]) -> None:
    assert [each.name for each in techniques(name, kind)] == tried


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("x11", set()),
        ("wayland+x11", {"never_shown", "border"}),
        ("wayland", {"never_shown", "border"}),
        ("macos", {"border"}),
        ("other", {"border", "when_locked"}),
    ],
)
def test_of_what_protects_it_is_said_where_a_system_does_not_keep_to_it(name: System, settings: set[str]) -> None:
    assert unkept(name).keys() == settings
    assert settings <= DECLARED.keys()


@pytest.mark.parametrize("name", FOLDERS)
def test_what_a_folder_offers_keeps_to_the_contract(name: str) -> None:
    if name.endswith("protocol"):
        return
    platform = importlib.import_module(f"capture.platforms.{name}.offers").PLATFORM

    assert isinstance(platform, Platform)
    made: list[tuple[object, type]] = [
        (make(lambda _: None, Exclusions(), Generations(), KnownMonitors()), Lister) for make in platform.listers
    ]
    around = Around(picker=None if platform.picker is None else platform.picker(None, None))
    for kind, ways in platform.techniques.items():
        made += [(technique.make(SOURCES[kind], around), Backend) for technique in ways]
    if platform.places is not None:
        made.append((platform.places(lambda _: None), PlaceList))
    if platform.hot_key is not None:
        made.append((platform.hot_key(Keys.parse("Ctrl+F9"), lambda: None, lambda _: None), HotKey))
    if platform.picker is not None:
        made.append((platform.picker(None, None), Picker))
    if platform.session_lock is not None:
        made.append((platform.session_lock(lambda: None, None), SessionLock))
    for each, contract in made:
        for method, declared in inspect.getmembers(contract, inspect.isfunction):
            if not method.startswith("_"):
                own = getattr(type(each), method)
                assert list(inspect.signature(own).parameters) == list(inspect.signature(declared).parameters), method
                assert inspect.iscoroutinefunction(own) == inspect.iscoroutinefunction(declared), method
    assert made


def test_where_there_is_no_way_it_is_said_and_the_demo_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "system", lambda: "other")

    assert isinstance(make_backend(DEMO), Demo)
    with pytest.raises(CaptureError, match="The demo picture works"):
        make_backend(WINDOW)
    with pytest.raises(CaptureError, match="cannot be listed on this system"):
        make_listers(lambda _number, _listing: None, Exclusions(), Generations(), KnownMonitors())
    assert make_places(lambda _: None) is None
    assert make_session_lock(lambda: None) is None
    ((kind, is_there, words, _),) = choose.findings()
    assert (kind, is_there) == ("System", False)
    assert words.english.startswith(family())
