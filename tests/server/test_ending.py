"""What is asked to end says so to those who watch, and ends well."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import websockets

from tests.helpers.waiting import closed, receive
from tests.helpers.x11.desktop import PROJECT

HELD = """
import ctypes, threading
from server.ending import end_within

def hold(*anything):
    print("held", flush=True)
    ctypes.PyDLL(None).pause()  # without letting go of the interpreter
"""
SERVE = [sys.executable, "-m", "gui", "serve", "--share", "demo", "--port", "0", "--print-url"]


@contextmanager
def serving(*before: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Have a server while the block lasts; yields it, and the address of its stream."""
    with subprocess.Popen(
        [*before, *SERVE], cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            port = re.search(r":(\d+)", server.stdout.readline())
            assert port is not None
            yield server, f"ws://127.0.0.1:{port[1]}/stream/demo"
        finally:
            server.kill()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
async def test_viewers_are_told_when_a_signal_ends_it(ending: signal.Signals) -> None:
    with serving() as (server, address):
        async with websockets.connect(address, max_size=None) as viewer:
            await receive(viewer, "frame")
            server.send_signal(ending)
            code, _ = await closed(viewer)
        _, errors = await asyncio.to_thread(server.communicate, timeout=10)

    assert (code, server.returncode, errors) == (1001, 0, "")


async def test_what_is_to_outlive_its_terminal_does() -> None:
    ignore = "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    with serving(sys.executable, "-c", ignore) as (server, address):
        server.send_signal(signal.SIGHUP)
        async with websockets.connect(address, max_size=None) as viewer:
            await receive(viewer, "frame")
        server.terminate()
        await asyncio.to_thread(server.communicate, timeout=10)

    assert server.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="it is held by a function of Unix")
@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("end_within(0.2); threading.Event().wait()", 0),
        ("end_within(0.2); hold()", 1),
        # As when another thread takes the interpreter as soon as this one waits for the one that it starts.
        ("threading.Thread.start = hold; end_within(0.2)", 1),
        ("end_within(0.2, note=hold)", 1),
    ],
)
def test_it_ends_whatever_holds_it(program: str, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HELD + program], cwd=PROJECT, check=False, capture_output=True, text=True, timeout=30
    )

    assert done.returncode == code
    assert done.stdout == ("held\n" if code else "")
