"""What the benchmark looks at: a real window with known content, painted by a process of its own.

``python -m tests.benchmarks.content MODE`` opens a 1280 × 720 window and prints its handle. Modes: ``still``;
``motion``: a camera-like pan, the whole window thirty times a second; ``changes``: now and then another shade,
each printed with the moment it was painted, for measuring delay.
"""

from __future__ import annotations

import random
import sys
import time

import numpy as np
import xcffib
import xcffib.shm
import xcffib.xproto

from capture.backends.x11 import Display, SharedSegment

WIDTH, HEIGHT, FPS = 1280, 720, 30
LOOP = 45
"""Different pictures of the pan, after which it starts anew."""


def scene() -> np.ndarray:
    """Return something like a photograph, wider than the window: smooth shapes with a little grain."""
    draw = np.random.default_rng(7)
    wide = np.zeros((HEIGHT, WIDTH + LOOP * 8, 4), dtype=np.float32)
    for step, weight in ((120, 90), (40, 50), (10, 25)):
        coarse = draw.random((HEIGHT // step + 2, wide.shape[1] // step + 2, 4), dtype=np.float32)
        rows, columns = (
            np.linspace(0, coarse.shape[0] - 1.01, HEIGHT),
            np.linspace(0, coarse.shape[1] - 1.01, wide.shape[1]),
        )
        top, left = rows.astype(int), columns.astype(int)
        down, right = (rows - top)[:, None, None], (columns - left)[None, :, None]
        upper = coarse[top][:, left] * (1 - right) + coarse[top][:, left + 1] * right
        lower = coarse[top + 1][:, left] * (1 - right) + coarse[top + 1][:, left + 1] * right
        wide += weight * (upper * (1 - down) + lower * down)
    wide += draw.normal(0, 3, wide.shape)
    return np.clip(wide, 0, 255).astype(np.uint8)


class Window:
    """A plain window that is painted from shared memory."""

    def __init__(self, title: str) -> None:
        self.display = Display()
        core = self.display.connection.core
        self.id = self.display.new_id()
        self.context = self.display.new_id()
        screen = self.display.connection.get_setup().roots[0]
        core.CreateWindow(
            screen.root_depth,
            self.id,
            self.display.root,
            60,
            60,
            WIDTH,
            HEIGHT,
            0,
            xcffib.xproto.WindowClass.InputOutput,
            screen.root_visual,
            xcffib.xproto.CW.BackPixel,
            [0x404040],
        )
        name = self.display.atom("_NET_WM_NAME")
        text = self.display.atom("UTF8_STRING")
        core.ChangeProperty(xcffib.xproto.PropMode.Replace, self.id, name, text, 8, len(title), title.encode())
        core.CreateGC(self.context, self.id, 0, [])
        core.MapWindow(self.id)
        self.flush()
        self._shm = self.display.extension(xcffib.shm, 1, 2)
        self._kept: list[SharedSegment] = []
        time.sleep(0.5)  # the window manager maps it

    def share(self, pixels: np.ndarray) -> int:
        """Return a shared segment that holds ``pixels``."""
        memory = SharedSegment(self.display)
        memory.image(self.id, 0, 0, WIDTH, HEIGHT)[:] = pixels
        self._kept.append(memory)
        return memory.segment

    def paint(self, segment: int) -> None:
        """Put a shared picture into the window."""
        self._shm.PutImage(
            self.id,
            self.context,
            WIDTH,
            HEIGHT,
            0,
            0,
            WIDTH,
            HEIGHT,
            0,
            0,
            24,
            xcffib.xproto.ImageFormat.ZPixmap,
            False,
            segment,
            0,
        )
        self.flush()

    def flush(self) -> None:
        """Send what was asked, and have it done."""
        self.display.connection.core.GetInputFocus().reply()


def main(mode: str) -> None:
    """Paint until killed."""
    window = Window(f"benchmark {mode}")
    whole = scene()
    if mode == "changes":
        shades = range(0, 250, 10)
        segments = []
        for shade in shades:
            pixels = np.ascontiguousarray(whole[:, :WIDTH])
            pixels[200:520, 400:880] = shade
            segments.append((shade, window.share(pixels)))
    else:
        count = LOOP if mode == "motion" else 1
        segments = [(0, window.share(np.ascontiguousarray(whole[:, 8 * at : 8 * at + WIDTH]))) for at in range(count)]
    window.paint(segments[0][1])
    print(window.id, flush=True)
    at = 0
    due = time.monotonic()
    while True:
        if mode == "still":
            time.sleep(3600)
        due += 1 / FPS if mode == "motion" else random.uniform(0.05, 0.15)
        time.sleep(max(0.0, due - time.monotonic()))
        at = (at + 1) % len(segments)
        window.paint(segments[at][1])
        if mode == "changes":
            print(segments[at][0], time.monotonic(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
