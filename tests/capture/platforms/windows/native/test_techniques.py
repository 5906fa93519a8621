"""Which way pictures of a window are taken, and how Windows.Graphics.Capture, or its stand-in, goes with a real one."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from capture.errors import NoPicture, SourceGone
from capture.picture.pixels import Pixels, Rect
from capture.platforms.attempts import FirstThatBegins
from capture.platforms.choose import make_backend, techniques
from capture.platforms.contract import Around, Technique, Wake
from capture.platforms.generations import Generations
from capture.platforms.waiting import Bell
from capture.platforms.windows import pointer
from capture.platforms.windows.doctor import findings
from capture.platforms.windows.graphics_capture import window as by_graphics
from capture.platforms.windows.graphics_capture.session import CaptureSession
from capture.platforms.windows.graphics_capture.window import GraphicsCaptureWindow
from capture.platforms.windows.offers import SCREEN_COPY
from capture.platforms.windows.win32.direct3d import BGRA, Device, TextureDescription, release
from capture.platforms.windows.win32.images import PointerPlace
from capture.privacy.exclusions import ExclusionRules, Exclusions
from capture.reason import NOTHING
from capture.source import Source
from tests.capture.platforms.windows.native.desk import EVERYTHING, listing
from tests.helpers.windows.fake_graphics_capture import FakeCapture, lost
from tests.helpers.windows.painted_window import (
    MINIMISE,
    RESTORE,
    Look,
    PaintedWindow,
    move,
    own_window,
    show,
    squares,
    wait_until,
)

PLACE = Rect(100, 80, 240, 160)


@pytest.fixture
def painted() -> Iterator[PaintedWindow]:
    with own_window(Look("Four squares", place=PLACE)) as window:
        yield window


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> FakeCapture:
    found = FakeCapture((240, 160))
    found.install(monkeypatch)
    return found


@pytest.fixture
def backend(system: FakeCapture, painted: PaintedWindow) -> Iterator[GraphicsCaptureWindow]:
    source = Source(str(painted.window), "window", "", "", 0, 0)
    begin = partial(CaptureSession, make_device=system.make_device)
    made = GraphicsCaptureWindow(source, Exclusions(EVERYTHING), Generations(), begin)
    made.open()
    yield made
    made.close()
    made.close()
    assert system.apartments == 0


def grey(value: int, width: int = 240, height: int = 160) -> Pixels:
    return np.full((height, width, 4), value, np.uint8)


def test_a_new_picture_ends_the_wait(system: FakeCapture, backend: GraphicsCaptureWindow) -> None:
    bell = Bell()
    try:
        assert backend.take(False).condition.reason.code == "first_picture_awaited"
        system.paint(grey(5))
        assert backend.wait(None, bell.descriptor) is Wake.CHANGED
        take = backend.take(True)
        assert np.array_equal(take.pixels, grey(5))
        assert (take.is_ours, take.passed, take.damage) == (True, None, None)
        assert backend.wait(0, bell.descriptor) is Wake.NOTHING
        assert backend.take(True).pixels is None
        bell.ring()
        assert backend.wait(None, bell.descriptor) is Wake.NOTHING
        system.paint(grey(6), Rect(0, 0, 3, 3), Rect(900, 0, 3, 3))
        take = backend.take(False)
        assert (take.damage, take.passed) == ((Rect(0, 0, 3, 3),), ())
    finally:
        bell.close()


def test_what_is_handed_over_is_cut_to_the_window(
    system: FakeCapture, backend: GraphicsCaptureWindow, painted: PaintedWindow
) -> None:
    system.paint(grey(5, 260, 180))
    backend.take(False)
    system.paint(grey(5, 260, 180))
    take = backend.take(False)
    assert take.pixels is not None
    assert take.pixels.shape == (160, 240, 4)
    move(painted.window, Rect(100, 80, 100, 90))
    system.paint(grey(7, 260, 180))
    take = backend.take(False)
    assert take.pixels is not None
    assert take.pixels.shape == (90, 100, 4)
    assert take.passed is None


def test_states_are_noticed_though_nobody_tells(
    system: FakeCapture, backend: GraphicsCaptureWindow, painted: PaintedWindow
) -> None:
    bell = Bell()
    try:
        system.paint(grey(5))
        assert backend.wait(20, bell.descriptor) is Wake.CHANGED
        assert backend.take(False).pixels is not None
        show(painted.window, MINIMISE)
        assert backend.wait(20, bell.descriptor) is Wake.URGENT
        assert backend.take(False).condition.state == "minimised"
        show(painted.window, RESTORE)
        assert backend.wait(20, bell.descriptor) is Wake.URGENT
        system.paint(grey(6))
        assert backend.take(False).condition.state == "live"
        painted.close()
        system.end()
        assert backend.wait(20, bell.descriptor) is Wake.URGENT
        with pytest.raises(SourceGone):
            backend.take(False)
    finally:
        bell.close()


def test_a_window_that_is_still_in_its_new_size_is_begun_anew(
    system: FakeCapture, backend: GraphicsCaptureWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_graphics, "RESIZE_SECONDS", 0.0)
    system.paint(grey(5))
    backend.take(False)
    first = system.pool
    system.paint(grey(6, 200, 100))
    system.size = system.size._replace(width=200, height=100)
    wait_until(lambda: backend.take(False) and system.pool is not first)
    system.paint(grey(6, 200, 100))
    take = backend.take(False)
    assert take.pixels is not None
    assert take.pixels.shape == (100, 200, 4)


def test_a_lost_device_is_made_anew(system: FakeCapture, backend: GraphicsCaptureWindow) -> None:
    system.paint(grey(5))
    system.devices[0].fault = lost()
    assert backend.take(False).condition.state == "waiting"
    assert len(system.devices) == 2
    assert system.devices[0].is_closed
    system.paint(grey(5))
    assert np.array_equal(backend.take(False).pixels, grey(5))


def test_where_no_picture_comes_another_way_is_tried(
    system: FakeCapture, painted: PaintedWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_graphics, "FIRST_SECONDS", 0.0)
    source = Source(str(painted.window), "window", "", "", 0, 0)
    begin = partial(CaptureSession, make_device=system.make_device)
    first, second = techniques("windows", "window")

    def make(asked: Source, around: Around) -> GraphicsCaptureWindow:
        return GraphicsCaptureWindow(asked, around.exclusions, around.generations, begin)

    backend = FirstThatBegins([replace(first, make=make), second], source, Around(Exclusions(EVERYTHING)))
    backend.open()
    try:
        backend.set_rate(20)
        wait_until(lambda: backend.take(False).pixels is not None)
        assert system.apartments == 0, "the first one is closed"
    finally:
        backend.close()
        backend.close()


def test_where_none_works_the_reason_is_told(system: FakeCapture, painted: PaintedWindow) -> None:
    system.is_supported = False
    source = Source(str(painted.window), "window", "", "", 0, 0)
    allowing, refusing = Around(Exclusions(EVERYTHING)), Around(Exclusions(ExclusionRules()))
    first = techniques("windows", "window")[:1]
    alone = first[0].make(source, allowing)
    secret = first[0].make(source, refusing)
    for backend, fault, words in (
        (alone, NoPicture, "not supported"),
        (FirstThatBegins(first, source, allowing), NoPicture, "Windows.Graphics.Capture: .*not supported"),
        (secret, SourceGone, "never shown"),
    ):
        with pytest.raises(fault, match=words):
            backend.open()
        backend.close()


def test_a_window_that_never_has_a_picture_is_not_waited_for_in_silence(backend: GraphicsCaptureWindow) -> None:
    """Else nobody would ever find out that another way has to be tried."""
    bell = Bell()
    try:
        assert backend.take(False).condition.reason.code == "first_picture_awaited"
        assert backend.wait(20, bell.descriptor) is Wake.CHANGED
    finally:
        bell.close()


def test_the_pointer_ends_the_wait_where_it_is_wanted(
    system: FakeCapture, backend: GraphicsCaptureWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    bell = Bell()
    try:
        system.paint(grey(5))
        backend.take(True)
        assert backend.wait(20, bell.descriptor) is Wake.CHANGED
        monkeypatch.setattr(pointer, "pointer_place", lambda: PointerPlace(7, 7, 1))
        assert backend.wait(20, bell.descriptor) is Wake.CHANGED
        backend.take(True)
        assert backend.wait(0.1, bell.descriptor) is Wake.NOTHING
        monkeypatch.setattr(pointer, "pointer_place", lambda: PointerPlace(8, 7, 1))
        backend.take(False)
        assert backend.wait(0.1, bell.descriptor) is Wake.NOTHING, "nobody wants it"
    finally:
        bell.close()


@pytest.mark.parametrize("technique", techniques("windows", "desktop"), ids=lambda each: each.name)
def test_each_way_to_read_the_screen_does_so_or_says_why_not(technique: Technique, painted: PaintedWindow) -> None:
    backend = technique.make(Source("0", "desktop", "", "", 0, 0), Around(Exclusions(EVERYTHING)))
    refusal = NOTHING
    try:
        backend.open()
        wait_until(lambda: shows_squares(backend.take(False).pixels))
    except NoPicture as cannot:
        refusal = cannot.reason
    finally:
        backend.close()
    assert refusal.code in (NOTHING.code, "not_offered")
    assert not refusal or technique is not SCREEN_COPY
    if is_wine():
        assert bool(refusal) == (technique is not SCREEN_COPY), "what wine has by now is to be tried with it"


def test_a_screen_is_shown_by_the_first_way_that_there_is(painted: PaintedWindow) -> None:
    with listing() as desk:
        monitor = desk.screens()[1]
    for source in (Source("0", "desktop", "", "", 0, 0), monitor):
        backend = make_backend(source, Exclusions(EVERYTHING), Generations())
        backend.open()
        try:
            wait_until(lambda backend=backend: shows_squares(backend.take(True).pixels))  # type: ignore[misc]
        finally:
            backend.close()


def test_doctor_names_the_ways_that_there_are() -> None:
    found = {each.name: each for each in findings()}

    assert all(each.ok for each in found.values())
    said = found["Pictures by"].found.english.split(", ")
    assert said[-2:] == ["PrintWindow", "BitBlt"]
    assert not is_wine() or len(said) == 2


def shows_squares(pixels: Pixels | None) -> bool:
    """Tell whether the painted window is in a picture of the first monitor, where it is."""
    if pixels is None:
        return False
    part = pixels[PLACE.y : PLACE.y + PLACE.height, PLACE.x : PLACE.x + PLACE.width, :3]
    return np.array_equal(part, squares(PLACE.width, PLACE.height)[..., :3])


def is_wine() -> bool:
    load: Any = getattr(ctypes, "WinDLL")  # noqa: B009  on Windows only
    return hasattr(load("ntdll"), "wine_get_version")


def test_what_this_system_offers_shows_the_window_exactly(painted: PaintedWindow) -> None:
    """By Windows.Graphics.Capture, or, as under wine, by what comes after it."""
    source = Source(str(painted.window), "window", "", "", 0, 0)
    backend = make_backend(source, Exclusions(EVERYTHING), Generations())
    backend.open()
    try:
        taken: list[Pixels] = []

        def comes() -> bool:
            pixels = backend.take(False).pixels
            taken.extend([] if pixels is None else [pixels])
            return bool(taken)

        wait_until(comes)
        assert np.array_equal(taken[0][..., :3], squares(240, 160)[..., :3])
    finally:
        backend.close()


def test_a_texture_is_read_without_its_padding() -> None:
    try:
        device = Device()
    except OSError as error:
        pytest.skip(f"this system has no Direct3D: {error}")
    try:
        painted = np.arange(20 * 30 * 4, dtype=np.uint32).astype(np.uint8).reshape(20, 30, 4)
        texture = device.make_texture(TextureDescription(30, 20, 1, 1, BGRA, 1, 0, 0, 8, 0, 0), painted)
        for part in (Rect(3, 2, 11, 7), Rect(0, 0, 30, 20), Rect(29, 19, 1, 1)):
            expected = painted[part.y : part.y + part.height, part.x : part.x + part.width]
            assert np.array_equal(device.read(texture, part), expected)
        into = np.zeros_like(painted)
        device.copy_parts(texture, (Rect(3, 2, 11, 7), Rect(29, 19, 1, 1)), into)
        assert np.array_equal(into[2:9, 3:14], painted[2:9, 3:14])
        assert np.array_equal(into[19, 29], painted[19, 29])
        assert not into[:2].any()
        release(texture)
        release(device.for_windows)
    finally:
        device.close()
        device.close()
