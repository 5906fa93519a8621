"""Screens and windows of a real GNOME, in a system of its own; its dialog is clicked as by hand."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator

import pytest

from capture.platforms.contract import Around, Paced, Wake
from capture.platforms.wayland.offers import PIPEWIRE
from capture.source import Source
from capture.trial.code import Reading, readings
from capture.trial.eye import Eye
from capture.trial.outcome import Outcome
from capture.trial.story import FIRST, OTHER, try_screens, try_window
from tests.helpers.waiting import wait_for
from tests.helpers.wayland.gnome import CANCEL, LISTED, SHARE, SIZE, WINDOWS, Gnome, gnome_session
from tests.helpers.wayland.gnome_windows import GnomeWindows
from tests.helpers.wayland.person import Person
from tests.helpers.wayland.roots import why_not
from tests.helpers.wayland.trial_program import memory

pytestmark = [
    pytest.mark.skipif(os.environ.get("PANECAST_LONG") != "1", reason="takes long: run installer/test.sh --long"),
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
    pytest.mark.timeout(900),
]

CHANGES = 500
MOST_GROWTH = 24 << 20
"""Bytes that may be added by the second half of all changes: what is kept for pictures was there by then."""


@pytest.fixture(scope="module")
def gnome() -> Iterator[Gnome]:
    with gnome_session() as made:
        yield made


@pytest.fixture
def person(gnome: Gnome) -> Iterator[Person]:
    made = Person(gnome.bus)
    yield made
    made.end()


@pytest.fixture
def windows(gnome: Gnome) -> Iterator[GnomeWindows]:
    made = GnomeWindows(gnome)
    yield made
    made.close()


def pick(gnome: Gnome, person: Person, *buttons: tuple[int, int]) -> Source:
    """Pick something by clicks in the dialog; without any, the screen is what it begins with."""
    return person.pick(lambda: gnome.click(*buttons, SHARE))


def pick_window(gnome: Gnome, person: Person) -> Source:
    """Pick the first of our windows, which the dialog lists in an order of its own."""
    for place in LISTED:
        source = pick(gnome, person, WINDOWS, place)
        seen: tuple[Reading, ...] = ()
        with person.looking_at(source) as eye:
            while not seen:
                pixels = eye.look().pixels
                seen = () if pixels is None else readings(pixels)
                eye.wait(0.1)
        if seen[0].which == FIRST:
            return source
        person.picker.remove(source.id)
        wait_for(lambda: not person.told.sources)
    pytest.fail("the window is not listed")


def state_with_reason(eye: Eye) -> tuple[str, str]:
    """Return the first state that is not live and has a reason, and the reason's words."""
    deadline = time.monotonic() + 20
    while (condition := eye.look().condition).state == "live" or not condition.reason:
        assert time.monotonic() < deadline, f"it stays {condition}"
        eye.wait(0.1)
    return condition.state, condition.reason.words


def test_a_dialog_that_is_cancelled_adds_nothing(gnome: Gnome, person: Person, windows: GnomeWindows) -> None:
    person.picker.pick()
    gnome.click(CANCEL)
    source = pick_window(gnome, person)

    assert person.told.sources == (source,)


def test_a_picked_screen_shows_what_is_painted_and_tells_of_changes(gnome: Gnome, person: Person) -> None:
    source = pick(gnome, person)
    windows = GnomeWindows(gnome)
    assert (source.is_screen, source.width, source.height) == (True, *SIZE)
    outcome = Outcome(PIPEWIRE, "portal")
    try_screens(PIPEWIRE, (source,), Around(picker=person.picker), windows, outcome)
    assert outcome.answers == {"own": "yes", "told": "yes", "damage": "yes"}

    last = -1
    for number in range(10):
        windows.tell("still" if number % 2 else "go")
        with person.looking_at(source) as eye:
            assert eye.until(eye.shows, 10)
            assert eye.own is not None
            assert eye.own.step > last or number % 2
            last = eye.own.step
    windows.tell("go")
    with person.looking_at(source) as eye:
        for rate in (5, 60, 15, 30):
            assert isinstance(eye.backend, Paced)
            eye.backend.set_rate(rate)
            assert eye.until(lambda: eye.shows(after=last), 10)  # noqa: B023  looked at within the loop
            last = eye.own.step
    windows.close()
    # The clock of the panel may tick in one of these moments.
    with person.looking_at(source) as eye:
        assert eye.until(lambda: eye.state == "live" and eye.wait(0.5) is Wake.NOTHING, 20)
    person.restart()
    with person.looking_at(source) as eye:
        assert eye.until(lambda: eye.state == "live", 10)
    assert all(each["name"] != "Share Screen" for each in gnome.windows())


def test_a_window_shows_its_own_pixels_also_where_it_cannot_be_seen(
    gnome: Gnome, person: Person, windows: GnomeWindows
) -> None:
    source = pick_window(gnome, person)
    assert not source.is_screen
    outcome = Outcome(PIPEWIRE, "portal")
    asked = ("own", "told", "covered", "resized")
    try_window(PIPEWIRE, source, Around(picker=person.picker), windows, outcome, asked)
    assert outcome.answers == dict.fromkeys((*asked, "damage"), "yes")

    with person.looking_at(source) as eye:
        assert eye.until(eye.shows, 10)
        windows.tell("minimise", FIRST)
        eye.until(lambda: False, 0.5)
        windows.tell("restore", FIRST)
        assert eye.own is not None
        last = eye.own.step
        assert eye.until(lambda: eye.shows(after=last), 10)
        windows.tell("close", FIRST)
        assert state_with_reason(eye)[0] == "closed"


def test_a_window_comes_back_without_a_dialog(gnome: Gnome, person: Person, windows: GnomeWindows) -> None:
    source = pick_window(gnome, person)
    assert person.store.picks.each[0].token
    person.restart()
    with person.looking_at(source) as eye:
        assert eye.until(eye.shows, 10)


def test_five_hundred_changes_and_never_a_pixel_of_another_window(
    gnome: Gnome, person: Person, windows: GnomeWindows
) -> None:
    chance = random.Random(15)
    source = pick_window(gnome, person)
    half, pictures = 0, 0
    with person.looking_at(source) as eye:
        assert eye.until(eye.shows, 10)
        for number in range(CHANGES):
            which = chance.choice((FIRST, OTHER))
            match chance.choice(("move", "resize", "cover", "bare", "minimise", "away")):
                case "move":
                    windows.order(which, f"move_frame(true, {chance.randrange(600)}, {chance.randrange(40, 200)})")
                case "resize":
                    size = f"{chance.randrange(490, 800)}, {chance.randrange(250, 500)}"
                    windows.order(which, f"move_resize_frame(true, 10, 50, {size})")
                case "minimise":
                    windows.tell("minimise", which)
                    windows.tell("restore", which)
                case "away":
                    windows.order(which, "change_workspace_by_index(1, true)")
                    windows.order(which, "change_workspace_by_index(0, true)")
                case name:
                    windows.tell(name, which)
            eye.wait(0.02)
            take = eye.look()
            assert take.condition.state == "live", take.condition.reason.words
            if take.pixels is not None:
                assert all(each.which == FIRST for each in readings(take.pixels)), "pixels of another window"
                pictures += 1
            half = memory() if number == CHANGES // 2 else half
        windows.tell("bare", FIRST)
        assert eye.until(eye.shows, 10)

    assert memory() - half < MOST_GROWTH
    assert pictures > CHANGES // 10


def test_without_its_compositor_it_says_why() -> None:
    with gnome_session() as own:
        person = Person(own.bus)
        with person.looking_at(pick(own, person)) as eye:
            assert eye.until(lambda: eye.state == "live", 10)
            own.compositor.kill()
            state, words = state_with_reason(eye)
        assert state in ("closed", "waiting")
        assert words
        person.end()
