"""What may go wrong on Windows, what is said of it, and which tests show that: one table, which has no dead ends."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import NamedTuple

import pytest

from capture import reasons
from capture.reason import NOTHING, Reason

HERE = Path(__file__).parent


class Fault(NamedTuple):
    """One fault: what is said of it (nothing where it is mended unseen), and the tests that show it."""

    name: str
    said: Reason
    tests: tuple[str, ...]


FAULTS = (
    Fault(
        "program hangs",
        reasons.PROGRAM_HANGS,
        (
            "test_printed_window.py::test_one_that_does_not_answer_in_time_hangs",
            "native/test_pictures.py::test_a_window_that_hangs_is_said_and_holds_up_nobody",
        ),
    ),
    Fault(
        "program with more rights",
        reasons.WINDOW_DRAWS_NOTHING,
        ("test_printed_window.py::test_a_program_with_more_rights_paints_nothing_for_us",),
    ),
    Fault(
        "cloaked: on another desktop, or asleep",
        reasons.WINDOW_HIDDEN,
        (
            "test_pure_parts.py::test_each_state_has_its_reason",
            "test_printed_window.py::test_where_there_is_nothing_to_be_painted_nobody_is_asked",
        ),
    ),
    Fault(
        "keeps itself out of pictures",
        reasons.WINDOW_PROTECTED,
        ("test_printed_window.py::test_where_there_is_nothing_to_be_painted_nobody_is_asked",),
    ),
    Fault(
        "full screen in a mode of its own: the duplication is lost",
        NOTHING,
        ("test_duplication.py::test_what_is_lost_is_made_anew",),
    ),
    Fault(
        "no picture comes of it: another way is tried",
        reasons.NO_PICTURE_NOW,
        (
            "test_graphics_screen.py::test_one_that_gives_nothing_is_given_up",
            "test_duplication.py::test_one_that_gives_nothing_is_given_up",
            "native/test_techniques.py::test_where_no_picture_comes_another_way_is_tried",
            "native/test_techniques.py::test_a_window_that_never_has_a_picture_is_not_waited_for_in_silence",
        ),
    ),
    Fault(
        "0 × 0",
        reasons.WINDOW_WITHOUT_SIZE,
        (
            "test_pure_parts.py::test_each_state_has_its_reason",
            "test_graphics_capture.py::test_another_size_is_followed_and_comes_whole",
            "native/test_pictures.py::test_an_empty_window_has_no_picture",
        ),
    ),
    Fault(
        "one pixel wide",
        NOTHING,
        (
            "test_printed_window.py::test_a_window_one_pixel_wide_is_shown",
            "native/test_pictures.py::test_an_empty_window_has_no_picture",
        ),
    ),
    Fault(
        "destroyed while it is copied",
        reasons.WINDOW_CLOSED,
        ("test_printed_window.py::test_one_that_is_destroyed_while_it_is_copied_is_closed",),
    ),
    Fault(
        "resized while it is copied",
        reasons.WINDOW_RESIZING,
        ("test_printed_window.py::test_one_that_changes_its_size_while_it_is_copied_is_copied_again",),
    ),
    Fault(
        "screen locked, or a question of the user account control",
        reasons.SCREEN_KEPT_BACK,
        (
            "test_screen.py::test_a_question_of_the_systems_is_said_and_it_goes_on_afterwards",
            "test_duplication.py::test_while_another_desktop_is_on_the_screen_it_is_not_given_up",
        ),
    ),
    Fault(
        "remote session closed",
        reasons.SCREEN_KEPT_BACK,
        (
            "test_screen.py::test_a_closed_remote_session_is_said_and_reading_begins_anew",
            "test_duplication.py::test_while_another_desktop_is_on_the_screen_it_is_not_given_up",
        ),
    ),
    Fault(
        "windows are not listed",
        reasons.SCREEN_KEPT_BACK,
        ("test_screen.py::test_where_nobody_lists_windows_nothing_is_shown",),
    ),
    Fault(
        "monitor unplugged",
        reasons.MONITOR_OFF,
        (
            "test_screen.py::test_a_monitor_that_comes_back_is_begun_anew",
            "test_graphics_screen.py::test_a_monitor_that_is_unplugged_has_no_picture",
            "native/test_pictures.py::test_a_monitor_that_is_not_there_is_waited_for",
        ),
    ),
    Fault(
        "graphics processor reset, or its driver replaced",
        NOTHING,
        (
            "test_graphics_capture.py::test_a_device_that_is_lost_is_said_to_be",
            "test_graphics_capture.py::test_a_fault_while_nobody_looks_is_told_to_who_looks",
            "test_graphics_screen.py::test_a_lost_device_is_made_anew",
            "test_duplication.py::test_what_is_lost_is_made_anew",
            "native/test_techniques.py::test_a_lost_device_is_made_anew",
        ),
    ),
    Fault(
        "screen with more than 8 bits a colour (HDR): 8 are asked for",
        NOTHING,
        ("test_graphics_capture.py::test_pictures_are_asked_for_with_eight_bits_a_colour",),
    ),
    Fault(
        "not offered by this Windows, or this graphics card",
        reasons.NOT_OFFERED,
        (
            "test_graphics_screen.py::test_where_it_is_not_offered_that_is_said",
            "test_duplication.py::test_where_it_is_not_offered_that_is_said",
            "native/test_techniques.py::test_each_way_to_read_the_screen_does_so_or_says_why_not",
        ),
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_has_its_tests(fault: Fault) -> None:
    assert fault.tests
    for name in fault.tests:
        path, _, function = name.partition("::")
        tree = ast.parse((HERE / path).read_text(encoding="utf-8"))
        found = next((each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == function), None)
        assert found is not None, f"there is no {name}"


def test_each_state_of_the_backends_is_in_it() -> None:
    """Of what `capture.platforms.windows` says of a source; the rest passes by itself."""
    passing = {"FIRST_PICTURE_AWAITED", "MONITORS_CHANGING", "SECRET_ON_THE_MOVE", "WINDOW_MINIMISED"}
    folder = Path(reasons.__file__).parent / "platforms" / "windows"
    of_sources = ("screen", "window", "watched_window", "top_windows", "readers", "graphics_capture/window")
    said = {
        node.attr
        for name in of_sources
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "reasons"
    }
    others = {"DISPLAY_SILENT", "PROGRAM_EXCLUDED"}  # of the whole system, and of what is never shown

    assert said - passing - others == {fault.said.code.upper() for fault in FAULTS if fault.said != NOTHING}
