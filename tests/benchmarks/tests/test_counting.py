"""What the kernel says of a process and of its connections is what really happened."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import psutil
import pytest

from tests.benchmarks.counting import OtherWork, growth, memory_bytes, sent_bytes
from tests.helpers.waiting import Until
from tests.helpers.x11.desktop import PROJECT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")


def test_processor_time_is_that_of_the_process() -> None:
    # In a process of its own, that has no children whose time counts too.
    script = """
import os, time
from tests.benchmarks.counting import cpu_seconds
print(time.process_time(), cpu_seconds(os.getpid()), time.process_time())
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    before, told, after = map(float, done.stdout.split())

    assert before <= told <= after


def test_memory_is_more_than_nothing() -> None:
    assert memory_bytes(os.getpid()) > 1_000_000


async def test_every_byte_that_was_sent_is_counted_and_no_other(until: Until) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as viewer:
            server, _ = listening.accept()
            with server:
                before = sent_bytes(port)
                server.sendall(b"x" * 4321)
                viewer.sendall(b"not counted: this comes from the viewer")
                left = 4321
                while left:
                    left -= len(viewer.recv(left))

                await until(lambda: growth(before, sent_bytes(port)) >= 4321)
                assert growth(before, sent_bytes(port)) == 4321
                assert list(before) == [viewer.getsockname()[1]]


def test_what_this_process_does_is_not_the_work_of_others() -> None:
    others, machine, begun, own = OtherWork(), psutil.cpu_times(), time.monotonic(), time.process_time()
    while time.process_time() - own < 0.5:
        pass
    span = (time.monotonic() - begun) * os.cpu_count()
    found, after = others.percent(), psutil.cpu_times()
    all_work = sum(after) - sum(machine) - (after.idle - machine.idle) - (after.iowait - machine.iowait)

    # Half of what this process did is more than what the system's coarse clocks may be wrong by.
    assert found < (all_work - 0.25) / span * 100
