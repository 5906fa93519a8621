"""Which connections are slowed down by BBR: those from other computers, where the system lets us."""

from __future__ import annotations

import socket
import sys
from typing import Any

import pytest

from server.net import congestion_control
from server.net.congestion_control import LONGEST_NAME, congestion_words
from tests.server.net.listening import closing, first, get, house, run_on

pytestmark = [
    pytest.mark.usefixtures("qapp"),
    pytest.mark.skipif(sys.platform != "linux", reason="others have no choice"),
]
STRANGER = "127.0.0.2"


def control_of(connection: socket.socket) -> bytes:
    """Return by what a connection is slowed down."""
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, LONGEST_NAME).rstrip(b"\0")


def usual() -> bytes:
    """Return the system's own choice."""
    with socket.socket() as fresh:
        return control_of(fresh)


# Every Linux has Reno and lets everybody have it, which is more than can be said of BBR.
@pytest.mark.parametrize(("wanted", "got"), [(b"reno", b"reno"), (b"nothing", None)])
def test_strangers_get_it_and_this_computer_does_not(
    monkeypatch: pytest.MonkeyPatch, wanted: bytes, got: bytes | None
) -> None:
    monkeypatch.setattr(congestion_control, "BBR", wanted)

    async def scenario() -> None:
        async with house() as door:
            for source, expected in ((STRANGER, got or usual()), ("127.0.0.1", usual())):
                with closing(caller := door.call(source, get())):
                    await first(caller)
                    (connection,) = door.listener.limiter.everybody()
                    served: Any = connection.handler
                    assert control_of(served.transport.get_extra_info("socket")) == expected
                await door.until(lambda: len(door.listener.limiter) == 0)

    run_on("asyncio", scenario)


def test_what_is_missing_is_said_with_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(congestion_control, "BBR", b"nothing")

    assert congestion_words().startswith(f"{usual().decode()}. With BBR, viewers")
    assert "sudo modprobe tcp_bbr" in congestion_words()


def test_what_is_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(congestion_control, "BBR", usual())

    assert congestion_words().startswith("BBR, which keeps its speed")
