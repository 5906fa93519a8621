"""A screen of Windows by stand-ins: what is painted over, what is told of changes, and each state with its reason."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from capture import reasons
from capture.errors import NoPicture
from capture.picture.pixels import Pixels, Rect
from capture.platforms.contract import Wake
from capture.platforms.waiting import Bell
from capture.platforms.windows import screen
from capture.platforms.windows.readers import ScreenPicture
from capture.platforms.windows.screen import WindowsScreen
from capture.platforms.windows.screens import Layout, Monitor
from capture.privacy.blanking import PLAIN
from capture.privacy.exclusions import ExclusionRules, Exclusions
from capture.source import Source
from tests.helpers.windows.fake_screen import PLACE, FakeScreen, ScriptedReader

SECRET = Rect(110, 60, 8, 6)
IN_PICTURE = Rect(10, 10, 8, 6)
SOURCE = Source("monitor-1", "monitor", "", "", PLACE.width, PLACE.height, output="first")


def grey(value: int) -> Pixels:
    return np.full((PLACE.height, PLACE.width, 4), value, np.uint8)


def is_covered(pixels: Pixels | None) -> bool:
    assert pixels is not None
    part = pixels[10:16, 10:18].view(np.uint32) & 0xFFFFFF
    return bool((part == PLAIN).all())


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> FakeScreen:
    found = FakeScreen()
    found.install(monkeypatch)
    return found


@pytest.fixture
def reader() -> ScriptedReader:
    return ScriptedReader()


@pytest.fixture
def exclusions() -> Exclusions:
    return Exclusions(ExclusionRules())


@pytest.fixture
def bell() -> Iterator[Bell]:
    made = Bell()
    yield made
    made.close()


@pytest.fixture
def backend(desk: FakeScreen, reader: ScriptedReader, exclusions: Exclusions) -> Iterator[WindowsScreen]:
    made = WindowsScreen(SOURCE, exclusions, reader)
    made.open()
    yield made
    made.close()
    made.close()
    assert not reader.is_open
    assert not desk.is_watched


def test_a_lasting_picture_is_given_on_as_it_is_and_nothing_when_still(
    backend: WindowsScreen, reader: ScriptedReader
) -> None:
    pixels = grey(5)
    reader.picture = ScreenPicture(pixels, None, is_lasting=True)
    first = backend.take(False)
    assert (first.pixels is pixels, first.damage) == (True, None)
    reader.picture = ScreenPicture(pixels, (), is_lasting=True)
    assert backend.take(False).pixels is None
    reader.picture = ScreenPicture(grey(6), (Rect(1, 1, 2, 2),), is_lasting=True)
    assert backend.take(False).damage == (Rect(1, 1, 2, 2),)
    assert reader.looks == [True, False, True]


@pytest.mark.parametrize("way", [{"is_lasting": True}, {"is_scratch": True}, {}])
def test_what_must_not_be_seen_is_painted_over_by_every_way(
    backend: WindowsScreen, reader: ScriptedReader, desk: FakeScreen, way: dict[str, bool]
) -> None:
    """And where the reader goes on with its own picture, that stays as it is."""
    own = grey(5)
    desk.secrets = (SECRET,)
    reader.picture = ScreenPicture(own, None, **way)
    assert is_covered(backend.take(False).pixels)
    assert desk.settled == 1
    if way.get("is_scratch"):
        return

    reader.picture = ScreenPicture(own, (), **way)
    desk.secrets = ()
    take = backend.take(False)

    assert take.damage == (IN_PICTURE,), "what lies beneath comes to light"
    assert np.array_equal(take.pixels, own)
    desk.secrets = (SECRET, Rect(500, 500, 9, 9))
    take = backend.take(False)
    assert take.damage == (IN_PICTURE,)
    assert is_covered(take.pixels)


def test_a_copy_is_compared_where_nobody_tells_of_changes(backend: WindowsScreen, reader: ScriptedReader) -> None:
    canvas = grey(5)
    reader.picture = ScreenPicture(canvas, is_scratch=True)
    first = backend.take(False)
    assert first.pixels is not canvas
    assert backend.take(False).pixels is None
    canvas[3, 3] = 9
    assert backend.take(False).pixels is not None


def test_what_flashed_up_throws_the_picture_away_and_not_its_damage(
    backend: WindowsScreen, reader: ScriptedReader, desk: FakeScreen
) -> None:
    reader.picture = ScreenPicture(grey(5), None, is_lasting=True)
    backend.take(False)
    desk.has_flashed = True
    reader.picture = ScreenPicture(grey(6), (Rect(0, 0, 1, 1),), is_lasting=True)
    assert backend.take(False).pixels is None
    desk.has_flashed = False
    reader.picture = ScreenPicture(grey(6), (Rect(5, 5, 1, 1),), is_lasting=True)

    take = backend.take(False)

    assert take.damage is not None
    assert set(take.damage) == {Rect(0, 0, 1, 1), Rect(5, 5, 1, 1)}


def test_while_a_secret_is_on_the_move_nothing_new_is_shown(
    backend: WindowsScreen, reader: ScriptedReader, desk: FakeScreen, exclusions: Exclusions
) -> None:
    desk.settles_in = 0.5
    reader.picture = ScreenPicture(grey(5), None, is_lasting=True)
    assert backend.take(False).condition.reason == reasons.SECRET_ON_THE_MOVE
    desk.settles_in = 0
    assert backend.take(False).pixels is not None
    desk.settles_in = 0.5
    assert backend.take(False).condition.state == "live"
    exclusions.set_rules(ExclusionRules(programs=("Other",)))
    assert backend.take(False).condition.reason == reasons.SECRET_ON_THE_MOVE, "as it was shows more than it may"


def test_a_question_of_the_systems_is_said_and_it_goes_on_afterwards(
    backend: WindowsScreen, reader: ScriptedReader, desk: FakeScreen, bell: Bell
) -> None:
    """The user account control asks on a desktop of its own; a locked screen is one too."""
    reader.picture = ScreenPicture(grey(5), None, is_lasting=True)
    backend.take(False)
    desk.is_ours = False
    assert backend.wait(20, bell.descriptor) is Wake.CHANGED
    take = backend.take(False)
    assert (take.condition.state, take.condition.reason) == ("waiting", reasons.SCREEN_KEPT_BACK)
    assert backend.wait(20, bell.descriptor) is Wake.CHANGED
    desk.is_ours = True
    reader.picture = ScreenPicture(grey(6), (), is_lasting=True)
    assert backend.take(False).damage is None, "what was not seen meanwhile is whole"


def test_a_closed_remote_session_is_said_and_reading_begins_anew(
    backend: WindowsScreen, reader: ScriptedReader, bell: Bell
) -> None:
    reader.fault = OSError("no picture: 0x887a0028")
    assert backend.wait(20, bell.descriptor) is Wake.CHANGED
    assert backend.take(False).condition.reason == reasons.SCREEN_KEPT_BACK
    reader.fault, reader.picture = None, ScreenPicture(grey(5), None, is_lasting=True)
    assert backend.take(False).condition.state == "live"
    assert len(reader.layouts) == 3


def test_where_nobody_lists_windows_nothing_is_shown(
    backend: WindowsScreen, reader: ScriptedReader, desk: FakeScreen
) -> None:
    reader.picture = ScreenPicture(grey(5), None, is_lasting=True)
    desk.is_silent = True
    assert backend.take(False).condition.reason == reasons.SCREEN_KEPT_BACK


def test_a_way_that_ends_says_so_by_a_take(backend: WindowsScreen, reader: ScriptedReader, bell: Bell) -> None:
    """Only a take may have the next way be tried."""
    reader.fault = NoPicture(reasons.NO_PICTURE_NOW)
    assert backend.wait(20, bell.descriptor) is Wake.CHANGED
    with pytest.raises(NoPicture):
        backend.take(False)


def test_a_monitor_that_comes_back_is_begun_anew(
    backend: WindowsScreen, reader: ScriptedReader, desk: FakeScreen
) -> None:
    reader.picture = ScreenPicture(grey(5), None, is_lasting=True)
    backend.take(False)
    layout, desk.layout = desk.layout, None
    assert backend.take(False).condition.reason == reasons.MONITOR_OFF
    desk.layout = layout
    assert backend.take(False).pixels is not None
    assert reader.layouts == [layout, layout]
    desk.layout = Layout(Rect(0, 0, 40, 30), (Monitor("first", Rect(0, 0, 40, 30), 7),))
    backend.take(False)
    assert reader.layouts[2:] == [desk.layout]


def test_before_the_first_picture_it_is_waited_for(backend: WindowsScreen, bell: Bell) -> None:
    assert backend.take(False).condition.reason == reasons.FIRST_PICTURE_AWAITED
    assert backend.wait(20, bell.descriptor) is Wake.CHANGED


def test_a_wait_ends_for_news_and_calls_and_what_nobody_tells(
    backend: WindowsScreen,
    reader: ScriptedReader,
    desk: FakeScreen,
    exclusions: Exclusions,
    bell: Bell,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(screen, "LOOK_SECONDS", 0.01)
    reader.picture = ScreenPicture(grey(5), (), is_lasting=True)
    backend.take(True)
    assert backend.wait(0.03, bell.descriptor) is Wake.NOTHING
    reader.has_news = True
    assert backend.wait(None, bell.descriptor) is Wake.CHANGED
    desk.pointer_moved = True
    assert backend.wait(None, bell.descriptor) is Wake.CHANGED
    backend.take(True)
    desk.secrets = (SECRET,)
    assert backend.wait(None, bell.descriptor) is Wake.CHANGED
    backend.take(False)
    exclusions.set_rules(ExclusionRules(programs=("Other",)))
    assert backend.wait(None, bell.descriptor) is Wake.CHANGED
    backend.take(False)
    bell.ring()
    assert backend.wait(None, bell.descriptor) is Wake.NOTHING
