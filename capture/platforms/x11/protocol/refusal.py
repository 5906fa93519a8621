"""Why an X server cannot be connected to. The library only says that it did not work, and on standard error why."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import struct
import sys

from capture import reasons
from capture.reason import Reason

SECONDS = 0.5
"""How long a server may take to answer; it is asked only after a connection to it has failed."""
TCP_BASE = 6000
LITTLE_ENDIAN = ord("l")
SUCCESS = 1
"""How an answer begins when a program is let in."""
NAME = re.compile(r"(?:tcp/|unix/?|inet6?/)?(?P<host>[^/]*):(?P<number>\d+)(?:\.\d+)?")


def refusal(display: str) -> Reason:
    """Return why ``display`` (the value of DISPLAY) cannot be connected to.

    Asks it anew, without any right to be let in.
    """
    try:
        with contextlib.closing(_connect(display)) as connection:
            answer = _wish_to_connect(connection)
    except ValueError:
        return reasons.NOT_A_DISPLAY.of(display=display)
    except OSError:
        return reasons.DISPLAY_SILENT
    if not answer or answer[0] == SUCCESS:
        return reasons.DISPLAY_SILENT
    if b"maximum number of clients" in answer.lower():
        return reasons.DISPLAY_FULL.of(display=display)
    place = os.environ.get("XAUTHORITY") or "~/.Xauthority"
    return reasons.DISPLAY_REFUSES.of(display=display, place=place)


def _connect(display: str) -> socket.socket:
    """Connect to a display. Raises ValueError for what is no display's name."""
    if display.startswith("/"):
        return _connect_to(display)
    found = NAME.fullmatch(display)
    if found is None:
        raise ValueError(display)
    number = int(found["number"])
    if found["host"] in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"  # noqa: S108  where X servers have it
        try:
            return _connect_to(path)
        except OSError:
            return _connect_to(f"\0{path}")  # Linux: it needs no file there
    return socket.create_connection((found["host"].strip("[]"), TCP_BASE + number), SECONDS)


def _connect_to(path: str) -> socket.socket:
    if sys.platform == "win32":
        raise OSError("there are no such sockets on Windows")
    else:  # noqa: RET506  or else type checkers take the rest for unreachable there
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(SECONDS)
            connection.connect(path)
        except OSError:
            connection.close()
            raise
        return connection


def _wish_to_connect(connection: socket.socket) -> bytes:
    """Return the beginning of the server's answer (X11 protocol, "Connection Setup"), empty when it hangs up."""
    connection.sendall(struct.pack("<BxHHHHxx", LITTLE_ENDIAN, 11, 0, 0, 0))
    return connection.recv(8 + 255)
