"""Displays by ScreenCaptureKit, against a stand-in that composes pictures as filters say: what is in none of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from capture import reasons
from capture.errors import DisplayGone
from capture.picture.pixels import Pixels, Rect
from capture.platforms.macos import screen
from capture.platforms.macos import window as kit_window
from capture.privacy.exclusions import ExclusionRules, Exclusions
from tests.capture.platforms.macos.watching import RULES, first, noise, opened, screen_backend, settled
from tests.helpers.macos import fake_screencapturekit as kit
from tests.helpers.macos.fake_mac import FakeDisplay, FakeMac, FakeProgram

SECRET, OWN = 700, 999


def open_secret(mac: FakeMac, number: int = 66) -> None:
    """Open a window of a program that is never shown, on top of all others."""
    mac.programs[SECRET] = FakeProgram(SECRET, "1Password 8", "com.1password.1password")
    mac.open(number, SECRET)


def has(pixels: Pixels | None, number: int) -> bool:
    """Tell whether a picture holds something of a window that has its number for a colour."""
    assert pixels is not None
    return bool((pixels == number).all(axis=2).any())


def test_a_display_is_shown_as_it_is_with_all_that_may_be_seen(mac: FakeMac) -> None:
    mac.displays[0].scale = 2.0
    window = mac.open(7, place=Rect(10, 20, 100, 60), pixels=noise(200, 120))

    with opened(screen_backend()) as backend:
        take = first(mac, backend)

        assert take.pixels is not None
        assert take.pixels.shape == (1200, 1600, 4)
        assert np.array_equal(take.pixels[40:160, 20:220], window.pixels)
        mac.capture.paint([{"X": 4, "Y": 4, "Width": 2, "Height": 2}])
        assert settled(mac, backend).damage == (Rect(4, 4, 2, 2), Rect(8, 8, 4, 4))


@pytest.mark.parametrize("pid", [SECRET, OWN])
def test_what_must_not_be_seen_is_left_out_with_all_it_opens_later(mac: FakeMac, pid: int) -> None:
    mac.open(7, place=Rect(0, 0, 800, 600))
    mac.programs[pid] = FakeProgram(pid, "1Password 8" if pid == SECRET else "Panecast")
    mac.open(66, pid)

    with opened(screen_backend()) as backend:
        take = first(mac, backend)
        assert has(take.pixels, 7)
        assert not has(take.pixels, 66)

        mac.open(67, pid, place=Rect(300, 300, 50, 50))
        mac.capture.paint()
        take = settled(mac, backend)
        assert has(take.pixels, 7)
        assert not has(take.pixels, 67)
        assert len(mac.capture.streams) == 1


def test_a_secret_program_that_begins_later_is_in_no_picture_that_anybody_gets(
    mac: FakeMac, hasty: Callable[[], None]
) -> None:
    mac.open(7, place=Rect(0, 0, 800, 600))

    with opened(screen_backend()) as backend:
        first(mac, backend)
        hasty()
        open_secret(mac)
        mac.capture.paint()

        assert settled(mac, backend).condition == screen.COVERING
        take = first(mac, backend)
        assert has(take.pixels, 7)
        assert not has(take.pixels, 66)
        assert len(mac.capture.running) == 1


def test_where_a_secret_window_cannot_be_left_out_nothing_is_shown(mac: FakeMac, hasty: Callable[[], None]) -> None:
    open_secret(mac)
    mac.capture.unlisted.add(66)
    hasty()

    with opened(screen_backend()) as backend:
        for _ in range(5):
            take = settled(mac, backend)
            assert (take.condition.state, take.pixels) == ("waiting", None)
        assert take.condition in (screen.COVERING, kit_window.AWAITED)
        mac.close(66)
        first(mac, backend)
        assert settled(mac, backend).condition.state == "live"


def test_a_window_with_masks_is_left_out_and_others_of_its_program_are_not(
    mac: FakeMac, hasty: Callable[[], None]
) -> None:
    mac.open(7, place=Rect(0, 0, 100, 100))
    mac.open(8, place=Rect(200, 0, 100, 100))
    exclusions = Exclusions(ExclusionRules(programs=(), pid=OWN, masked=frozenset({8})))

    with opened(screen_backend(exclusions)) as backend:
        take = first(mac, backend)
        assert has(take.pixels, 7)
        assert not has(take.pixels, 8)

        # What the program opens now comes into pictures a little later.
        mac.open(30, place=Rect(400, 0, 100, 100))
        hasty()
        mac.capture.paint()
        assert not has(settled(mac, backend).pixels, 30)
        take = first(mac, backend)
        assert take.condition.state == "live"
        assert has(take.pixels, 30)
        assert not has(take.pixels, 8)


def test_other_rules_hold_at_once(mac: FakeMac, hasty: Callable[[], None]) -> None:
    mac.open(7)
    exclusions = Exclusions(RULES)

    with opened(screen_backend(exclusions)) as backend:
        assert has(first(mac, backend).pixels, 7)
        exclusions.set_rules(ExclusionRules(programs=("notes",), pid=OWN))
        hasty()
        assert settled(mac, backend).condition == screen.COVERING
        assert not has(first(mac, backend).pixels, 7)


@pytest.mark.parametrize(
    ("kind", "displays", "expected"),
    [
        ("monitor", [], screen.UNPLUGGED),
        ("monitor", [FakeDisplay(1, serial=8)], screen.UNPLUGGED),
        # Two that cannot be told apart.
        ("monitor", [FakeDisplay(1), FakeDisplay(2, Rect(800, 0, 800, 600))], screen.UNPLUGGED),
        ("monitor", [FakeDisplay(1, is_asleep=True)], kit_window.ASLEEP),
        ("desktop", [FakeDisplay(1), FakeDisplay(2, Rect(800, 0, 800, 600), serial=9)], screen.DIVIDED),
        ("desktop", [], screen.UNPLUGGED),
    ],
)
def test_a_display_that_is_not_to_be_had_is_a_state(
    mac: FakeMac, kind: Any, displays: list[FakeDisplay], expected: object
) -> None:
    with opened(screen_backend(kind=kind)) as backend:
        assert first(mac, backend).pixels is not None

        mac.displays = displays
        assert backend.take(False).condition == expected

        mac.displays = [FakeDisplay(1)]
        assert first(mac, backend).pixels is not None


def test_a_display_is_known_by_what_it_is_and_not_by_its_number(mac: FakeMac) -> None:
    with opened(screen_backend()) as backend:
        first(mac, backend)
        mac.displays = [FakeDisplay(1, serial=9), FakeDisplay(2, Rect(800, 0, 400, 300), name="the same, elsewhere")]

        take = first(mac, backend)
        assert take.pixels is not None
        assert take.pixels.shape == (300, 400, 4)


def test_what_is_ended_in_the_menu_bar_stays_ended(mac: FakeMac) -> None:
    with opened(screen_backend()) as backend:
        first(mac, backend)
        mac.capture.streams[0].stop_with(kit.USER_STOPPED)
        with pytest.raises(DisplayGone, match="menu bar"):
            settled(mac, backend)
        assert backend.take(False).condition.reason == reasons.ENDED_IN_MENU_BAR


def test_without_the_permission_it_is_said(mac: FakeMac) -> None:
    mac.is_granted = False
    with pytest.raises(DisplayGone, match="restart Panecast"), opened(screen_backend()):
        pass


def test_where_nobody_lists_windows_nothing_is_shown(mac: FakeMac) -> None:
    with opened(screen_backend()) as backend:
        first(mac, backend)
        mac.is_logged_in = False
        mac.capture.paint()
        assert settled(mac, backend).condition == screen.UNREADABLE


def test_of_five_hundred_changes_none_shows_a_secret_or_costs_memory(mac: FakeMac, hasty: Callable[[], None]) -> None:
    mac.displays[0].place = Rect(0, 0, 64, 48)
    mac.open(7, place=Rect(0, 0, 64, 48))
    mac.programs[SECRET] = FakeProgram(SECRET, "1Password 8")
    choices = random.Random(5)
    exclusions = Exclusions(RULES)
    hasty()
    pictures = 0

    def change(number: int) -> None:
        if choices.random() < 0.2:
            mac.open(choices.randrange(8, 40), place=Rect(choices.randrange(64), 5, 20, 20))
        elif choices.random() < 0.3:
            mac.close(200)
            mac.open(200, SECRET, place=Rect(choices.randrange(-10, 64), 5, 20, 20))
        elif choices.random() < 0.2:
            mac.windows = [each for each in mac.windows if each.number == 7]
        elif choices.random() < 0.2:
            # It ends, and begins anew as another process.
            mac.close(200)

    with opened(screen_backend(exclusions)) as backend:
        for number in range(500):
            change(number)
            mac.capture.paint()
            take = settled(mac, backend)
            if take.pixels is not None:
                pictures += 1
                assert not has(take.pixels, 200)
        assert len(mac.capture.running) <= 1
    mac.capture.settle()
    assert pictures > 250
    assert sum(each.lent for each in mac.capture.streams) == 0
