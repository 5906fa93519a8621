"""The table of platforms, row by row, and what each of them has to keep to."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import capture.platforms
from capture.errors import CaptureError
from capture.platforms import choose
from capture.platforms.choose import PLATFORMS, make_backend, make_places, make_session_lock, make_window_list
from capture.platforms.contract import Backend, HotKey, Picker, PlaceList, Platform, SessionLock, WindowList
from capture.platforms.demo import Demo
from capture.platforms.generations import Generations
from capture.platforms.keys import Keys
from capture.platforms.monitors import KnownMonitors
from capture.platforms.system import System, family, system
from capture.privacy.exclusions import Exclusions
from capture.source import Source

WINDOW, SCREEN = Source("1", "window", "", "", 0, 0), Source("0", "desktop", "", "", 0, 0)
PICKED = Source("portal-1", "portal", "", "", 0, 0)
DEMO = Source("demo", "demo", "", "", 0, 0)
FOLDERS = sorted(each.name for each in pkgutil.iter_modules(capture.platforms.__path__) if each.ispkg)


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"DISPLAY": ":0"}, "x11"),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": ""}, "x11"),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "wayland+x11"),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
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
    ("name", "offered"),
    [
        ("x11", {"findings", "window_list", "backend", "places", "hot_key", "session_lock"}),
        ("wayland+x11", {"findings", "window_list", "picker", "backend", "hot_key", "session_lock"}),
        ("wayland", {"findings", "window_list", "picker", "backend", "hot_key", "session_lock"}),
        ("headless", {"findings", "window_list", "backend", "session_lock"}),
        ("windows", {"hot_key", "session_lock"}),
        ("macos", set()),
        ("other", set()),
    ],
)
def test_each_system_offers_what_the_table_says(name: System, offered: set[str]) -> None:
    platform = PLATFORMS[name]

    assert {part for part in PARTS if getattr(platform, part) is not None} == offered


PARTS = ("findings", "window_list", "picker", "backend", "places", "hot_key", "session_lock")


@pytest.mark.parametrize("name", FOLDERS)
def test_what_a_folder_offers_keeps_to_the_contract(name: str) -> None:
    if name.endswith("protocol"):
        return
    platform = importlib.import_module(f"capture.platforms.{name}.offers").PLATFORM

    assert isinstance(platform, Platform)
    made: list[tuple[object, type]] = []
    if platform.window_list is not None:
        made.append((platform.window_list(lambda _: None, Exclusions(), Generations(), KnownMonitors()), WindowList))
    if platform.backend is not None:
        made += [(platform.backend(source, Exclusions(), Generations()), Backend) for source in (WINDOW, SCREEN)]
    if platform.places is not None:
        made.append((platform.places(lambda _: None), PlaceList))
    if platform.hot_key is not None:
        made.append((platform.hot_key(Keys.parse("Ctrl+F9"), lambda: None, lambda _: None), HotKey))
    if platform.picker is not None:
        picker = platform.picker(None, None)
        made += [(picker, Picker), (picker.backend(PICKED), Backend)]
    if platform.session_lock is not None:
        made.append((platform.session_lock(lambda: None, None), SessionLock))
    for each, contract in made:
        for method, declared in inspect.getmembers(contract, inspect.isfunction):
            if not method.startswith("_"):
                own = getattr(type(each), method)
                assert list(inspect.signature(own).parameters) == list(inspect.signature(declared).parameters), method
                assert inspect.iscoroutinefunction(own) == inspect.iscoroutinefunction(declared), method
    assert made


@pytest.mark.parametrize("name", ["macos", "windows"])
def test_where_there_is_no_way_it_is_said_and_the_demo_works(name: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "system", lambda: name)

    assert isinstance(make_backend(DEMO), Demo)
    with pytest.raises(CaptureError, match="The demo picture works"):
        make_backend(WINDOW)
    with pytest.raises(CaptureError, match="listed on Linux"):
        make_window_list(lambda _: None, Exclusions(), Generations(), KnownMonitors())
    assert make_places(lambda _: None) is None
    assert (make_session_lock(lambda: None) is None) == (name == "macos")
    ((kind, is_there, words, _),) = choose.findings()
    assert (kind, is_there) == ("System", False)
    assert words.english.startswith(family())
