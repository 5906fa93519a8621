"""Windows of a real desktop (sway and its portal, in a system of their own), picked and looked at.

In place of the dialog a program of ours chooses, or chooses nothing.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator

import pytest

from capture.platforms.contract import Around
from capture.platforms.wayland.offers import PIPEWIRE
from capture.platforms.x11 import offers as x11
from capture.trial.code import readings
from capture.trial.eye import Eye
from capture.trial.lists import Lists
from capture.trial.outcome import Outcome
from capture.trial.story import FIRST, OTHER, try_window
from tests.helpers.waiting import wait_for
from tests.helpers.wayland.person import Person
from tests.helpers.wayland.roots import why_not
from tests.helpers.wayland.sway import OUTPUT, Sway, sway_session
from tests.helpers.wayland.sway_windows import SwayWindows
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
def sway() -> Iterator[Sway]:
    with sway_session(chooser=True, xwayland=True) as made:
        yield made


@pytest.fixture
def person(sway: Sway) -> Iterator[Person]:
    sway.choose("")
    made = Person(sway.bus)
    yield made
    made.end()


@pytest.fixture
def windows(sway: Sway) -> Iterator[SwayWindows]:
    made = SwayWindows(sway)
    yield made
    made.close()


def state_with_reason(eye: Eye, words: str = "") -> tuple[str, str]:
    """Return the first state that is not live and has a reason with ``words``, and the reason's words."""
    deadline = time.monotonic() + 20
    while (condition := eye.look().condition).state == "live" or words not in condition.reason.words:
        assert time.monotonic() < deadline, f"it stays {condition}"
        eye.wait(0.1)
    return condition.state, condition.reason.words


def test_a_dialog_that_is_cancelled_adds_nothing(sway: Sway, person: Person) -> None:
    (sway.folder / "offered").unlink(missing_ok=True)
    person.picker.pick()
    wait_for((sway.folder / "offered").exists)
    sway.choose(f"Monitor: {OUTPUT}")
    source = person.pick()

    assert (source.id, source.is_screen) == ("portal-1", True)
    assert person.told.sources == (source,)


def test_a_screen_comes_back_without_a_dialog(sway: Sway, person: Person) -> None:
    sway.choose(f"Monitor: {OUTPUT}")
    source = person.pick()
    sway.choose("")
    (sway.folder / "offered").unlink()
    person.restart()
    with person.looking_at(source) as eye:
        assert eye.until(lambda: eye.state == "live", 10)

    assert not (sway.folder / "offered").exists()


def test_a_window_shows_its_own_pixels_also_where_it_cannot_be_seen(
    sway: Sway, person: Person, windows: SwayWindows
) -> None:
    sway.choose(windows.title(FIRST))
    source = person.pick()
    assert not source.is_screen
    outcome = Outcome(PIPEWIRE, "portal")
    asked = ("own", "told", "covered", "resized", "minimised")
    try_window(PIPEWIRE, source, Around(picker=person.picker), windows, outcome, asked)

    # It is painted on, and seen, while it is put away: nobody says that it is.
    assert outcome.answers == dict.fromkeys(("own", "told", "covered", "damage", "resized"), "yes") | {"minimised": ""}


def test_a_window_is_looked_at_again_and_again_though_it_has_no_token(
    sway: Sway, person: Person, windows: SwayWindows
) -> None:
    sway.choose(windows.title(FIRST))
    source = person.pick()
    assert not person.store.picks.each[0].token
    last = -1
    for number in range(10):
        windows.tell("still" if number % 2 else "go")
        with person.looking_at(source) as eye:
            assert eye.until(lambda: eye.own is not None, 10)
            assert eye.own is not None
            assert eye.own.is_exact
            assert eye.own.step > last or number % 2
            last = eye.own.step


def test_a_window_that_is_closed_ends_with_a_reason(sway: Sway, person: Person, windows: SwayWindows) -> None:
    sway.choose(windows.title(FIRST))
    source = person.pick()
    with person.looking_at(source) as eye:
        assert eye.until(eye.shows, 10)
        windows.tell("close", FIRST)
        assert state_with_reason(eye)[0] == "closed"
    # Picked again, and that cancelled, it stays as it is.
    sway.choose("")
    (sway.folder / "offered").unlink()
    person.picker.pick(again=source.id)
    wait_for((sway.folder / "offered").exists)
    with person.looking_at(source) as eye:
        assert state_with_reason(eye, "Pick it again")[0] == "closed"
    assert [each.state for each in person.told.sources] == ["waiting"]


def test_without_its_compositor_a_window_says_why() -> None:
    with sway_session(chooser=True) as own:
        person, windows = Person(own.bus), SwayWindows(own)
        own.choose(windows.title(FIRST))
        with person.looking_at(person.pick()) as eye:
            assert eye.until(eye.shows, 10)
            own.compositor.kill()
            state, words = state_with_reason(eye)
        assert state in ("closed", "waiting")
        assert words
        windows.close()
        person.end()


def change(chance: random.Random, sway: Sway, windows: SwayWindows) -> None:
    """Have something happen to one of the windows."""
    which = chance.choice((FIRST, OTHER))
    match chance.choice(("move", "resize", "cover", "bare", "away", "minimise", "retitle")):
        case "move":
            windows.place(which, chance.randrange(0, 700), chance.randrange(0, 300))
        case "resize":
            windows.order(which, f"resize set {chance.randrange(480, 900)} {chance.randrange(200, 600)}")
        case "cover":
            windows.tell("cover", which)
        case "bare":
            windows.tell("bare", which)
        case "away":
            windows.tell("away", which)
            windows.tell("back", which)
        case "minimise":
            windows.tell("minimise", which)
            windows.tell("restore", which)
        case _:
            sway.tell(f"workspace {chance.choice((2, 3))}")
            sway.tell("workspace 1")


def test_five_hundred_changes_and_never_a_pixel_of_another_window(
    sway: Sway, person: Person, windows: SwayWindows
) -> None:
    chance = random.Random(15)
    sway.choose(windows.title(FIRST))
    window = person.pick()
    sway.choose(f"Monitor: {OUTPUT}")
    screen = person.pick()
    half, pictures, inexact = 0, 0, 0
    with person.looking_at(window) as eye, person.looking_at(screen) as other:
        assert eye.until(eye.shows, 10)
        assert other.until(lambda: other.state == "live", 10)
        for number in range(CHANGES):
            change(chance, sway, windows)
            eye.wait(0.02)
            take = eye.look()
            assert take.condition.state == "live", take.condition.reason.words
            if take.pixels is not None:
                seen = readings(take.pixels)
                assert all(each.which == FIRST for each in seen), "pixels of another window"
                pictures += 1
                inexact += not all(each.is_exact for each in seen)
            assert other.look().condition.state == "live"
            half = memory() if number == CHANGES // 2 else half
        windows.tell("bare", FIRST)
        assert eye.until(eye.shows, 10)
        assert other.until(other.shows, 10)

    assert memory() - half < MOST_GROWTH
    assert pictures > CHANGES // 10
    assert not inexact


def test_an_x11_window_in_this_desktop_shows_its_own_pixels(sway: Sway, monkeypatch: pytest.MonkeyPatch) -> None:
    """By Composite, without a dialog; covered by another X11 window, and by one of Wayland."""
    told = sway.folder / "x11"
    sway.tell(f"exec sh -c 'echo $DISPLAY >{told}.part && mv {told}.part {told}'")
    wait_for(told.exists)
    display = told.read_text().strip()
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("WAYLAND_DISPLAY", sway.display)
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    windows, cover = SwayWindows(sway, x11=display), SwayWindows(sway)
    lists = Lists()
    (source, *_) = lists.find(lambda each: each.title == windows.title(FIRST), 20)
    (technique, *_) = x11.PLATFORM.techniques["window"]
    outcome = Outcome(technique, "window")
    asked = ("own", "told", "covered", "resized")
    try_window(technique, source, lists.around, windows, outcome, asked)
    assert outcome.answers == dict.fromkeys((*asked, "damage"), "yes")

    cover.place(FIRST, 40, 40)
    cover.order(FIRST, "resize set 900 600")
    cover.order(FIRST, "focus")
    outcome = Outcome(technique, "window")
    # As it is: nothing is moved to lay it bare.
    eye = Eye(technique.make(source, lists.around), FIRST)
    eye.open()
    assert eye.until(eye.shows, 10)
    # Xwayland gives a window another pixmap with each picture as long as the desktop keeps the last one.
    for number in range(6):
        windows.tell("bare" if number % 2 else "cover", FIRST)
        assert eye.own is not None
        last = eye.own.step
        assert eye.until(lambda: eye.shows(after=last), 10)  # noqa: B023  looked at within the loop
    eye.close()
    for each in (lists, cover, windows):
        each.close()
