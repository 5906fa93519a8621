"""DXGI desktop duplication against a stand-in: what is copied, how monitors on their side come, and what is lost."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest

from capture.errors import NoPicture
from capture.picture.pixels import Pixels, Rect
from capture.platforms.waiting import Bell
from capture.platforms.windows import readers
from capture.platforms.windows.duplication import dxgi
from capture.platforms.windows.duplication.monitor import DuplicatedMonitor, turned
from capture.platforms.windows.duplication.reader import DuplicationReader
from capture.platforms.windows.readers import ScreenPicture
from capture.platforms.windows.screens import Layout, Monitor
from tests.helpers.windows.fake_duplication import INVALID_CALL, UNSUPPORTED, FakeCard

WIDTH, HEIGHT = 40, 30
PLACE = Rect(-100, 20, WIDTH, HEIGHT)
ALONE = Layout(PLACE, (Monitor("first", PLACE, 7),))


@pytest.fixture
def card() -> FakeCard:
    return FakeCard()


@pytest.fixture
def reader(card: FakeCard) -> Iterator[DuplicationReader]:
    begin = partial(DuplicatedMonitor, make_device=card.make_device, make_factory=card.make_factory)
    made = DuplicationReader(begin)  # type: ignore[arg-type]
    yield made
    made.close()
    made.close()
    assert card.lent == 0


def read(reader: DuplicationReader) -> ScreenPicture:
    picture = reader.read()
    assert picture is not None
    return picture


def random(height: int, width: int, seed: int = 5) -> Pixels:
    return np.random.default_rng(seed).integers(0, 255, (height, width, 4), np.uint8)


def test_the_first_picture_is_whole_and_then_what_changed_is_copied(card: FakeCard, reader: DuplicationReader) -> None:
    output = card.add(7, WIDTH, HEIGHT)
    output.pixels[:] = 5
    reader.open(ALONE)
    first = read(reader)
    assert (first.damage, int(first.pixels.min())) == (None, 5)
    assert read(reader).damage == ()

    output.pixels[:] = 9
    output.paint(Rect(1, 2, 3, 4), moves=[(0, 0, Rect(20, 10, 5, 5))])
    second = read(reader)

    assert second.damage == (Rect(20, 10, 5, 5), Rect(1, 2, 3, 4))
    assert card.devices[0].copied == [Rect(0, 0, WIDTH, HEIGHT), *second.damage]
    is_painted = np.zeros((HEIGHT, WIDTH), bool)
    is_painted[10:15, 20:25] = is_painted[2:6, 1:4] = True
    assert np.array_equal(second.pixels[..., 0] == 9, is_painted)


def test_an_empty_first_picture_is_none(card: FakeCard, reader: DuplicationReader) -> None:
    """What was presented before it began is in it on some cards only."""
    output = card.add(7, WIDTH, HEIGHT)
    reader.open(ALONE)
    output.begin_empty()
    assert reader.read() is None
    output.pixels[:] = 5
    output.paint(Rect(0, 0, 2, 2))
    assert read(reader).damage is None
    reader.open(ALONE)
    output.begin_empty()
    assert read(reader).damage is None, "it is not empty"


def test_damage_of_several_frames_is_added_up(card: FakeCard, reader: DuplicationReader) -> None:
    output, bell = card.add(7, WIDTH, HEIGHT), Bell()
    try:
        reader.open(ALONE)
        assert reader.wait(5, bell.descriptor)
        read(reader)
        for x in range(2):
            output.paint(Rect(x, 0, 1, 1))
            assert reader.wait(5, bell.descriptor)
        assert read(reader).damage == (Rect(0, 0, 1, 1), Rect(1, 0, 1, 1))
        output.move_pointer()
        assert not reader.wait(0.1, bell.descriptor), "the pointer comes apart"
        bell.ring()
        assert not reader.wait(5, bell.descriptor)
    finally:
        bell.close()


def test_what_reaches_beyond_the_monitor_is_cut_and_untold_damage_is_anywhere(
    card: FakeCard, reader: DuplicationReader
) -> None:
    output = card.add(7, WIDTH, HEIGHT)
    reader.open(ALONE)
    read(reader)
    output.paint(Rect(-5, -5, 10, 10), Rect(WIDTH, 0, 4, 4))
    assert read(reader).damage == (Rect(0, 0, 5, 5),)
    output.paint()
    assert read(reader).damage == (Rect(0, 0, WIDTH, HEIGHT),)


@pytest.mark.parametrize("rotation", [0, 1, 2, 3, 4])
def test_a_monitor_on_its_side_comes_upright(card: FakeCard, reader: DuplicationReader, rotation: int) -> None:
    """As DXGI_MODE_ROTATION has it: what the card shows is turned to the right by so many quarters."""
    output = card.add(7, WIDTH, HEIGHT, rotation)
    output.pixels[:] = random(HEIGHT, WIDTH)
    quarters = max(rotation - 1, 0)
    width, height = (HEIGHT, WIDTH) if quarters % 2 else (WIDTH, HEIGHT)
    place = Rect(0, 0, width, height)
    reader.open(Layout(place, (Monitor("first", place, 7),)))
    assert np.array_equal(read(reader).pixels, np.rot90(output.pixels, -quarters))

    part = Rect(3, 4, 6, 2)
    output.pixels[4:6, 3:9] = random(2, 6, 8)
    output.paint(part)
    second = read(reader)

    assert np.array_equal(second.pixels, np.rot90(output.pixels, -quarters))
    assert second.damage == (turned(part, WIDTH, HEIGHT, -quarters),)
    assert second.damage[0].area == part.area


def test_several_monitors_make_up_the_desktop(card: FakeCard, reader: DuplicationReader) -> None:
    first, second = card.add(7, WIDTH, HEIGHT), card.add(8, 20, 10)
    first.pixels[:], second.pixels[:] = 5, 9
    whole = Rect(-20, 0, WIDTH + 20, HEIGHT)
    places = (Rect(0, 0, WIDTH, HEIGHT), Rect(-20, 6, 20, 10))
    reader.open(Layout(whole, (Monitor("a", places[0], 7), Monitor("b", places[1], 8))))

    picture = read(reader)

    assert (picture.pixels[0:, 20:] == 5).all()
    assert (picture.pixels[6:16, :20] == 9).all()
    assert not picture.pixels[:6, :20].any(), "there is no monitor"
    second.paint(Rect(1, 1, 2, 2))
    assert read(reader).damage == (Rect(1, 7, 2, 2),)


@pytest.mark.parametrize("fault", [dxgi.ACCESS_LOST, dxgi.DEVICE_REMOVED, dxgi.DEVICE_RESET])
def test_what_is_lost_is_made_anew(card: FakeCard, reader: DuplicationReader, fault: int) -> None:
    """After another mode, a full-screen game, a question of the system's, a driver that was replaced."""
    output = card.add(7, WIDTH, HEIGHT)
    reader.open(ALONE)
    read(reader)
    output.fault = fault
    assert reader.read() is None
    output.pixels[:] = 3

    after = read(reader)

    assert (output.duplications, after.damage, int(after.pixels.min())) == (2, None, 3)
    assert [device.is_closed for device in card.devices] == [True, False]


@pytest.mark.parametrize("refusal", [dxgi.ACCESS_DENIED, dxgi.DENIED, dxgi.SESSION_DISCONNECTED])
def test_while_another_desktop_is_on_the_screen_it_is_not_given_up(
    card: FakeCard, reader: DuplicationReader, refusal: int
) -> None:
    output = card.add(7, WIDTH, HEIGHT)
    reader.open(ALONE)
    read(reader)
    output.fault, output.refuses = dxgi.ACCESS_LOST, refusal
    with pytest.raises(dxgi.NotNow):
        reader.read()
    with pytest.raises(dxgi.NotNow):
        reader.open(ALONE)
    output.refuses = 0
    reader.open(ALONE)
    assert read(reader).damage is None


def test_where_it_is_not_offered_that_is_said(card: FakeCard, reader: DuplicationReader) -> None:
    card.add(7, WIDTH, HEIGHT).refuses = UNSUPPORTED
    with pytest.raises(NoPicture, match=r"does not offer it.*0x887a0004"):
        reader.open(ALONE)
    with pytest.raises(NoPicture, match="no graphics card has that monitor"):
        reader.open(Layout(PLACE, (Monitor("other", PLACE, 99),)))
    with pytest.raises(NoPicture, match="a part of Windows"):
        DuplicationReader().open(ALONE)


def test_one_that_gives_nothing_is_given_up(
    card: FakeCard, reader: DuplicationReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = card.add(7, WIDTH, HEIGHT)
    reader.open(ALONE)
    for _ in range(2):
        output.fault = dxgi.NOTHING_NEW
        assert reader.read() is None
    monkeypatch.setattr(readers, "FIRST_SECONDS", -1.0)
    output.fault = dxgi.NOTHING_NEW
    with pytest.raises(NoPicture):
        reader.read()


def test_one_that_cannot_be_read_is_given_up(card: FakeCard, reader: DuplicationReader) -> None:
    output = card.add(7, WIDTH, HEIGHT)
    reader.open(ALONE)
    output.fault = INVALID_CALL
    with pytest.raises(NoPicture, match="0x887a0001"):
        reader.read()


def test_another_size_than_the_layouts_begins_anew_and_not_for_ever(
    card: FakeCard, reader: DuplicationReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = card.add(7, WIDTH + 1, HEIGHT)
    reader.open(ALONE)
    assert reader.read() is None
    assert reader.read() is None
    assert output.duplications == 3
    monkeypatch.setattr(readers, "FIRST_SECONDS", -1.0)
    with pytest.raises(NoPicture):
        reader.read()


@pytest.mark.parametrize(
    ("structure", "size"),
    [
        (dxgi.OutputDescription, 96),
        (dxgi.DuplicationDescription, 36),
        (dxgi.FrameInfo, 48),
        (dxgi.Move, 24),
    ],
)
def test_structures_are_as_large_as_windows_has_them(structure: type[ctypes.Structure], size: int) -> None:
    """As ``sizeof`` of mingw's headers for 64 bits."""
    assert ctypes.sizeof(structure) == size
