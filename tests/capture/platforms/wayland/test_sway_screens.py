"""A screen of a real desktop (sway and its portal, in a system of their own), picked and looked at.

The portal is asked for no dialog here: it knows which screen is meant.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from capture.platforms.contract import Around, Paced, Wake
from capture.platforms.wayland.offers import PIPEWIRE
from capture.source import Source
from capture.trial.eye import Eye
from capture.trial.outcome import Outcome
from capture.trial.story import FIRST, try_screens
from tests.helpers.wayland.person import Person
from tests.helpers.wayland.roots import why_not
from tests.helpers.wayland.sway import OUTPUT, SIZE, Sway, sway_session
from tests.helpers.wayland.sway_windows import SwayWindows

pytestmark = [
    pytest.mark.skipif(os.environ.get("PANECAST_LONG") != "1", reason="takes long: run installer/test.sh --long"),
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
    pytest.mark.timeout(900),
]


@pytest.fixture(scope="module")
def sway() -> Iterator[Sway]:
    with sway_session() as made:
        yield made


@pytest.fixture
def person(sway: Sway) -> Iterator[Person]:
    made = Person(sway.bus)
    yield made
    made.end()


@pytest.fixture
def windows(sway: Sway) -> Iterator[SwayWindows]:
    made = SwayWindows(sway)
    yield made
    made.close()


def await_size(eye: Eye, size: tuple[int, int]) -> None:
    """Return once a picture has come in that size."""
    deadline = time.monotonic() + 20
    while (pixels := eye.look().pixels) is None or pixels.shape[1::-1] != size:
        assert time.monotonic() < deadline, f"no picture of {size}"
        eye.wait(0.1)


def test_a_picked_screen_shows_what_is_painted_and_tells_of_changes(person: Person, windows: SwayWindows) -> None:
    source = person.pick()
    assert (source.is_screen, source.width, source.height) == (True, *SIZE)
    outcome = Outcome(PIPEWIRE, "portal")
    try_screens(PIPEWIRE, (source,), Around(picker=person.picker), windows, outcome)

    assert outcome.answers == {"own": "yes", "told": "yes", "damage": "yes"}


def test_a_still_screen_has_a_picture_each_time_and_then_nothing_wakes(person: Person) -> None:
    """Of what does not change the desktop sends one picture, which may be too early for somebody to see it."""
    source = person.pick()
    for _ in range(10):
        with person.looking_at(source) as eye:
            assert eye.until(lambda: eye.state == "live", 40)
            before = time.process_time()
            assert eye.wait(0.5) is Wake.NOTHING
            assert time.process_time() - before < 0.1


def test_a_still_screen_has_a_picture_each_time_that_it_is_picked(person: Person) -> None:
    for _ in range(10):
        source = person.pick()
        with person.looking_at(source) as eye:
            # On a busy machine it is missed several times in a row.
            assert eye.until(lambda: eye.state == "live", 40)
        person.picker.remove(source.id)


def test_ten_starts_and_stops_give_pictures_of_now(person: Person, windows: SwayWindows) -> None:
    source = person.pick()
    last = -1
    for number in range(10):
        windows.tell("still" if number % 2 else "go")
        with person.looking_at(source) as eye:
            # The first picture of all: what was sent before somebody looked again is not shown.
            assert eye.until(lambda: eye.own is not None, 10)
            assert eye.own is not None
            assert eye.own.is_exact
            assert eye.own.step > last or number % 2
            last = eye.own.step
            windows.tell("go")
            assert eye.until(lambda: eye.shows(after=last), 10)  # noqa: B023
            last = eye.own.step


def test_other_rates_harm_nothing(person: Person, windows: SwayWindows) -> None:
    with person.looking_at(person.pick()) as eye:
        assert eye.until(eye.shows, 10)
        for rate in (5, 60, 15, 30, 1, 60):
            assert isinstance(eye.backend, Paced)
            eye.backend.set_rate(rate)
            assert eye.own is not None
            last = eye.own.step
            assert eye.until(lambda: eye.shows(after=last), 10)  # noqa: B023  looked at within the loop
            assert eye.state == "live"


def test_somebody_who_looks_too_seldom_gets_the_newest_picture(person: Person, windows: SwayWindows) -> None:
    """The desktop has no memory left by then, and makes no more pictures until it gets some back."""
    with person.looking_at(person.pick()) as eye:
        assert eye.until(eye.shows, 10)
        for _ in range(3):
            time.sleep(1.0)
            windows.tell("still")
            step = -2
            # Until nothing comes any more.
            while eye.wait(0.5) is not Wake.NOTHING:
                eye.look()
            assert eye.own is not None
            step = eye.own.step
            windows.tell("go")
            assert eye.until(lambda: eye.shows(after=step), 10)  # noqa: B023  looked at within the loop


def test_a_token_brings_it_back_after_a_restart(person: Person, windows: SwayWindows) -> None:
    source = person.pick()
    first = person.store.picks.each[0].token
    for _ in range(3):
        person.restart()
        with person.looking_at(source) as eye:
            assert eye.until(eye.shows, 10)
    assert person.told.sources[0].state == "live"
    assert person.store.picks.each[0].token
    assert first


def test_a_screen_of_another_mode_is_shown_in_its_new_size(sway: Sway, person: Person, windows: SwayWindows) -> None:
    """The desktop's portal (0.8.4) may end for that; it is started again when the source is asked for again."""
    with person.looking_at(person.pick()) as eye:
        assert eye.until(eye.shows, 10)
        try:
            for size in ((1024, 600), (1920, 1080), SIZE):
                sway.tell(f"output {OUTPUT} mode --custom {size[0]}x{size[1]}")
                await_size(eye, size)
                windows.tell("bare", FIRST)
                assert eye.until(eye.shows, 10)
        finally:
            sway.tell(f"output {OUTPUT} mode --custom {SIZE[0]}x{SIZE[1]}")


def test_a_screen_that_was_off_goes_on(sway: Sway, person: Person, windows: SwayWindows) -> None:
    with person.looking_at(person.pick()) as eye:
        assert eye.until(eye.shows, 10)
        for _ in range(3):
            try:
                sway.tell(f"output {OUTPUT} power off")
                eye.until(lambda: False, 0.5)
            finally:
                sway.tell(f"output {OUTPUT} power on")
            windows.tell("bare", FIRST)
            assert eye.own is not None
            last = eye.own.step
            # While it is off, other sessions are asked for, less and less often.
            assert eye.until(lambda: eye.shows(after=last), 30)  # noqa: B023  looked at within the loop


def test_a_portal_that_has_ended_is_begun_again(sway: Sway, person: Person, windows: SwayWindows) -> None:
    source = person.pick()
    with person.looking_at(source) as eye:
        assert eye.until(eye.shows, 10)
        sway.end_portal()
        assert eye.until(lambda: eye.state == "waiting", 10)
        assert eye.until(eye.shows, 20)
    # Also while nobody looks, and the program is started after that.
    sway.end_portal()
    person.restart()
    with person.looking_at(source) as eye:
        assert eye.until(eye.shows, 20)


def test_without_its_compositor_it_says_why() -> None:
    with sway_session() as own:
        person = Person(own.bus)
        windows = SwayWindows(own)
        with person.looking_at(person.pick()) as eye:
            assert eye.until(eye.shows, 10)
            own.compositor.kill()
            condition = None
            deadline = time.monotonic() + 20
            while condition is None or not condition.reason:
                assert time.monotonic() < deadline
                eye.wait(0.1)
                take = eye.look()
                condition = take.condition if take.condition.state != "live" else None
            assert condition.state in ("closed", "waiting")
            assert condition.reason.words
        windows.close()
        person.end()


def test_a_source_is_kept_for_the_next_one_who_looks(person: Person, windows: SwayWindows) -> None:
    """Of two who look at once the second waits: two streams of one session would end this desktop's portal."""
    source: Source = person.pick()
    with person.looking_at(source) as first:
        assert first.until(first.shows, 10)
        with person.looking_at(source) as second:
            assert not second.until(lambda: second.state == "live", 0.5)
            assert second.look().condition.reason
            first.look()
            assert first.state == "live"
            first.close()
            assert second.until(second.shows, 10)
