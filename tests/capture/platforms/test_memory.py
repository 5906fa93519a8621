"""Memory that nobody uses is given back."""

from __future__ import annotations

import subprocess
import sys

import pytest

PIECES, SIZE = 1000, 64 * 1024
FREED = f"""
import ctypes
import psutil
from capture.platforms.linux.memory import give_back
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
library.free.argtypes = [ctypes.c_void_p]
pieces = [library.malloc({SIZE}) for _ in range({PIECES})]
for piece in pieces:
    ctypes.memset(piece, 1, {SIZE})
# The last one stays, and with it, as far as the C library goes, all that lies below it.
for piece in pieces[:-1]:
    library.free(piece)
process = psutil.Process()
held = process.memory_info().rss
give_back()
print(held - process.memory_info().rss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other C libraries give back by themselves, or not at all")
def test_freed_pieces_between_used_ones_go_back_to_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", FREED], capture_output=True, text=True, check=True)

    assert int(done.stdout) > 0.9 * PIECES * SIZE
