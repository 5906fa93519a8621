"""What the kernel says of a process and of its connections is what really happened."""

from __future__ import annotations

import os
import socket
import sys
import time

import pytest

from tests.benchmarks.counting import cpu_seconds, growth, memory_bytes, sent_bytes
from tests.conftest import Until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")


def test_processor_time_is_that_of_the_process() -> None:
    before = time.process_time()
    told = cpu_seconds(os.getpid())
    after = time.process_time()

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
