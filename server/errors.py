"""Faults between us and a viewer, or while starting, in words a person can act on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from capture.reason import Reason, ReasonedError
from server import reasons

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
    """Why the server stops: a code of `CLOSE_CODES`, which is the close's reason too, and what viewers are told."""

    code: str
    reason: Reason


STOPPED = Farewell("server_stopping", reasons.SHARING_STOPPED)
RESTARTING = Farewell("restarting", reasons.SHARING_RESTARTING)
MOVED = Farewell("moved", reasons.SHARING_MOVED)
ENCRYPTED = Farewell("encrypted", reasons.SHARING_ENCRYPTED)


class ServerError(ReasonedError):
    """Something the person at the computer can mend."""


class ProtocolError(ServerError):
    """Something that a viewer asked for and does not get.

    ``code`` is the protocol's word for why, ``field`` the option it is about, None where it is about none.
    """

    def __init__(self, code: str, reason: Reason, field: str | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.field = field


class CertificateError(ServerError):
    """HTTPS is not possible with these files."""


class ListenError(ServerError):
    """The server cannot listen at that address."""


class PortInUse(ListenError):
    """Another program has the port. ``suggestion`` is the next free one, None if none was found."""

    def __init__(self, port: int, suggestion: int | None) -> None:
        taken = reasons.PORT_IN_USE.of(port=port)
        super().__init__(reasons.PORT_IN_USE_BUT.of(port=port, free=suggestion) if suggestion else taken)
        self.port = port
        self.suggestion = suggestion
