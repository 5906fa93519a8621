"""Screens by Windows.Graphics.Capture against a stand-in: one monitor, several, and what ends one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import pytest

from capture.errors import NoPicture
from capture.picture.pixels import Pixels, Rect
from capture.platforms.waiting import Bell
from capture.platforms.windows import readers
from capture.platforms.windows.graphics_capture.screen import GraphicsCaptureReader
from capture.platforms.windows.graphics_capture.session import CaptureSession, Handed
from capture.platforms.windows.readers import ScreenPicture
from capture.platforms.windows.screens import Layout, Monitor
from tests.helpers.windows.fake_graphics_capture import FakeCapture, lost

WIDTH, HEIGHT = 40, 30
PLACE = Rect(-100, 20, WIDTH, HEIGHT)
ALONE = Layout(PLACE, (Monitor("first", PLACE, 7),))


class ScriptedSession:
    """A session that hands over what the test has put into it."""

    def __init__(self, monitor: int, arrived: Callable[[], None]) -> None:
        self.monitor = monitor
        self.is_closed = False
        self.next: Handed | None = None
        self.rates: list[float] = []
        self.is_open = False

    def open(self) -> None:
        self.is_open = True

    def newest(self, part_of: Callable[[tuple[int, int]], Rect]) -> Handed | None:
        handed, self.next = self.next, None
        return handed

    def set_rate(self, fps: float) -> None:
        self.rates.append(fps)

    def close(self) -> None:
        self.is_open = False


def grey(value: int, width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    return np.full((height, width, 4), value, np.uint8)


def read(reader: GraphicsCaptureReader) -> ScreenPicture:
    picture = reader.read()
    assert picture is not None
    return picture


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> FakeCapture:
    found = FakeCapture((WIDTH, HEIGHT))
    found.install(monkeypatch)
    return found


@pytest.fixture
def reader(system: FakeCapture) -> Iterator[GraphicsCaptureReader]:
    make = partial(CaptureSession, make_device=system.make_device, kind="monitor")
    made = GraphicsCaptureReader(make)  # type: ignore[arg-type]
    yield made
    made.close()
    made.close()
    assert system.apartments == 0
    assert all(device.is_closed for device in system.devices)


def test_a_monitor_is_handed_over_with_one_copy(system: FakeCapture, reader: GraphicsCaptureReader) -> None:
    reader.open(ALONE)
    assert system.handles == [7]
    assert reader.read() is None

    system.paint(grey(5))
    first = read(reader)
    system.paint(grey(6), Rect(1, 2, 3, 4))
    second = read(reader)
    third = read(reader)

    assert (first.damage, second.damage, third.damage) == (None, (Rect(1, 2, 3, 4),), ())
    assert (int(first.pixels.max()), int(second.pixels.min())) == (5, 6)
    assert first.is_lasting
    assert third.pixels is second.pixels
    assert len(system.devices[0].reads) == 2


def test_a_new_picture_ends_the_wait_and_a_call_too(system: FakeCapture, reader: GraphicsCaptureReader) -> None:
    bell = Bell()
    try:
        reader.open(ALONE)
        assert not reader.wait(0, bell.descriptor)
        system.paint(grey(5))
        assert reader.wait(20, bell.descriptor)
        bell.ring()
        assert not reader.wait(20, bell.descriptor)
    finally:
        bell.close()


def test_a_lost_device_is_made_anew(system: FakeCapture, reader: GraphicsCaptureReader) -> None:
    reader.open(ALONE)
    system.paint(grey(5))
    read(reader)
    system.paint(grey(6))
    system.devices[0].fault = lost()
    assert reader.read() is None
    system.paint(grey(7))

    assert int(read(reader).pixels.min()) == 7
    assert [device.is_closed for device in system.devices] == [True, False]


def test_one_that_cannot_be_read_is_given_up(system: FakeCapture, reader: GraphicsCaptureReader) -> None:
    reader.open(ALONE)
    system.paint(grey(5))
    system.devices[0].fault = OSError("the texture cannot be read")
    with pytest.raises(NoPicture, match="cannot be read"):
        reader.read()


def test_a_monitor_that_is_unplugged_has_no_picture(system: FakeCapture, reader: GraphicsCaptureReader) -> None:
    reader.open(ALONE)
    system.paint(grey(5))
    read(reader)
    system.end()
    with pytest.raises(OSError, match="gone"):
        reader.read()
    reader.open(ALONE)
    system.paint(grey(6))
    assert int(read(reader).pixels.min()) == 6


def test_where_it_is_not_offered_that_is_said(system: FakeCapture, reader: GraphicsCaptureReader) -> None:
    system.is_supported = False
    with pytest.raises(NoPicture, match=r"does not offer it \(not supported\)"):
        reader.open(ALONE)


def test_one_that_gives_nothing_is_given_up(
    system: FakeCapture, reader: GraphicsCaptureReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.open(ALONE)
    assert reader.read() is None
    monkeypatch.setattr(readers, "FIRST_SECONDS", -1.0)
    with pytest.raises(NoPicture):
        reader.read()
    system.paint(grey(5))
    assert int(read(reader).pixels.min()) == 5


def test_several_monitors_make_up_the_desktop() -> None:
    sessions: list[ScriptedSession] = []

    def begin(monitor: int, arrived: Callable[[], None]) -> ScriptedSession:
        sessions.append(ScriptedSession(monitor, arrived))
        return sessions[-1]

    reader = GraphicsCaptureReader(begin)  # type: ignore[arg-type]
    places = (Rect(0, 0, WIDTH, HEIGHT), Rect(-20, 6, 20, 10))
    layout = Layout(Rect(-20, 0, WIDTH + 20, HEIGHT), (Monitor("a", places[0], 7), Monitor("b", places[1], 8)))
    reader.set_rate(20)
    reader.open(layout)
    first, second = sessions
    first.next = Handed(grey(5), (WIDTH, HEIGHT), None)
    assert reader.read() is None, "a half is none"
    second.next = Handed(grey(9, 20, 10), (20, 10), None)
    picture = read(reader)

    assert (picture.pixels[:, 20:] == 5).all()
    assert (picture.pixels[6:16, :20] == 9).all()
    assert not picture.pixels[:6, :20].any(), "there is no monitor"
    assert (picture.damage, picture.is_lasting) == (None, False)
    second.next = Handed(grey(10, 20, 10), (20, 10), (Rect(1, 1, 2, 2),))
    assert read(reader).damage == (Rect(1, 7, 2, 2),)
    second.next = Handed(grey(11, 20, 9), (20, 9), ())
    assert read(reader).damage == (), "of another size: it is opened anew"
    assert [(each.monitor, each.rates) for each in sessions] == [(7, [20]), (8, [20])]
    reader.close()
    assert not any(each.is_open for each in sessions)
