"""Of the windows, screens and programs of Windows what can be said on any system: filters, rectangles, names."""

from __future__ import annotations

import numpy as np
import pytest

from capture.picture.pixels import Rect
from capture.platforms.contract import Wake
from capture.platforms.ticks import STILL_AFTER, STILL_SECONDS, Ticks
from capture.platforms.waiting import Bell
from capture.platforms.windows.screens import device_key, within
from capture.platforms.windows.top_windows import (
    APP_WINDOW,
    CAPTION,
    NO_ACTIVATE,
    POPUP,
    TOOL_WINDOW,
    TopWindow,
    part_of,
    rect_of,
)
from capture.platforms.windows.win32.bitmaps import UNTOUCHED, finished, is_plain, was_painted, words
from capture.platforms.windows.win32.declarations import Box
from capture.platforms.windows.win32.images import joined, premultiplied
from capture.platforms.windows.win32.processes import Process, milliseconds, names_of
from capture.source import State

PLACE = Rect(10, 20, 300, 200)
SHOWN = TopWindow(7, "Letter", "Editor", whole=PLACE, shown=PLACE)


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (SHOWN, True),
        (SHOWN._replace(is_minimised=True), True),
        (SHOWN._replace(is_cloaked=True), True),
        (SHOWN._replace(is_visible=False), False),
        (SHOWN._replace(title="  "), False),
        (SHOWN._replace(class_name="Progman"), False),
        (SHOWN._replace(class_name="Windows.UI.Core.CoreWindow"), False),
        (SHOWN._replace(owner=3), False),
        (SHOWN._replace(owner=3, more_style=APP_WINDOW), True),
        (SHOWN._replace(more_style=TOOL_WINDOW), False),
        (SHOWN._replace(more_style=NO_ACTIVATE), False),
        (SHOWN._replace(more_style=TOOL_WINDOW | APP_WINDOW), True),
    ],
)
def test_windows_for_people_are_those_of_the_task_switcher(window: TopWindow, expected: bool) -> None:
    assert window.is_for_people == expected


@pytest.mark.parametrize(
    ("window", "state", "code"),
    [
        (SHOWN, "live", ""),
        (SHOWN._replace(is_minimised=True, is_cloaked=True), "minimised", "window_minimised"),
        (SHOWN._replace(is_cloaked=True), "hidden", "window_hidden"),
        (SHOWN._replace(is_visible=False), "hidden", "window_hidden"),
        (SHOWN._replace(shown=Rect(1, 1, 0, 9)), "hidden", "window_without_size"),
    ],
)
def test_each_state_has_its_reason(window: TopWindow, state: State, code: str) -> None:
    assert (window.condition.state, window.condition.reason.code) == (state, code)


def test_a_menu_has_no_title_bar() -> None:
    assert SHOWN._replace(style=POPUP).is_menu
    assert not SHOWN._replace(style=POPUP | CAPTION).is_menu
    assert not SHOWN.is_menu


def test_a_window_without_its_invisible_edges_lies_in_the_whole() -> None:
    assert part_of(Rect(17, 20, 286, 193), PLACE) == Rect(17, 20, 286, 193)
    assert part_of(Rect(0, 0, 100, 100), PLACE) == Rect(10, 20, 90, 80)
    assert part_of(Rect(900, 900, 5, 5), PLACE) == PLACE
    assert rect_of(Box(4, 4, 2, 9)) == Rect(4, 4, 0, 5)


def test_a_monitor_left_of_the_first_has_its_place_too() -> None:
    whole = Rect(-1920, -200, 3840, 1280)

    assert within(Rect(-1920, 0, 1920, 1080), whole) == Rect(-1920, 0, 1920, 1080)
    assert within(Rect(1900, 0, 1920, 1080), whole) == Rect(1900, 0, 20, 1080)
    assert within(Rect(5000, 0, 10, 10), whole) is None


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (
            r"\\?\DISPLAY#DEL40F8#5&1778f22c&0&UID4352#{e6f07b5f-ee97-4a90-b076-33f57bf4eaa7}",
            r"SYSTEM\CurrentControlSet\Enum\DISPLAY\DEL40F8\5&1778f22c&0&UID4352",
        ),
        (r"\\.\DISPLAY1", ""),
        ("", ""),
    ],
)
def test_the_registry_keeps_what_a_monitor_says_by_its_path(output: str, expected: str) -> None:
    assert device_key(output) == expected


def test_a_program_is_known_by_its_description_and_by_its_file() -> None:
    path = r"C:\Program Files\KeePassXC\KeePassXC.exe"

    assert names_of(path, ("KeePassXC Password Manager", "", "KeePassXC", "keepassxc.exe")) == (
        "KeePassXC Password Manager",
        "KeePassXC",
        "KeePassXC.exe",
        "keepassxc.exe",
    )
    assert names_of("winmine.exe", ("", " ", "", "")) == ("winmine", "winmine.exe")
    assert Process(path, 1, ("First", "second")).name == "First"
    assert Process().name == ""


def test_a_start_is_told_since_1970() -> None:
    """Of the value in the documentation of FILETIME: 2000-01-01."""
    steps = 125_911_584_000_000_000

    assert milliseconds(steps & 0xFFFFFFFF, steps >> 32) == 946_684_800_000


def test_what_was_not_painted_is_noticed() -> None:
    pixels = np.zeros((4, 6, 4), np.uint8)
    words(pixels)[:] = UNTOUCHED
    assert not was_painted(pixels)

    pixels[1:3, 2:5] = (10, 20, 30, 0)
    assert was_painted(pixels)
    done = finished(pixels[:, 1:])
    assert done.flags.c_contiguous
    assert done[0, 0].tolist() == [0, 0, 0, 0]
    assert done[1, 1].tolist() == [10, 20, 30, 0]
    assert not is_plain(done)
    assert is_plain(pixels[1:3, 2:5])
    assert is_plain(pixels[:0])


def test_a_pointer_of_two_colours_becomes_a_picture() -> None:
    keeps = [[255, 0], [255, 0]]
    paints = [[0, 255], [255, 0]]
    mask = np.repeat(np.array(keeps + paints, np.uint8)[:, :, None], 4, axis=2)

    image = joined(None, mask)

    # Left as it is, white, inverted (which becomes black), black.
    assert image.reshape(-1, 4).tolist() == [[0, 0, 0, 0], [255, 255, 255, 255], [0, 0, 0, 255], [0, 0, 0, 255]]


def test_an_old_icon_is_seen_where_its_mask_lets_it() -> None:
    colours = np.full((1, 2, 4), (9, 8, 7, 0), np.uint8)
    mask = np.zeros((1, 2, 4), np.uint8)
    mask[0, 1] = 255

    assert joined(colours, mask).tolist() == [[[9, 8, 7, 255], [9, 8, 7, 0]]]
    colours[0, 0, 3] = 128
    assert joined(colours, mask).tolist() == colours.tolist()
    assert premultiplied(colours).tolist() == [[[5, 4, 4, 128], [0, 0, 0, 0]]]


def test_a_still_source_is_looked_at_seldom() -> None:
    ticks = Ticks()
    ticks.set_rate(20)
    for _ in range(STILL_AFTER):
        assert ticks.seconds == 1 / 20
        ticks.note(False)
    assert ticks.seconds == STILL_SECONDS
    ticks.note(True)
    assert ticks.seconds == 1 / 20
    ticks.set_rate(1)
    assert ticks.seconds == 1


def test_a_tick_is_a_change_and_a_call_is_none() -> None:
    bell, ticks = Bell(), Ticks()
    try:
        assert ticks.wait(None, bell.descriptor) is Wake.CHANGED
        assert ticks.wait(0, bell.descriptor) is Wake.NOTHING
        bell.ring()
        assert ticks.wait(None, bell.descriptor) is Wake.NOTHING
    finally:
        bell.close()
