"""Memory that nobody uses is given back, and threads have none of their own."""

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
SHARED = """
import ctypes, threading
from capture.platforms.linux.memory import share_one_heap
share_one_heap()
library = ctypes.CDLL(None)
library.malloc.restype = library.fdopen.restype = ctypes.c_void_p
all_there = threading.Barrier(4)

def work():
    all_there.wait()
    library.malloc(1000)
    all_there.wait()

threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
output = ctypes.c_void_p(library.fdopen(1, b"w"))
library.malloc_info(0, output)
library.fflush(output)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a matter of glibc")
def test_threads_have_no_heaps_of_their_own() -> None:
    done = subprocess.run([sys.executable, "-c", SHARED], capture_output=True, text=True, check=True)

    assert done.stdout.count("<heap nr=") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other C libraries give back by themselves, or not at all")
def test_freed_pieces_between_used_ones_go_back_to_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", FREED], capture_output=True, text=True, check=True)

    assert int(done.stdout) > 0.9 * PIECES * SIZE
