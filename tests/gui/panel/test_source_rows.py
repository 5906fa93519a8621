from collections.abc import Callable

import pytest

from capture.source import Source
from gui.core.state import SourceState
from gui.panel.source_rows import Heading, rows_for
from gui.widgets.row_changes import Insert, Remove, steps


def applied(old: list[str], new: list[str]) -> list[str]:
    now = list(old)
    for step in steps(old, new):
        if isinstance(step, Remove):
            del now[step.first : step.last + 1]
        else:
            now[step.first : step.first] = new[step.first : step.first + step.count]
    return now


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "abc"),
        ("abc", ""),
        ("abc", "abc"),
        ("abcdef", "bdf"),
        ("bdf", "abcdefg"),
        ("abcdef", "axcyez"),
        ("abc", "cba"),
        ("abcd", "dabc"),
    ],
)
def test_steps_lead_from_the_old_list_to_the_new(old: str, new: str) -> None:
    assert applied(list(old), list(new)) == list(new)


def test_neighbours_come_and_go_in_one_step() -> None:
    assert list(steps("abcdef", "af")) == [Remove(1, 4)]
    assert list(steps("af", "abcdef")) == [Insert(1, 4)]


def test_sources_stand_under_headings(window: Callable[..., Source]) -> None:
    desktop = SourceState(Source("0", "desktop", "Whole desktop", "", 100, 100))
    screen = SourceState(Source("monitor-1", "monitor", "Monitor 1", "", 100, 100))
    unplugged = Source("monitor-2", "monitor", "Monitor 2", "", 100, 100, "waiting")
    missing = SourceState(Source("monitor-3", "monitor", "Monitor 3", "", 100, 100, "waiting"), shared=True)
    demo = SourceState(Source("demo", "demo", "Demo picture", "Panecast", 100, 100))
    first = SourceState(window(7))

    assert rows_for((desktop, screen, SourceState(unplugged), missing, first, demo), "") == (
        Heading("Screens"),
        desktop,
        screen,
        missing,
        Heading("Windows"),
        first,
        Heading("Demo"),
        demo,
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [("fire", True), ("FIREFOX", True), ("inbox fire", True), ("inbox mail", False), ("77", True), ("  ", True)],
)
def test_search_looks_at_title_program_and_handle(window: Callable[..., Source], query: str, found: bool) -> None:
    state = SourceState(window(77, "Inbox", "Firefox"))

    assert (state in rows_for((state,), query)) == found
