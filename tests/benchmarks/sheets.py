"""The pictures that the benchmark's window shows: deterministic, height × width × 4, BGRX."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image, ImageDraw

from tests.benchmarks import codelike

PAN_STEP = 8
PAN_PICTURES = 45
"""Different pictures of the pan, after which it starts anew."""
CODE_LINES = 100
"""Different lines of the scrolled program, after which it starts anew."""
MARGIN = 12
WHITE, INK, SOFT = (252, 252, 250), (28, 30, 34), (120, 124, 132)


def blank(width: int, height: int, colour: tuple[int, int, int]) -> np.ndarray:
    """Return pixels of one colour (red, green, blue)."""
    return bgrx(Image.new("RGB", (width, height), colour))


def bgrx(image: Image.Image) -> np.ndarray:
    """Return an image's pixels as the X server wants them."""
    red_green_blue = np.asarray(image.convert("RGB"))
    pixels = np.zeros((*red_green_blue.shape[:2], 4), dtype=np.uint8)
    pixels[:, :, :3] = red_green_blue[:, :, ::-1]
    return pixels


def pan(width: int, height: int) -> np.ndarray:
    """Return something like a photograph, `PAN_PICTURES` steps wider than asked: smooth shapes, a little grain."""
    draw = np.random.default_rng(7)
    wide = np.zeros((height, width + PAN_PICTURES * PAN_STEP, 4), dtype=np.float32)
    for step, weight in ((120, 90), (40, 50), (10, 25)):
        coarse = draw.random((height // step + 2, wide.shape[1] // step + 2, 4), dtype=np.float32)
        rows, columns = (
            np.linspace(0, coarse.shape[0] - 1.01, height, dtype=np.float32),
            np.linspace(0, coarse.shape[1] - 1.01, wide.shape[1], dtype=np.float32),
        )
        top, left = rows.astype(int), columns.astype(int)
        down, right = (rows - top)[:, None, None], (columns - left)[None, :, None]
        upper = coarse[top][:, left] * (1 - right) + coarse[top][:, left + 1] * right
        lower = coarse[top + 1][:, left] * (1 - right) + coarse[top + 1][:, left + 1] * right
        wide += weight * (upper * (1 - down) + lower * down)
    wide += draw.standard_normal(wide.shape, dtype=np.float32) * 3
    return np.clip(wide, 0, 255).astype(np.uint8)


def code(width: int, height: int) -> np.ndarray:
    """Return a program's text, `CODE_LINES` lines and once more as much as fills ``height`` pixels.

    Shown from any row of the first `CODE_LINES` lines on, it looks as if it went on for ever.
    """
    turn = CODE_LINES * codelike.LINE
    image = Image.new("RGB", (width, turn), codelike.PAPER)
    draw, font = ImageDraw.Draw(image), codelike.font()
    columns = max(1, width // 640)
    for column in range(columns):
        # A wide window shows two files side by side, as people do.
        for at, words in enumerate(codelike.lines(CODE_LINES, 3 + column)):
            x = MARGIN + column * width // columns
            draw.text((x, at * codelike.LINE + 2), f"{at + 1:4d}", codelike.REMARK, font)
            x += 56
            for word, colour in words:
                draw.text((x, at * codelike.LINE + 2), word, colour, font)
                x += round(draw.textlength(word, font))
    once = bgrx(image)
    return np.concatenate([once] * (1 + -(-height // turn)))[: turn + height]


def letter(word: codelike.Word, width: int) -> np.ndarray:
    """Return one letter's cell, ``width`` × `codelike.LINE` pixels."""
    image = Image.new("RGB", (width, codelike.LINE), codelike.PAPER)
    ImageDraw.Draw(image).text((0, 2), word[0], word[1], codelike.font())
    return bgrx(image)


def page(width: int, height: int, number: int) -> np.ndarray:
    """Return a page of text with a photograph in it; each ``number`` is another one."""
    draw = random.Random(100 + number)
    image = Image.new("RGB", (width, height), WHITE)
    pen = ImageDraw.Draw(image)
    big, body = codelike.font(28), codelike.font(14)
    pen.text((60, 60), " ".join(draw.sample(codelike.NAMES, 4)).capitalize(), INK, big)
    photo_width, photo_height = width * 3 // 8, height * 4 // 9
    left, top = width - photo_width - 60, 120
    row = 120
    while row < height - 80:
        beside = top - 20 < row < top + photo_height + 20
        room = (left - 80 if beside else width - 120) // 9
        words = ""
        while len(words) < room - 14:
            words += draw.choice(codelike.NAMES if draw.random() < 0.7 else codelike.DEEDS) + " "
        pen.text((60, row), words, INK if draw.random() < 0.9 else SOFT, body)
        row += 22 if draw.random() < 0.85 else 40
    pixels = bgrx(image)
    photo = pan(photo_width, photo_height)
    offset = number % PAN_PICTURES * PAN_STEP
    pixels[top : top + photo_height, left : left + photo_width] = photo[:, offset : offset + photo_width]
    return pixels
