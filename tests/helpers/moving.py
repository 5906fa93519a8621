"""Pictures in motion, and what is seen of them after decoding."""

from __future__ import annotations

from collections.abc import Iterable

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont

BGR = np.array([0.0722, 0.7152, 0.2126])
"""What blue, green and red weigh in BT.709."""

WORDS = "def class return import self for in if not None True width height pixels = == ( ) [ ] : , . + 0 80 # picture"
COLOURS = [(212, 212, 212), (86, 156, 214), (206, 145, 120), (106, 153, 85), (220, 220, 170)]


def pan(count: int, width: int = 1280, height: int = 720, step: int = 8) -> list[np.ndarray]:
    """Return pictures as of a camera that turns: soft shapes of several sizes, with grain."""
    draw = np.random.default_rng(7)
    wide = np.zeros((height, width + step * count, 3), dtype=np.float32)
    for size, weight in ((120, 90), (40, 50), (10, 25)):
        coarse = draw.integers(0, 255, (height // size + 2, wide.shape[1] // size + 2, 3), dtype=np.uint8)
        soft = Image.fromarray(coarse).resize(wide.shape[1::-1], Image.Resampling.BILINEAR)
        wide += np.asarray(soft, dtype=np.float32) * (weight / 255)
    wide += draw.normal(0, 3, wide.shape)
    return [_picture(wide[:, at * step : at * step + width]) for at in range(count)]


def code(count: int, width: int = 1280, height: int = 720, step: int = 5) -> list[np.ndarray]:
    """Return pictures as of an editor in which somebody scrolls."""
    draw = np.random.default_rng(5)
    font = ImageFont.load_default(13)
    words = WORDS.split()
    tall = Image.new("RGB", (width, height + step * count), (30, 30, 30))
    pen = ImageDraw.Draw(tall)
    for top in range(0, tall.height, 18):
        at = 40.0 + 30 * int(draw.integers(0, 4))
        end = at + int(draw.integers(0, width * 2 // 3))
        while at < end:
            word = words[draw.integers(len(words))] + " "
            pen.text((at, top), word, font=font, fill=COLOURS[draw.integers(len(COLOURS))])
            at += pen.textlength(word, font=font)
    pixels = np.asarray(tall)[:, :, ::-1]
    return [_picture(pixels[at * step : at * step + height]) for at in range(count)]


def noise(count: int, width: int, height: int) -> list[np.ndarray]:
    """Return pictures that have nothing in common."""
    draw = np.random.default_rng(1)
    return [draw.integers(0, 255, (height, width, 4), dtype=np.uint8) for _ in range(count)]


def decoded(units: Iterable[bytes]) -> list[list[av.VideoFrame]]:
    """Return the frames that came out after each unit went in; none is waited for."""
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    return [decoder.decode(av.Packet(unit)) for unit in units]


def luma(picture: np.ndarray | av.VideoFrame) -> np.ndarray:
    """Return how bright each pixel is, 16 to 235, of a BGRX picture or a decoded frame."""
    if isinstance(picture, av.VideoFrame):
        return picture.to_ndarray(format="yuv420p")[: picture.height, : picture.width].astype(np.float64)
    return 16 + picture[:, :, :3] @ BGR * (219 / 255)


def similarity(one: np.ndarray, other: np.ndarray) -> float:
    """Return the SSIM of two pictures' luma: the mean over every 8 × 8 window."""
    one, other = ((each - 16) * (255 / 219) for each in (one, other))
    mean_one, mean_other = _mean(one), _mean(other)
    variance = _mean(one**2) - mean_one**2 + _mean(other**2) - mean_other**2
    covariance = _mean(one * other) - mean_one * mean_other
    first, second = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    likeness = (2 * mean_one * mean_other + first) * (2 * covariance + second)
    return float((likeness / ((mean_one**2 + mean_other**2 + first) * (variance + second))).mean())


def _mean(values: np.ndarray, side: int = 8) -> np.ndarray:
    sums = np.pad(values, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    return (sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]) / side**2


def _picture(colours: np.ndarray) -> np.ndarray:
    pixels = np.zeros((*colours.shape[:2], 4), dtype=np.uint8)
    pixels[:, :, :3] = np.clip(colours, 0, 255)
    return pixels
