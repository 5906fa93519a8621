"""Text that looks like a program in an editor: the same for ever, in the colours of its words."""

from __future__ import annotations

import random
from collections.abc import Iterator

from PIL import ImageFont

Colour = tuple[int, int, int]
Word = tuple[str, Colour]

PAPER: Colour = (30, 32, 40)
PLAIN: Colour = (212, 214, 220)
KEYWORD: Colour = (198, 120, 221)
NAME: Colour = (97, 175, 239)
TEXT: Colour = (152, 195, 121)
NUMBER: Colour = (209, 154, 102)
REMARK: Colour = (110, 116, 130)

NAMES = (
    "frame",
    "session",
    "viewer",
    "width",
    "height",
    "quality",
    "picture",
    "source",
    "damage",
    "pointer",
    "limit",
    "offset",
    "count",
    "total",
    "reader",
    "writer",
    "socket",
    "option",
    "region",
    "tile",
    "delay",
    "clock",
    "number",
    "state",
    "window",
    "display",
    "buffer",
)
DEEDS = (
    "read",
    "write",
    "take",
    "encode",
    "send",
    "open",
    "close",
    "measure",
    "draw",
    "copy",
    "merge",
    "split",
    "find",
    "wait",
    "notify",
    "resize",
)
FONT_SIZE = 15
LINE = 19
"""Pixels from one line to the next."""


def font(size: int = FONT_SIZE) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return a font whose letters are equally wide, where the system has one."""
    for name in ("DejaVuSansMono.ttf", "LiberationMono-Regular.ttf", "consola.ttf"):
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def lines(count: int, seed: int = 3) -> list[list[Word]]:
    """Return ``count`` lines, each a list of words and their colours."""
    draw = random.Random(seed)
    depth = 0
    found: list[list[Word]] = []
    while len(found) < count:
        if draw.random() < 0.1:
            found.append([])
            depth = 0 if draw.random() < 0.4 else depth
            continue
        words, deeper = _statement(draw, depth)
        found.append([("    " * depth, PLAIN), *words])
        depth = min(4, depth + 1) if deeper else max(0, depth - (draw.random() < 0.3))
    return found


def letters(count: int, seed: int = 5) -> Iterator[Word]:
    """Yield single letters as somebody types a program, ``count`` to a line at most and all lines that long."""
    draw = random.Random(seed)
    while True:
        typed = [
            (letter, colour) for line in lines(3, draw.randrange(1 << 30)) for word, colour in line for letter in word
        ]
        line = [(letter, colour) for letter, colour in typed if letter != " " or draw.random() < 0.3]
        yield from (line * count)[:count] if line else ()


def _statement(draw: random.Random, depth: int) -> tuple[list[Word], bool]:
    """Return the words of one line, and whether what follows belongs inside it."""
    one, two, deed = draw.choice(NAMES), draw.choice(NAMES), draw.choice(DEEDS)
    number = (str(draw.randrange(1, 4096)), NUMBER)
    match draw.randrange(7):
        case 0:
            return [("def ", KEYWORD), (f"{deed}_{one}", NAME), (f"(self, {two}, {one}):", PLAIN)], True
        case 1:
            return [("if ", KEYWORD), (f"{one}.{two} > ", PLAIN), number, (" and ", KEYWORD), (f"{two}:", PLAIN)], True
        case 2:
            return [("for ", KEYWORD), (one, PLAIN), (" in ", KEYWORD), (f"self.{two}s", PLAIN), (":", PLAIN)], True
        case 3:
            text = " ".join(draw.sample(NAMES, 4))
            return [(f"self.{deed}(", PLAIN), (f'"{text}"', TEXT), (", ", PLAIN), number, (")", PLAIN)], False
        case 4:
            return [("# " + " ".join(draw.sample(NAMES, draw.randrange(5, 9))), REMARK)], False
        case 5:
            words: list[Word] = [("return ", KEYWORD), (f"{deed}", NAME), (f"({one}, {two} + ", PLAIN), number]
            return [*words, (")", PLAIN)], False
        case _:
            return [(f"{one}_{two} = ", PLAIN), (f"{deed}_{two}", NAME), (f"({one}.{two}) * ", PLAIN), number], False
