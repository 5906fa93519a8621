"""Listening as Windows knows it, on sockets of this system: a port is had alone, and a busy one has other numbers."""

from __future__ import annotations

import errno
import socket
from typing import Any

import pytest

from server import server as listening_server
from server.errors import ListenError, PortInUse
from server.server import listen

EXCLUSIVE = ~socket.SO_REUSEADDR
"""The number that Windows gives it (winsock2.h)."""
ACCESS_DENIED, ADDRESS_IN_USE = 10013, 10048
"""What Windows says of a port that another program has alone or the system keeps, and of one that is shared."""


class WindowsError(OSError):
    """An error of a socket there: Python gives it the number of the C library where that has one."""

    def __init__(self, winerror: int) -> None:
        super().__init__({ACCESS_DENIED: errno.EACCES, ADDRESS_IN_USE: errno.EADDRINUSE}[winerror], "said in German")
        self.winerror = winerror


class WindowsSocket(socket.socket):
    """Knows the option of Windows, and says of a busy port what is said there."""

    busy: dict[int, int] = {}  # noqa: RUF012  set by each test
    options: list[int] = []  # noqa: RUF012

    def setsockopt(self, level: int, option: int, *value: Any) -> None:
        if level == socket.SOL_SOCKET:
            self.options.append(option)
        if option != EXCLUSIVE:
            super().setsockopt(level, option, *value)

    def bind(self, address: Any) -> None:
        if address[1] in self.busy:
            raise WindowsError(self.busy[address[1]])
        super().bind(address)


@pytest.fixture(autouse=True)
def _on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "SO_EXCLUSIVEADDRUSE", EXCLUSIVE, raising=False)
    monkeypatch.setattr(listening_server.socket, "socket", WindowsSocket)
    monkeypatch.setattr(WindowsSocket, "busy", {})
    monkeypatch.setattr(WindowsSocket, "options", [])


def test_a_port_is_had_alone() -> None:
    """Another program could take it over, and every viewer with it, where it is reused as on Linux."""
    for each in listen("127.0.0.1", 0):
        each.close()

    assert EXCLUSIVE in WindowsSocket.options
    assert socket.SO_REUSEADDR not in WindowsSocket.options


@pytest.mark.parametrize("number", [ACCESS_DENIED, ADDRESS_IN_USE])
def test_one_that_is_taken_is_said_and_the_next_is_offered(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WindowsSocket, "busy", {8080: number, 8081: number})

    with pytest.raises(PortInUse, match="Port 8080 is used by another program") as busy:
        listen("127.0.0.1", 8080)
    assert busy.value.suggestion is not None
    assert busy.value.suggestion > 8081


def test_the_system_is_not_said_to_ask_for_an_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may listen at port 80 there."""
    monkeypatch.setattr(WindowsSocket, "busy", {80: ACCESS_DENIED})

    with pytest.raises(ListenError) as busy:
        listen("127.0.0.1", 80)
    assert "administrator" not in busy.value.message
