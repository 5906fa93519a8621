from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import pytest

from capture.privacy.masks import Mask
from capture.source import Source, State
from gui.core.remembered import (
    added,
    found_again,
    masks_again,
    remember,
    removed,
    with_masks,
)
from gui.core.settings import REMEMBERED_LIMIT, MaskedSource, SavedSource
from gui.core.state import (
    STATE_WORDS,
    AppState,
    SourceOrder,
    SourceState,
    place_words,
    source_states,
    title_words,
    watchers,
)
from resources.translate import use
from server.stream.stats import SessionView


def test_source_knows_whether_it_is_shared_and_by_how_many_watched(
    window: Callable[..., Source], viewer: Callable[..., SessionView]
) -> None:
    first, second = window(1), window(2)
    reused = window(1, pid=9999)

    states = source_states((first, second), (second,), watchers((viewer("a", second), viewer("b", second))))

    assert states == (SourceState(first, False, 0), SourceState(second, True, 2))
    assert source_states((reused,), (first,), watchers((viewer("a", first),))) == (SourceState(reused, False, 0),)


def test_known_sources_keep_their_place_and_new_ones_follow(window: Callable[..., Source]) -> None:
    order = SourceOrder()
    desktop = Source("0", "desktop", "Whole desktop", "", 1, 1)
    demo = Source("demo", "demo", "Demo", "Panecast", 1, 1)
    b, a, c = window(1, "b"), window(2, "a"), window(3, "c")

    assert order.ordered((demo, desktop, b, c)) == (desktop, b, c, demo)
    # The window that came to the front is told of first, and a is new.
    assert order.ordered((c, a, b, desktop, demo)) == (desktop, b, c, a, demo)
    # A window that changes its title stays where it is.
    assert order.ordered((window(3, "aaa"), b, a, desktop))[2].title == "aaa"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (AppState(), "Not sharing"),
        (AppState(phase="starting"), "Starting…"),
        (AppState(phase="stopping"), "Stopping…"),
        (AppState(phase="sharing"), "Sharing is on – nothing selected"),
        (
            AppState(phase="sharing", sources=(SourceState(Source("0", "desktop", "", "", 1, 1), shared=True),)),
            "Sharing 1 source · 0 watching",
        ),
    ],
)
def test_headline_says_how_things_are(state: AppState, words: str) -> None:
    assert state.headline == words


def test_untitled_window_goes_by_its_program() -> None:
    assert SourceState(Source("1", "window", "", "xterm", 1, 1)).title == "xterm"
    assert SourceState(Source("1", "window", "", "", 1, 1)).title == "Untitled window"


def test_shared_window_is_found_again_by_program_and_title(window: Callable[..., Source]) -> None:
    known = added((), window(1, "build log"))

    assert found_again(known, (window(9, "build log"), window(8, "other"))) == (window(9, "build log"),)


def test_window_that_looks_like_another_is_not_bound_again(window: Callable[..., Source]) -> None:
    known = added((), window(1, "xterm"))

    assert found_again(known, (window(8, "xterm"), window(9, "xterm"))) == ()


def test_few_shares_are_remembered_and_the_newest_stay(window: Callable[..., Source]) -> None:
    known = ()
    for number in range(REMEMBERED_LIMIT + 10):
        known = added(known, window(number, f"title {number}"))

    assert len(known) == REMEMBERED_LIMIT
    assert known[-1] == remember(window(0, f"title {REMEMBERED_LIMIT + 9}"))
    assert added(known, window(0, "title 20"))[-1].title == "title 20"
    assert removed(known, window(0, "title 20")) == tuple(each for each in known if each.title != "title 20")


def test_monitors_are_found_again_by_their_output_and_not_by_their_number() -> None:
    kept = Source("monitor-2", "monitor", "Monitor 2", "", 640, 480, output="HDMI-1")
    now = replace(kept, id="monitor-1")
    other = Source("monitor-2", "monitor", "Monitor 2", "", 640, 480, output="DP-1")
    as_once = SavedSource(kind="monitor", id="monitor-2")

    assert found_again((remember(kept), as_once), (now, other)) == (now,)


def test_masks_that_were_kept_for_a_number_are_laid_rather_than_lost() -> None:
    monitor = Source("monitor-2", "monitor", "Monitor 2", "", 640, 480, output="HDMI-1")
    old, new = (Mask(0, 0, 0.5, 0.5),), (Mask(0.5, 0.5, 1, 1),)
    known = (MaskedSource(source=SavedSource(kind="monitor", id="monitor-2"), masks=old),)

    assert masks_again(known, monitor) == old
    assert masks_again(known, replace(monitor, id="monitor-1")) == ()
    changed = with_masks(known, monitor, new, None)
    assert masks_again(changed, monitor) == new
    assert with_masks(changed, monitor, (), None) == ()


def test_every_state_has_a_word_and_no_word_is_for_a_state_that_nothing_sends() -> None:
    assert STATE_WORDS.keys() == {*get_args(State), "slow"}


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("::1", "This computer"),
        ("127.0.0.1", "This computer"),
        ("::ffff:127.0.0.1", "This computer"),
        ("192.168.1.31", "192.168.1.31"),
        ("fe80::1", "fe80::1"),
    ],
)
def test_this_computer_is_called_by_no_number(address: str, place: str) -> None:
    assert place_words(address) == place


@pytest.mark.parametrize(
    ("source", "called"),
    [
        (Source("0", "desktop", "Whole desktop", "", 9, 9), "Ganzer Desktop"),
        (Source("monitor-1", "monitor", "Monitor 2 · DELL U2720Q", "", 9, 9), "Monitor 2 · DELL U2720Q"),
        (Source("demo", "demo", "Demo picture", "Panecast", 9, 9), "Demobild"),
        (Source("1", "window", "Whole desktop", "xterm", 9, 9), "Whole desktop"),
        (Source("1", "window", "", "xterm", 9, 9), "xterm"),
    ],
)
def test_what_has_a_name_of_ours_has_it_in_the_language_in_use(source: Source, called: str) -> None:
    use("de")
    try:
        assert title_words(source) == called
    finally:
        use("en")
