"""Windows.Graphics.Capture against a stand-in: what is asked of which build, what is copied, and what is given back."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from capture.picture.pixels import Pixels, Rect
from capture.platforms.windows.graphics_capture.session import CaptureSession, is_offered
from capture.platforms.windows.win32.direct3d import (
    DeviceLost,
    Mapped,
    Part,
    TextureDescription,
    view_of,
)
from tests.helpers.windows.fake_graphics_capture import (
    OF_2004,
    OF_20348,
    OF_26100,
    FakeCapture,
    Surface,
    lost,
)

WIDTH, HEIGHT = 40, 30


def painting(colour: int, width: int = WIDTH, height: int = HEIGHT) -> Pixels:
    return np.full((height, width, 4), colour, np.uint8)


def whole(size: tuple[int, int]) -> Rect:
    return Rect(0, 0, *size)


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> FakeCapture:
    found = FakeCapture((WIDTH, HEIGHT))
    found.install(monkeypatch)
    return found


class Told:
    """How often it was told that there is something new."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def session(system: FakeCapture, told: Told) -> Iterator[CaptureSession]:
    made = CaptureSession(7, told, system.make_device)  # type: ignore[arg-type]
    made.open()
    yield made
    made.close()
    made.close()
    assert system.apartments == 0
    assert all(device.is_closed for device in system.devices)
    assert all(surface.owners == 0 for surface in Surface.known.values())
    assert system.session is not None
    assert not system.session.is_started  # type: ignore[attr-defined]
    assert system.pool is not None
    assert (system.pool.is_closed, system.pool.handlers) == (True, {})


def test_a_picture_is_told_of_and_copied_once(system: FakeCapture, session: CaptureSession, told: Told) -> None:
    assert session.newest(whole) is None

    system.paint(painting(5))
    assert told.times == 1
    first = session.newest(whole)

    assert first is not None
    assert (first.size, first.damage) == ((WIDTH, HEIGHT), None)
    assert np.array_equal(first.pixels, painting(5))
    assert system.devices[0].reads == [Rect(0, 0, WIDTH, HEIGHT)]
    assert session.newest(whole) is None
    assert len(system.devices[0].reads) == 1, "nothing is taken while nothing changes"


def test_pictures_are_asked_for_with_eight_bits_a_colour(system: FakeCapture, session: CaptureSession) -> None:
    """Also of a screen that has more of them: the system turns them into what is asked for."""
    system.paint(painting(1, 60, 50))
    session.newest(whole)

    assert system.formats == [87, 87]


def test_of_several_the_newest_is_taken_and_their_damage_added(system: FakeCapture, session: CaptureSession) -> None:
    system.paint(painting(1))
    session.newest(whole)
    system.paint(painting(2), Rect(0, 0, 4, 4))
    system.paint(painting(3), Rect(10, 10, 5, 5), Rect(0, 0, 1, 1))

    newest = session.newest(whole)

    assert newest is not None
    assert newest.pixels[0, 0, 0] == 3
    assert newest.damage == (Rect(0, 0, 4, 4), Rect(10, 10, 5, 5), Rect(0, 0, 1, 1))
    system.paint(painting(4), Rect(2, 2, 2, 2))
    after = session.newest(whole)
    assert after is not None
    assert after.damage == (Rect(2, 2, 2, 2),)


def test_pictures_are_given_back_so_that_more_come(system: FakeCapture, session: CaptureSession) -> None:
    for colour in range(20):
        system.paint(painting(colour))
        newest = session.newest(whole)
        assert newest is not None
        assert newest.pixels[0, 0, 0] == colour


def test_the_last_of_many_is_not_lost(system: FakeCapture, session: CaptureSession) -> None:
    """What finds no room in the pool is never sent again: nobody looks for a second, and then all is still."""
    for colour in range(1, 61):
        system.paint(painting(colour), Rect(colour % WIDTH, 0, 1, 1))

    newest = session.newest(whole)

    assert newest is not None
    assert newest.pixels[0, 0, 0] == 60
    assert session.newest(whole) is None


def test_a_fault_while_nobody_looks_is_told_to_who_looks(system: FakeCapture, session: CaptureSession) -> None:
    assert system.pool is not None
    handlers = tuple(system.pool.handlers.values())
    system.is_lost = True
    for handler in handlers:
        handler(system.pool, None)

    with pytest.raises(DeviceLost):
        session.newest(whole)


def test_only_the_part_that_is_wanted_is_copied(system: FakeCapture, session: CaptureSession) -> None:
    system.paint(painting(1))

    cut = session.newest(lambda size: Rect(5, 6, 10, size[1]))

    assert cut is not None
    assert cut.pixels.shape == (HEIGHT - 6, 10, 4)
    assert system.devices[0].reads == [Rect(5, 6, 10, HEIGHT - 6)]
    system.paint(painting(2))
    assert session.newest(lambda size: Rect(size[0], 0, 9, 9)) is None


def test_another_size_is_followed_and_comes_whole(system: FakeCapture, session: CaptureSession) -> None:
    system.paint(painting(1))
    session.newest(whole)

    system.paint(painting(2, 60, 50))
    assert session.newest(whole) is None, "it is cut"
    assert system.pool is not None
    assert system.pool.size == (60, 50)
    system.paint(painting(2, 60, 50), Rect(0, 0, 1, 1))
    grown = session.newest(whole)

    assert grown is not None
    assert np.array_equal(grown.pixels, painting(2, 60, 50))
    assert grown.damage is None
    system.paint(painting(3, 0, 0))
    assert session.newest(whole) is None
    assert system.pool.size == (1, 1)


def test_the_end_of_the_window_is_told(system: FakeCapture, session: CaptureSession, told: Told) -> None:
    assert not session.is_closed

    system.end()

    assert (session.is_closed, told.times) == (True, 1)


def test_a_device_that_is_lost_is_said_to_be(system: FakeCapture, session: CaptureSession) -> None:
    system.paint(painting(1))
    system.devices[0].fault = lost()
    with pytest.raises(DeviceLost):
        session.newest(whole)
    system.is_lost = True
    with pytest.raises(DeviceLost):
        session.newest(whole)


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        (frozenset(), {}),
        (OF_2004, {"is_cursor_capture_enabled": False}),
        (OF_20348, {"is_cursor_capture_enabled": False, "is_border_required": False}),
        (
            OF_26100,
            {
                "is_cursor_capture_enabled": False,
                "is_border_required": False,
                "dirty_region_mode": 0,
                "min_update_interval": timedelta(seconds=0.05),
            },
        ),
    ],
)
def test_of_each_build_what_it_has_is_used(
    monkeypatch: pytest.MonkeyPatch, features: frozenset[str], expected: dict[str, Any]
) -> None:
    system = FakeCapture((WIDTH, HEIGHT), features)
    system.install(monkeypatch)
    session = CaptureSession(7, lambda: None, system.make_device)  # type: ignore[arg-type]
    session.open()
    try:
        session.set_rate(20)
        session.set_rate(20)
        for asked in system.asked:
            asked.completed(None, None)
        assert system.session is not None
        assert system.session.set == expected  # type: ignore[attr-defined]
        for colour in (1, 2):
            system.paint(painting(colour), Rect(0, 0, 2, 2))
            newest = session.newest(whole)
        assert newest is not None
        assert newest.damage == (None if features != OF_26100 else (Rect(0, 0, 2, 2),))
    finally:
        session.close()


def test_where_it_cannot_begin_all_is_given_back(system: FakeCapture) -> None:
    system.is_supported = False
    with pytest.raises(OSError, match="not supported"):
        CaptureSession(7, lambda: None, system.make_device).open()  # type: ignore[arg-type]
    system.is_supported = True
    with pytest.raises(OSError, match="invalid window"):
        CaptureSession(0, lambda: None, system.make_device).open()  # type: ignore[arg-type]

    def no_device() -> Any:
        raise OSError("no Direct3D device")

    with pytest.raises(OSError, match="no Direct3D"):
        CaptureSession(7, lambda: None, no_device).open()
    assert system.apartments == 0


def test_it_can_be_asked_whether_it_is_there(system: FakeCapture) -> None:
    assert is_offered()
    system.is_supported = False
    assert not is_offered()
    assert system.apartments == 0


def test_elsewhere_it_is_not() -> None:
    assert not is_offered()


def test_rows_of_a_texture_have_a_distance_of_their_own() -> None:
    memory = np.arange(3 * 64, dtype=np.uint8)
    at = memory.ctypes.data

    pixels = view_of(at, 64, 5, 3)

    assert pixels.shape == (3, 5, 4)
    assert np.array_equal(np.ascontiguousarray(pixels).reshape(3, 20), memory.reshape(3, 64)[:, :20])
    assert not pixels.flags.writeable
    with pytest.raises(OSError, match="shorter"):
        view_of(at, 16, 5, 3)
    with pytest.raises(OSError, match="shorter"):
        view_of(0, 64, 5, 3)


@pytest.mark.parametrize(("structure", "size"), [(TextureDescription, 44), (Mapped, 16), (Part, 24)])
def test_structures_are_as_large_as_windows_has_them(structure: type[ctypes.Structure], size: int) -> None:
    assert ctypes.sizeof(structure) == size
