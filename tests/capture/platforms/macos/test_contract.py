"""What ``panecast doctor --try`` asks of each technique, asked of those for macOS over the stand-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from capture.platforms.contract import Around, Technique
from capture.platforms.macos.offers import PLATFORM, SCREEN_CAPTURE_KIT_SCREEN, SCREEN_CAPTURE_KIT_WINDOW, WINDOW_IMAGE
from capture.privacy.exclusions import Exclusions
from capture.source import Source
from capture.trial import story
from capture.trial.outcome import Outcome
from tests.capture.platforms.macos.watching import RULES, source_of
from tests.helpers.macos.fake_mac import FakeMac
from tests.helpers.macos.painted_windows import PaintedWindows

AROUND = Around(Exclusions(RULES))


@pytest.fixture
def windows(mac: FakeMac, monkeypatch: pytest.MonkeyPatch) -> Iterator[PaintedWindows]:
    monkeypatch.setattr(story, "STILL_SECONDS", 0.05)
    made = PaintedWindows(mac)
    yield made
    made.stop()


@pytest.mark.parametrize(("technique", "tells"), [(SCREEN_CAPTURE_KIT_WINDOW, "yes"), (WINDOW_IMAGE, "no")])
def test_a_technique_for_windows_does_what_it_claims(windows: PaintedWindows, technique: Technique, tells: str) -> None:
    outcome = Outcome(technique, "window")
    # Of what tells of no changes it would be waited for its silence.
    asked = [each for each in story.ASKED_OF_WINDOWS if each != "told" or tells == "yes"]

    story.try_window(technique, source_of(windows.windows[0]), AROUND, windows, outcome, asked)

    expected = {"own": "yes", "covered": "yes", "resized": "yes", "minimised": "yes", "closed": "yes"}
    if tells == "yes":
        expected |= {"told": "yes", "damage": "yes"}
    assert outcome.answers == expected


def test_a_display_shows_the_window_and_tells_of_its_changes(windows: PaintedWindows) -> None:
    outcome = Outcome(SCREEN_CAPTURE_KIT_SCREEN, "monitor")
    source = Source("monitor-1", "monitor", "", "", 0, 0, output="610-a050-7")

    story.try_screens(SCREEN_CAPTURE_KIT_SCREEN, [source], AROUND, windows, outcome)

    assert outcome.answers == {"own": "yes", "told": "yes", "damage": "yes"}


def test_what_is_claimed_of_damage_and_changes_is_what_was_asked() -> None:
    assert [each.tells_changes for each in PLATFORM.techniques["window"]] == [True, False]
    assert [each.tells_damage for each in PLATFORM.techniques["window"]] == [True, False]
