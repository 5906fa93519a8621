"""Every picture becomes one unit that is decoded at once, looks as it should, and is no larger than need be."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable

import numpy as np
import pytest

from capture.encode.image import scaled
from capture.errors import EncodeError
from capture.video.codecs import AvCodec
from capture.video.encoder import Unit, VideoEncoder, video_problem
from capture.video.h264 import Encoders
from tests.capture.video.canned_codecs import DELTA, KEY, CannedCodecs
from tests.helpers.moving import code, decoded, luma, noise, pan, similarity

FPS = 30


def video(pictures: list[np.ndarray], quality: int = 80, keys: tuple[int, ...] = ()) -> list[Unit]:
    """Return the units of ``pictures``; those at ``keys`` are asked to be key units."""
    height, width = pictures[0].shape[:2]
    encoder = VideoEncoder(width, height, quality, FPS, Encoders(hardware=()))
    return [encoder.encode(picture, at in keys) for at, picture in enumerate(pictures)]


def frames(units: list[Unit]) -> list:
    """Return the decoded frames, each of which came out as soon as its unit had gone in."""
    shown = decoded(unit.data for unit in units)

    assert [len(each) for each in shown] == [1] * len(units)
    return [frame for each in shown for frame in each]


@pytest.mark.parametrize("moving", [pan, code], ids=["camera", "code"])
def test_quality_80_looks_like_the_source_and_takes_little(moving: Callable[[int], list[np.ndarray]]) -> None:
    pictures = moving(50)
    units = video(pictures)
    shown = frames(units)

    assert [unit.is_key for unit in units] == [True] + [False] * 49
    assert min(similarity(luma(pictures[at]), luma(shown[at])) for at in range(3, 50, 9)) >= 0.98
    # 30 a second: 240 kB/s. JPEGs of the same quality take ten times as much.
    assert sum(len(unit.data) for unit in units[1:]) / 49 < 8_000


def test_less_quality_takes_fewer_bytes() -> None:
    pictures = pan(12, 640, 360)
    sizes = [sum(len(unit.data) for unit in video(pictures, quality)) for quality in (100, 80, 70, 50, 35, 10)]

    assert all(more > 1.2 * less for more, less in itertools.pairwise(sizes))


def test_key_units_come_when_they_are_asked_for_and_a_decoder_may_begin_with_them() -> None:
    pictures = code(30, 320, 200)
    units = video(pictures, keys=(7, 20))

    assert [at for at, unit in enumerate(units) if unit.is_key] == [0, 7, 20]
    assert similarity(luma(pictures[29]), luma(frames(units[20:])[-1])) > 0.97


def test_no_key_unit_comes_unasked() -> None:
    units = video(code(400, 64, 64, step=1))

    assert sum(unit.is_key for unit in units) == 1


@pytest.mark.parametrize(
    "colour", [(0, 0, 0), (255, 255, 255), (255, 0, 0), (0, 255, 0), (0, 0, 255), (12, 200, 90), (128, 128, 128)]
)
def test_colours_are_bt709_of_limited_range_and_say_so(colour: tuple[int, int, int]) -> None:
    (frame,) = frames(video([np.full((64, 64, 4), (*colour, 0), dtype=np.uint8)]))
    blue, green, red = np.array(colour) / 255
    bright = 0.0722 * blue + 0.7152 * green + 0.2126 * red
    expected = (16 + 219 * bright, 128 + 224 * (blue - bright) / 1.8556, 128 + 224 * (red - bright) / 1.5748)
    planes = frame.to_ndarray(format="yuv420p").reshape(-1)
    seen = (planes[:4096].mean(), planes[4096:5120].mean(), planes[5120:].mean())

    assert (frame.color_range, frame.colorspace, frame.color_primaries, frame.color_trc) == (1, 1, 1, 1)
    assert seen == pytest.approx(expected, abs=1.5)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 1), (1, 40), (17, 16), (101, 63), (640, 361)])
def test_any_size_is_padded_to_one_that_can_be_encoded(size: tuple[int, int]) -> None:
    width, height = size
    pictures = [np.full((height, width, 4), shade, dtype=np.uint8) for shade in (40, 90, 200)]
    units = video(pictures)
    shown = frames(units)

    for picture, unit, frame in zip(pictures, units, shown, strict=True):
        assert (frame.width, frame.height) == (unit.width, unit.height)
        assert unit.width % 2 == unit.height % 2 == 0
        assert (unit.width, unit.height) >= (width, height)
        assert np.abs(luma(frame)[:height, :width] - luma(picture)).max() <= 2
        # What is beyond the edge repeats it, so that it costs nothing and does not bleed in.
        assert np.ptp(luma(frame)) <= 2


def test_a_picture_of_an_odd_size_is_seen_unmoved() -> None:
    pictures = code(3, 335, 201)
    shown = frames(video(pictures))

    assert similarity(luma(pictures[2]), luma(shown[2])[:201, :335]) > 0.97


def test_pictures_need_not_be_writable() -> None:
    picture = pan(1, 64, 64)[0]
    picture.flags.writeable = False

    assert video([picture])[0].is_key


@pytest.mark.parametrize("size", [(320, 180), (427, 240), (335, 201), (29, 17)])
def test_a_picture_of_another_size_is_scaled_so_that_every_pixel_counts(size: tuple[int, int]) -> None:
    pictures = code(3, 640, 360)
    encoder = VideoEncoder(*size, 80, FPS, Encoders(hardware=()))
    units = [encoder.encode(picture, False) for picture in pictures]
    shown = frames(units)[-1]
    expected = luma(scaled(pictures[-1], *size))

    assert (shown.width, shown.height) == (units[-1].width, units[-1].height)
    assert similarity(luma(shown)[: size[1], : size[0]], expected) > 0.97


def test_a_closed_encoder_says_so() -> None:
    encoder = VideoEncoder(64, 64, 80, FPS, Encoders(hardware=()))
    encoder.close()
    encoder.close()

    with pytest.raises(EncodeError, match="ended"):
        encoder.encode(pan(1, 64, 64)[0], False)


def test_more_bytes_than_the_ceiling_make_it_coarser_within_seconds() -> None:
    units = video(noise(4 * FPS, 160, 96))
    per_second = [sum(len(unit.data) for unit in units[at : at + FPS]) for at in range(0, 4 * FPS, FPS)]

    assert per_second[1] < per_second[0] * 0.7
    assert per_second[3] < per_second[0] * 0.3
    assert len(frames(units)) == len(units)


def test_other_contents_get_another_quantiser_and_that_begins_with_a_key_unit() -> None:
    codecs = CannedCodecs()
    encoder = VideoEncoder(320, 200, 80, FPS, Encoders(codecs, hardware=()))
    text, camera = code(1, 320, 200)[0], pan(1, 320, 200)[0]
    units = [encoder.encode(picture, False) for picture in [text] * 300 + [camera] * 300 + [text] * 300]
    keys = [at for at, unit in enumerate(units) if unit.is_key]
    quantisers = [codec.setting.quantiser for codec in codecs.opened]

    assert len(keys) == len(quantisers) == 3
    assert quantisers[1] < quantisers[0] - 5
    assert quantisers[2] == quantisers[0]
    # Finer or coarser, it takes a second or two until it is noticed.
    assert 300 <= keys[1] <= 300 + 2 * FPS
    assert 600 <= keys[2] <= 600 + 2 * FPS
    assert [codec.is_closed for codec in codecs.opened] == [True, True, False]


def test_a_key_unit_is_an_occasion_to_change_the_quantiser() -> None:
    codecs = CannedCodecs()
    encoder = VideoEncoder(320, 200, 80, FPS, Encoders(codecs, hardware=()))
    encoder.encode(code(1, 320, 200)[0], False)
    unit = encoder.encode(pan(1, 320, 200)[0], True)

    assert unit.is_key
    assert len(codecs.opened) == 2


def test_a_codec_that_breaks_off_closes_the_encoder_and_the_next_one_uses_software() -> None:
    codecs = CannedCodecs({"hardware": [KEY, KEY, KEY, DELTA, OSError("the driver crashed")]}, software=AvCodec)
    encoders = Encoders(codecs, hardware=("hardware",))
    pictures = pan(4, 64, 64)
    first = VideoEncoder(64, 64, 80, FPS, encoders)
    units = [first.encode(picture, False) for picture in pictures[:2]]
    with pytest.raises(EncodeError, match="the driver crashed"):
        first.encode(pictures[2], False)

    assert [unit.data for unit in units] == [KEY, DELTA]
    assert all(codec.is_closed for codec in codecs.opened)
    with pytest.raises(EncodeError, match="ended"):
        first.encode(pictures[2], False)
    second = VideoEncoder(64, 64, 80, FPS, encoders)
    unit = second.encode(pictures[2], False)
    assert unit.is_key
    assert len(frames([unit])) == 1


def test_a_codec_that_gives_no_key_frame_when_one_is_needed_is_not_used_on() -> None:
    codecs = CannedCodecs({"hardware": [KEY, KEY, KEY, DELTA]}, software=AvCodec)
    encoders = Encoders(codecs, hardware=("hardware",))
    encoder = VideoEncoder(64, 64, 80, FPS, encoders)
    encoder.encode(pan(1, 64, 64)[0], False)

    with pytest.raises(EncodeError, match="no key frame"):
        encoder.encode(pan(1, 64, 64)[0], True)
    assert VideoEncoder(64, 64, 80, FPS, encoders).encode(pan(1, 64, 64)[0], False).is_key


def test_video_is_possible_here() -> None:
    assert not video_problem()


def test_without_pyav_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name == "av" or name.startswith("av.")]:
        monkeypatch.setitem(sys.modules, name, None)

    assert "pip install av" in video_problem().english
    with pytest.raises(EncodeError, match="cannot be encoded"):
        VideoEncoder(64, 64, 80, FPS, Encoders()).encode(np.zeros((64, 64, 4), dtype=np.uint8), False)
