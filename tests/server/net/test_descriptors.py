"""What happens when a program has no descriptors left: who is lawful gets in, and nothing is lost for good."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.net.listening import get

TOP = Path(__file__).parents[3]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits are set as Linux knows them")


@contextlib.contextmanager
def running(*command: str, limit: int | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a program of ours, with at most so many descriptors; give it and its first line."""
    limited = [] if limit is None else ["sh", "-c", f'ulimit -n {limit} && exec "$@"', "sh"]
    process = subprocess.Popen(
        [*limited, sys.executable, *command],
        cwd=TOP,
        env=os.environ | {"PYTHONPATH": str(TOP)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@contextlib.contextmanager
def crowd(port: int, count: int, said: bytes = b"") -> Iterator[list[socket.socket]]:
    """Connect so many at once, and keep them."""
    callers = []
    try:
        for _ in range(count):
            caller = socket.socket()
            callers.append(caller)
            caller.settimeout(20)
            with contextlib.suppress(ConnectionError):  # some are turned away
                caller.connect(("127.0.0.1", port))
                caller.sendall(said)
        yield callers
    finally:
        for caller in callers:
            caller.close()


def ask(port: int, path: str = "/") -> bytes:
    """Return the beginning of an answer to one request."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as caller:
        caller.sendall(get(path, f"localhost:{port}", "Connection: close"))
        said = b""
        while chunk := caller.recv(1 << 16):
            said += chunk
        return said


def test_who_asks_gets_in_while_300_silent_ones_hold_all_descriptors() -> None:
    with running("-m", "tests.server.net.listening_program", "64") as (process, port), crowd(int(port), 300):
        for _ in range(20):
            assert ask(int(port)).endswith(b"hello")
        output, _ = process.communicate("")

    turned_away, left, descriptors = output.split()
    assert (turned_away, left) == ("True", "0")
    assert int(descriptors) < 20


def test_when_all_descriptors_are_held_lawfully_who_waits_outside_is_turned_away() -> None:
    """Nobody inside has to go; but the door keeps working, and opens when some leave."""
    with running("-m", "tests.server.net.listening_program", "64") as (process, port):
        number = int(port)
        with crowd(number, 70, get("/", f"localhost:{number}")) as callers:
            heard = 0
            for caller in callers:
                with contextlib.suppress(ConnectionError):
                    heard += caller.recv(1 << 16).endswith(b"hello")
            assert 40 < heard < 64
            for caller in callers[:30]:
                caller.close()
            said = b""
            while not said:
                # The door may not have noticed yet that they left.
                with contextlib.suppress(ConnectionError):
                    said = ask(number)
            assert said.endswith(b"hello")
        output, _ = process.communicate("")

    assert output.startswith("True 0 ")


def test_the_app_answers_with_256_descriptors_while_300_connections_are_thrown_at_it() -> None:
    command = ("-m", "gui", "serve", "--share", "demo", "--port", "0", "--print-url")
    with running(*command, limit=256) as (_, url):
        port = int(url.rpartition(":")[2])
        with crowd(port, 300):
            answers = [ask(port, "/api/health") for _ in range(10)]
            picture = ask(port, "/snapshot/demo.jpg")
        with crowd(port, 300, b"GET / HTTP/1.1\r\nHost: lo"):
            answers.append(ask(port, "/api/health"))

    assert all(said.startswith(b"HTTP/1.1 200") for said in answers)
    assert picture.startswith(b"HTTP/1.1 200")
