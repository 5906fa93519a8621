"""The list of windows and displays of a Mac, against a stand-in: what is in it, and why nothing is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from capture import reasons
from capture.picture.pixels import Rect
from capture.platforms.contract import Listing
from capture.platforms.generations import Generations
from capture.platforms.macos import window_list
from capture.platforms.macos.window_list import MacWindowList
from capture.platforms.monitors import KnownMonitors
from capture.privacy.exclusions import ExclusionRules, Exclusions
from capture.source import Source
from tests.capture.platforms.macos.watching import RULES
from tests.helpers.macos.fake_mac import FakeDisplay, FakeMac, FakeProgram


class Told:
    """What was told, and waiting for more."""

    def __init__(self) -> None:
        self.listings: list[Listing] = []
        self._more = threading.Condition()

    def __call__(self, listing: Listing) -> None:
        with self._more:
            self.listings.append(listing)
            self._more.notify()

    def after(self, count: int) -> Listing:
        """Return the newest one, once more than ``count`` were told."""
        with self._more:
            assert self._more.wait_for(lambda: len(self.listings) > count, 5)
            return self.listings[-1]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have it look often."""
    monkeypatch.setattr(window_list, "LOOK_SECONDS", 0.002)
    monkeypatch.setattr("capture.platforms.macos.processes.TRUSTED_SECONDS", -1.0)


@contextmanager
def listing(exclusions: Exclusions | None = None, generations: Generations | None = None) -> Iterator[Told]:
    """List, and give what is told."""
    told = Told()
    lister = MacWindowList(told, exclusions or Exclusions(RULES), generations or Generations(), KnownMonitors())
    lister.start()
    try:
        yield told
    finally:
        lister.stop()
        lister.join(2)


def windows(found: Listing) -> list[Source]:
    return [each for each in found.sources if each.kind == "window"]


def test_a_window_is_listed_with_all_that_is_known_of_it(mac: FakeMac) -> None:
    icon = np.zeros((64, 64, 4), np.uint8)
    icon[:32] = (50, 100, 20, 128)
    mac.programs[500] = FakeProgram(500, "Notizen", "com.apple.Notes", icon=icon)
    mac.displays[0].scale = 2.0
    mac.open(7, title="Shopping \n list", place=Rect(10, 10, 300, 200))

    with listing() as told:
        found = told.after(0)

    (window,) = windows(found)
    assert found.condition.state == "live"
    assert (window.id, window.title, window.app, window.width, window.height) == (
        "7",
        "Shopping list",
        "Notizen",
        600,
        400,
    )
    assert (window.state, window.pid, window.started) == ("live", 500, 1_700_000_000_123)
    assert window.generation
    assert window.icon is not None
    # Not multiplied by how far one can see through it.
    assert window.icon.bgra[:4] == bytes((100, 199, 40, 128))
    assert window.icon.bgra[-4:] == bytes(4)


@pytest.mark.parametrize(
    ("values", "is_listed"),
    [
        ({}, True),
        ({"title": ""}, True),
        ({"is_on_screen": False}, True),
        ({"is_on_screen": False, "title": " "}, False),
        ({"layer": 25}, False),
        ({"alpha": 0.0}, False),
        ({"place": Rect(0, 0, 1, 1)}, False),
    ],
)
def test_what_people_would_not_call_a_window_is_left_out(
    mac: FakeMac, values: dict[str, object], is_listed: bool
) -> None:
    mac.open(7, **values)

    with listing() as told:
        assert len(windows(told.after(0))) == is_listed


@pytest.mark.parametrize(
    "program",
    [
        FakeProgram(500, "1Password 7", "com.agilebits.onepassword7"),
        FakeProgram(500, "Helper", "com.example", policy=2),
    ],
)
def test_programs_that_are_never_shown_or_have_no_windows_for_people_are_left_out(
    mac: FakeMac, program: FakeProgram
) -> None:
    mac.programs[500] = program
    mac.open(7)

    with listing() as told:
        assert windows(told.after(0)) == []


def test_changes_are_told_and_windows_keep_their_places(mac: FakeMac) -> None:
    window = mac.open(7, title="one")
    mac.open(8, title="two")

    with listing() as told:
        first = told.after(0)
        assert [each.id for each in windows(first)] == ["8", "7"]
        mac.windows.reverse()
        window.is_on_screen, window.title = False, ""
        found = told.after(1)
        while windows(found)[-1].title:
            found = told.after(len(told.listings))
        assert [(each.id, each.state) for each in windows(found)] == [("8", "live"), ("7", "hidden")]
        assert [each.generation for each in windows(found)] == [each.generation for each in windows(first)]
        count = len(told.listings)
        mac.close(8)
        assert [each.id for each in windows(told.after(count))] == ["7"]


def test_other_rules_hold_as_soon_as_somebody_calls(mac: FakeMac, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_list, "LOOK_SECONDS", 60.0)
    mac.open(7)
    exclusions, told = Exclusions(RULES), Told()
    lister = MacWindowList(told, exclusions, Generations(), KnownMonitors())
    lister.start()
    assert windows(told.after(0))
    exclusions.set_rules(ExclusionRules(programs=("notes",), pid=999))
    lister.look_again()

    assert windows(told.after(1)) == []
    lister.stop()
    lister.join(2)


def test_it_says_whether_a_window_is_the_one_that_was_listed(mac: FakeMac, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_list, "LOOK_SECONDS", 60.0)
    mac.open(7)
    generations = Generations()

    with listing(generations=generations) as told:
        (window,) = windows(told.after(0))
        assert generations.confirm(7, window.generation)
        assert not generations.confirm(8, window.generation)
        mac.close(7)
        mac.open(7, pid=501)
        assert not generations.confirm(7, window.generation)


def test_displays_keep_their_ids_and_a_desktop_of_several_waits(mac: FakeMac) -> None:
    mac.displays[0].uuid = bytes(range(16))
    with listing() as told:
        desktop, monitor = told.after(0).sources
        assert (desktop.id, desktop.kind, desktop.state, desktop.width) == ("0", "desktop", "live", 800)
        assert (monitor.id, monitor.title) == ("monitor-1", "Monitor 1 · Built-in Retina Display")
        assert monitor.output == bytes(range(16)).hex()

        mac.displays = [FakeDisplay(2, serial=9, name="DELL"), *mac.displays]
        desktop, monitor, other = told.after(1).sources
        assert (desktop.state, desktop.width) == ("waiting", 0)
        assert (monitor.id, monitor.state) == ("monitor-1", "live")
        assert (other.id, other.title, other.output) == ("monitor-2", "Monitor 2 · DELL", "610-a050-9")

        mac.displays = mac.displays[:1]
        desktop, monitor, other = told.after(2).sources
        assert (desktop.state, monitor.state, other.state) == ("live", "waiting", "live")


def test_a_display_that_mirrors_another_shows_nothing_of_its_own(mac: FakeMac) -> None:
    mac.displays.append(FakeDisplay(2, serial=9, mirrors=1))

    with listing() as told:
        assert [each.id for each in told.after(0).sources] == ["0", "monitor-1"]


def test_without_the_permission_the_person_is_asked_once_and_told_what_to_do(mac: FakeMac) -> None:
    mac.is_granted = False
    mac.open(7)

    with listing() as told:
        found = told.after(0)
        assert (found.sources, found.condition.reason) == ((), reasons.SCREEN_RECORDING_OFF)
        mac.is_granted = True
        assert len(windows(told.after(1))) == 1
        mac.is_granted = False
        assert told.after(2).condition.reason == reasons.SCREEN_RECORDING_OFF

    assert mac.requests == 1


def test_where_nobody_is_logged_in_it_is_said_and_tried_again(mac: FakeMac) -> None:
    mac.is_logged_in = False

    with listing() as told:
        assert told.after(0).condition.reason == reasons.LIST_FAILED
        mac.is_logged_in = True
        assert told.after(1).condition.state == "live"


def test_a_fault_ends_neither_the_list_nor_is_it_kept_quiet(mac: FakeMac, caplog: pytest.LogCaptureFixture) -> None:
    broken = mac.open(7)
    broken.layer = "high"  # type: ignore[assignment]

    with listing() as told:
        assert told.after(0).condition.reason == reasons.LIST_FAILED
        mac.close(7)
        assert told.after(1).condition.state == "live"
    assert "listing the windows failed" in caplog.text


def test_without_the_wheels_it_is_said(mac: FakeMac, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ImportError("No module named 'objc'")

    monkeypatch.setattr("capture.platforms.macos.frameworks.frameworks", missing)
    with listing() as told:
        assert told.after(0).condition.reason == reasons.FRAMEWORKS_MISSING.of(problem="No module named 'objc'")


def test_each_look_has_a_pool_of_its_own(mac: FakeMac) -> None:
    with listing() as told:
        told.after(0)
        before = mac.pools
        window = mac.open(7)
        told.after(1)
        window.title = "another"
        told.after(2)

    assert mac.pools >= before + 2
