"""Pictures of a real PipeWire: as they were painted, and words for all that a producer may do wrong."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from capture.errors import DisplayGone
from capture.picture.pixels import Pixels, Rect
from capture.platforms.waiting import wait_readable
from capture.platforms.wayland.pipewire.buffers import BGRA, BGRX, RGBA, RGBX
from capture.platforms.wayland.pipewire.stream import Stream, Unreadable, rate_for
from tests.helpers.waiting import wait_for
from tests.helpers.wayland.daemons import PipeWire
from tests.helpers.wayland.producer import DMA_BUF, Producer, Shot

SIZE = (64, 48)


def picture(seed: int, size: tuple[int, int] = SIZE) -> Pixels:
    return np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 4), np.uint8)


def run_until(stream: Stream, true: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"in time (state {stream.state})"
        wait_readable((stream.descriptor,), 0.2)
        stream.iterate()


def show(stream: Stream, producer: Producer, shot: Shot) -> None:
    """Have the shot be sent and taken over."""
    run_until(stream, lambda: producer.is_streaming)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        producer.begin(shot)
        # What is sent while a size is being agreed on is lost.
        with contextlib.suppress(AssertionError):
            run_until(stream, lambda: producer.sent == producer.asked and stream.painting.sequence == producer.sent, 1)
            return
    pytest.fail("the picture did not come")


def taken(stream: Stream) -> Pixels:
    pixels, _ = stream.painting.take()
    assert pixels is not None
    return pixels


@pytest.fixture
def stream(daemons: PipeWire, producer: Producer) -> Iterator[Stream]:
    made = Stream(daemons.remote(), producer.node, 30)
    yield made
    made.close()


def test_a_picture_and_what_changes_in_it(stream: Stream, producer: Producer) -> None:
    first = picture(1)
    show(stream, producer, Shot(first))
    assert np.array_equal(taken(stream), first)
    second = first.copy()
    second[10:20, 30:40] = 7
    show(stream, producer, Shot(second, (Rect(30, 10, 10, 10),)))
    pixels, damage = stream.painting.take()

    assert pixels is not None
    assert np.array_equal(pixels, second)
    assert damage == (Rect(30, 10, 10, 10),)


@pytest.mark.parametrize("video_format", [BGRX, BGRA, RGBX, RGBA])
def test_each_form_of_pixels_is_read(daemons: PipeWire, video_format: int) -> None:
    producer = Producer(daemons, SIZE, video_format)
    stream = Stream(daemons.remote(), producer.node, 30)
    pixels = picture(2)
    show(stream, producer, Shot(pixels))

    expected = pixels if video_format in (BGRX, BGRA) else pixels[..., (2, 1, 0, 3)]
    assert np.array_equal(taken(stream), expected)
    stream.close()
    producer.close()


def test_crop_pointer_and_turn_come_through(stream: Stream, producer: Producer) -> None:
    pixels, image = picture(3), picture(4, (8, 8))
    show(stream, producer, Shot(pixels, crop=Rect(10, 5, 30, 20), cursor=(22, 17), hot=(2, 2), image=image))
    pointer = stream.painting.pointer

    assert np.array_equal(taken(stream), pixels[5:25, 10:40])
    assert pointer is not None
    assert (pointer.x, pointer.y) == (10, 10)
    assert np.array_equal(pointer.image, image[..., (2, 1, 0, 3)])
    show(stream, producer, Shot(None, cursor=(30, 17), hot=(2, 2)))
    assert stream.painting.pointer is not None
    assert stream.painting.pointer.x == 18
    assert stream.painting.take() == (None, ())
    show(stream, producer, Shot(pixels, transform=1))
    assert np.array_equal(taken(stream), np.rot90(pixels, -1))


def test_a_crop_outside_of_the_picture_is_none(stream: Stream, producer: Producer) -> None:
    pixels = picture(5)
    show(stream, producer, Shot(pixels, crop=Rect(100, 100, 20, 20)))
    assert np.array_equal(taken(stream), pixels)
    show(stream, producer, Shot(pixels, crop=Rect(-10, 40, 30, 30)))
    assert np.array_equal(taken(stream), pixels[40:48, 0:20])


def test_rows_that_cannot_be_so_long_are_not_read_and_it_is_said(
    stream: Stream, producer: Producer, caplog: pytest.LogCaptureFixture
) -> None:
    run_until(stream, lambda: producer.is_streaming)
    for stride in (100, 4096):
        producer.begin(Shot(picture(1), stride=stride))
        with pytest.raises(Unreadable, match=r"cannot be read .*rows of"):
            run_until(stream, lambda: stream.painting.has_picture)
    show(stream, producer, Shot(picture(6)))
    assert np.array_equal(taken(stream), picture(6))
    assert not stream.problem
    # Later ones are passed over, and the next is taken whole.
    producer.begin(Shot(picture(7), offset=5000))
    run_until(stream, lambda: "48 rows of 256 bytes" in caplog.text)
    show(stream, producer, Shot(picture(8), (Rect(0, 0, 1, 1),)))
    assert np.array_equal(taken(stream), picture(8))


def test_a_buffer_without_pixels_changes_nothing(stream: Stream, producer: Producer) -> None:
    show(stream, producer, Shot(None))
    assert not stream.painting.has_picture
    assert not stream.painting.is_changed


def test_sizes_change_in_a_running_stream(stream: Stream, producer: Producer) -> None:
    show(stream, producer, Shot(picture(1)))
    first = taken(stream)
    for number, size in enumerate(((33, 77), (640, 480), (1, 1))):
        producer.begin_resize(size)
        run_until(stream, lambda size=size: producer.is_streaming_in(size))
        pixels = picture(number, size)
        show(stream, producer, Shot(pixels, (Rect(0, 0, 1, 1),)))
        assert np.array_equal(taken(stream), pixels)
    assert np.array_equal(first, picture(1))


def test_ten_streams_of_one_node_one_after_the_other_and_nothing_is_left(daemons: PipeWire, producer: Producer) -> None:
    descriptors = []
    for number in range(10):
        stream = Stream(daemons.remote(), producer.node, 30)
        show(stream, producer, Shot(picture(number)))
        assert np.array_equal(taken(stream), picture(number))
        stream.close()
        stream.close()
        # Else the next picture is sent to nobody.
        wait_for(lambda: not producer.is_streaming)
        descriptors.append(len(tuple(Path("/proc/self/fd").iterdir())))

    assert descriptors[-1] <= descriptors[1]


def test_the_rate_follows_and_is_not_changed_for_nothing(daemons: PipeWire, producer: Producer) -> None:
    stream = Stream(daemons.remote(), producer.node, 4)
    show(stream, producer, Shot(picture(1)))
    assert producer.rates == [5]
    stream.set_rate(3)
    stream.set_rate(24)
    run_until(stream, lambda: producer.rates[-1] == 30)
    show(stream, producer, Shot(picture(2), (Rect(0, 0, 1, 1),)))
    assert np.array_equal(taken(stream), picture(2))
    stream.close()

    assert producer.rates == [5, 30]
    assert [rate_for(fps) for fps in (0.5, 5, 5.1, 60, 100)] == [5, 5, 15, 60, 60]


def test_a_producer_that_has_graphics_memory_only_gets_a_sentence(daemons: PipeWire) -> None:
    producer = Producer(daemons, SIZE, kinds=1 << DMA_BUF)
    stream = Stream(daemons.remote(), producer.node, 30)
    run_until(stream, lambda: stream.problem)
    assert "graphics memory only" in stream.problem.english
    assert not stream.has_begun
    stream.close()
    producer.close()


def test_the_end_of_a_producer_and_of_pipewire_is_noticed(daemons: PipeWire) -> None:
    producer = Producer(daemons, SIZE)
    stream = Stream(daemons.remote(), producer.node, 30)
    show(stream, producer, Shot(picture(1)))
    producer.close()
    with pytest.raises(DisplayGone):
        run_until(stream, lambda: False)
    stream.close()
