"""A picture made by us: a clock, moving shapes, text that is being typed. Needs no display at all."""

from __future__ import annotations

import math
import time
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from capture.picture.frame import Take
from capture.picture.pixels import Pixels
from capture.platforms.contract import Around, Backend, Technique, Wake
from capture.platforms.waiting import wait_readable
from capture.source import DEMO_ID, Condition, Source
from resources.translate import N_

if TYPE_CHECKING:
    # Only where it is drawn: with their libraries they take 4 MB, and few ever look at it.
    from PIL import ImageDraw, ImageFont

LIVE = Condition("live")
TITLE = N_("Demo picture")
TICK_SECONDS = 1 / 60
TYPED = (
    "Panecast shows any window of this computer",
    "in any browser: on a phone, a TV, another desk.",
    "Covered windows still show correctly; delay never",
    "grows. Text stays sharp, and idle costs nothing.",
)
TYPING_SPEED = 12
"""Characters a second."""
PAPER, INK, QUIET = (250, 251, 253), (24, 30, 42), (118, 128, 146)
COLOURS = ((47, 111, 237), (30, 158, 90), (184, 110, 0), (201, 58, 58), (122, 92, 220))


def demo_source(width: int = 1280, height: int = 720) -> Source:
    """Return the demo picture as a source, ``width`` × ``height`` pixels."""
    return Source(DEMO_ID, "demo", TITLE, "Panecast", width, height)


class Demo:
    """Backend for the demo picture, which depends on the clock alone."""

    def __init__(self, source: Source) -> None:
        self._width = source.width
        self._height = source.height

    def open(self) -> None:
        """Nothing to connect to."""

    def wait(self, seconds: float | None, call: int) -> Wake:
        longest = TICK_SECONDS if seconds is None else seconds
        called = wait_readable((call,), longest)
        return Wake.NOTHING if called else Wake.CHANGED

    def take(self, pointer: bool) -> Take:
        del pointer  # nobody points at a picture that is nowhere
        return Take(LIVE, self.draw(time.time()), is_ours=True)

    def close(self) -> None:
        """Nothing to give back."""

    def draw(self, seconds: float) -> Pixels:
        """Return the picture at ``seconds`` since the epoch: height × width × 4, BGRX."""
        pixels = self._paper()
        for top, left, part in self._still:
            pixels[top : top + part.shape[0], left : left + part.shape[1]] = part
        draw = _drawing_in(pixels)
        self._draw_clock(draw, seconds)
        self._draw_shapes(draw, seconds)
        self._draw_typing(draw, seconds)
        return pixels

    @cached_property
    def _unit(self) -> float:
        """Return the size of one step of the layout, so that it fits any picture size."""
        return min(self._width / 1280, self._height / 720)

    @cached_property
    def _still(self) -> tuple[tuple[int, int, Pixels], ...]:
        """Return the parts that never change, with their top and left: a third of the picture."""
        pixels = self._paper()
        draw = _drawing_in(pixels)
        draw.text(self._at(72, 52), "Panecast", font=self._font(54), fill=_bgr(INK))
        draw.text(
            self._at(74, 124), "This picture is made by the program itself.", font=self._font(22), fill=_bgr(QUIET)
        )
        draw.rounded_rectangle(
            (*self._at(72, 470), *self._at(1208, 668)),
            self._unit * 14,
            fill=_bgr((255, 255, 255)),
            outline=_bgr((222, 227, 236)),
        )
        return tuple(self._cut(pixels, *place) for place in ((72, 40, 700, 170), (70, 468, 1212, 672)))

    def _paper(self) -> Pixels:
        one = np.array((*_bgr(PAPER), 255), np.uint8).view(np.uint32)
        return np.full((self._height, self._width), one, np.uint32).view(np.uint8).reshape(self._height, -1, 4)

    def _cut(self, pixels: Pixels, *place: int) -> tuple[int, int, Pixels]:
        left, top, right, bottom = (int(each) for each in (*self._at(*place[:2]), *self._at(*place[2:])))
        return top, left, pixels[top : bottom + 1, left : right + 1].copy()

    def _draw_clock(self, draw: ImageDraw.ImageDraw, seconds: float) -> None:
        local = time.localtime(seconds)
        text = time.strftime("%H:%M:%S", local) + f".{int(seconds * 10) % 10}"
        draw.text(self._at(72, 210), text, font=self._font(96), fill=_bgr(INK))
        share = (seconds % 60) / 60
        draw.rectangle((*self._at(74, 356), *self._at(74 + 520, 364)), fill=_bgr((230, 234, 242)))
        draw.rectangle((*self._at(74, 356), *self._at(74 + 520 * share, 364)), fill=_bgr(COLOURS[0]))

    def _draw_shapes(self, draw: ImageDraw.ImageDraw, seconds: float) -> None:
        for number, colour in enumerate(COLOURS):
            angle = seconds * (0.5 + 0.13 * number) + number * 1.3
            x = 960 + 190 * math.cos(angle)
            y = 240 + 130 * math.sin(angle * 1.31)
            size = 26 + 8 * number
            box = (*self._at(x - size, y - size), *self._at(x + size, y + size))
            if number % 2:
                draw.rounded_rectangle(box, self._unit * 10, fill=_bgr(colour))
            else:
                draw.ellipse(box, fill=_bgr(colour))

    def _draw_typing(self, draw: ImageDraw.ImageDraw, seconds: float) -> None:
        whole = sum(len(line) for line in TYPED)
        typed = int(seconds * TYPING_SPEED) % (whole + 4 * TYPING_SPEED)
        y = 490
        for line in TYPED:
            part = line[:typed]
            draw.text(self._at(100, y), part, font=self._font(28), fill=_bgr(INK))
            if 0 <= typed <= len(line) and int(seconds * 2) % 2 == 0:
                x = self._at(100, y)[0] + draw.textlength(part, font=self._font(28))
                draw.rectangle((x + 2, self._at(0, y + 2)[1], x + 4, self._at(0, y + 32)[1]), fill=_bgr(COLOURS[0]))
            typed -= len(line)
            if typed < 0:
                break
            y += 42

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return x * self._unit, y * self._unit

    def _font(self, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        found = self._fonts.get(size)
        if found is None:
            from PIL import ImageFont

            found = self._fonts[size] = ImageFont.load_default(max(6, size * self._unit))
        return found

    @cached_property
    def _fonts(self) -> dict[int, ImageFont.FreeTypeFont | ImageFont.ImageFont]:
        return {}


def _drawing_in(pixels: Pixels) -> ImageDraw.ImageDraw:
    """Return what draws in ``pixels``, with red and blue exchanged in each colour: RGBX memory is BGRX like that."""
    from PIL import Image, ImageDraw

    image = Image.frombuffer("RGBX", (pixels.shape[1], pixels.shape[0]), pixels, "raw", "RGBX", 0, 1)
    image.readonly = 0  # else it draws in a copy of its own
    return ImageDraw.Draw(image)


def _bgr(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    red, green, blue = colour
    return blue, green, red


def _backend(source: Source, around: Around) -> Backend:
    del around
    return Demo(source)


DEMO = Technique("demo", "–", _backend, has_own_pixels=True, tells_changes=True)
"""A picture that needs nothing of any system."""
