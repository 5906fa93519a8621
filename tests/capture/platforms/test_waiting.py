from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from capture.platforms import waiting

Wait = Callable[[tuple[int, ...], float | None], set[int]]
WAYS = pytest.mark.parametrize("wait", [waiting.by_poll, waiting.by_select, waiting.wait_readable])


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@WAYS
def test_nothing_to_read_is_waited_for_as_long_as_wished(wait: Wait, pair: tuple[socket.socket, socket.socket]) -> None:
    assert wait((pair[0].fileno(),), 0) == set()
    assert wait((pair[0].fileno(),), -1) == set()
    assert wait((pair[0].fileno(),), 0.001) == set()


@WAYS
def test_only_those_that_can_be_read_are_told(wait: Wait, pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    theirs.send(b"!")

    assert wait((ours.fileno(), theirs.fileno()), None) == {ours.fileno()}


@WAYS
def test_one_that_is_closed_from_elsewhere_ends_the_wait(wait: Wait, pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    closing = threading.Timer(0.01, theirs.close)
    closing.start()

    assert wait((ours.fileno(),), None) == {ours.fileno()}
    closing.join()
