"""Faults between us and a viewer, or while starting, in words a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

BAD_REQUEST, UNAUTHORISED, REFUSED, NOT_FOUND, TOO_SLOW, TOO_MANY = 4400, 4401, 4403, 4404, 4408, 4429
DONE, GOING_AWAY, FLOODING, TOO_LARGE = 1000, 1001, 1008, 1009

CLOSE_CODES: Mapping[str, int] = MappingProxyType(
    {
        "invalid_option": BAD_REQUEST,
        "source_not_found": NOT_FOUND,
        "source_closed": NOT_FOUND,
        "removed": REFUSED,
        "disconnected": REFUSED,
        "too_slow": TOO_SLOW,
        "too_many_viewers": TOO_MANY,
        "too_many_renditions": TOO_MANY,
        "flooding": FLOODING,
        "message_too_large": TOO_LARGE,
        "server_stopping": GOING_AWAY,
        "restarting": GOING_AWAY,
        "moved": GOING_AWAY,
        "encrypted": GOING_AWAY,
    }
)
"""The close code that follows an error that ends a session."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """Why the server stops: a code of `CLOSE_CODES`, which is the close's reason too, and a sentence for viewers."""

    code: str
    words: str


STOPPED = Farewell("server_stopping", "Sharing was stopped on the other computer.")
RESTARTING = Farewell("restarting", "Sharing is starting anew on the other computer.")
MOVED = Farewell("moved", "Sharing goes on at another address. Ask for the new link.")
ENCRYPTED = Farewell(
    "encrypted", "Sharing is encrypted now: the same address begins with https:// in place of http://."
)


class ServerError(Exception):
    """Something the person at the computer can mend; ``message`` says what and how."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ProtocolError(ServerError):
    """Something that a viewer asked for and does not get.

    ``code`` is the protocol's word for why, ``field`` the option it is about, None where it is about none.
    """

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.field = field


class CertificateError(ServerError):
    """HTTPS is not possible with these files."""


class ListenError(ServerError):
    """The server cannot listen at that address."""


class PortInUse(ListenError):
    """Another program has the port. ``suggestion`` is the next free one, None if none was found."""

    def __init__(self, port: int, suggestion: int | None) -> None:
        hint = f" Port {suggestion} is free." if suggestion else ""
        super().__init__(f"Port {port} is used by another program.{hint}")
        self.port = port
        self.suggestion = suggestion
