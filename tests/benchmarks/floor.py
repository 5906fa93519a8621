"""The least that showing a window can cost: take it and encode it, thirty times a second, and nothing else."""

from __future__ import annotations

import os
import sys
import time

import simplejpeg

from capture.platforms.contract import Wake
from capture.platforms.generations import Generations
from capture.platforms.x11.window import X11Window
from capture.privacy.exclusions import Exclusions
from capture.source import Source


def main(handle: str, seconds: float) -> None:
    """Print the pictures and the seconds of processor time that they took."""
    backend = X11Window(Source(handle, "window", "", "", 0, 0), Exclusions(), Generations())
    backend.open()
    backend.take(pointer=False)  # changes are told from the first take on
    call, _ = os.pipe()
    pictures = 0
    begun = time.process_time()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if backend.wait(0.5, call) is not Wake.NOTHING:
            take = backend.take(pointer=False)
            if take.pixels is not None:
                simplejpeg.encode_jpeg(take.pixels, 80, "BGRX", "420", fastdct=True)
                pictures += 1
    print(pictures, time.process_time() - begun, flush=True)
    backend.close()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
