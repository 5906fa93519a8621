"""Asks the copy that runs. Imports nothing but Python: a later start has its answer before it could load anything."""

from __future__ import annotations

import socket
import sys
import threading
import time
from pathlib import Path

from server import reasons
from server.errors import ServerError
from server.remote.message import ANSWER_BYTES, ANSWER_SECONDS, Answer, NotUnderstood, Request, read_answer
from server.remote.place import is_own


class NotAnswering(ServerError):
    """Another copy runs but is stuck; ``message`` says what to do."""

    def __init__(self) -> None:
        super().__init__(reasons.COPY_SILENT.of(seconds=ANSWER_SECONDS))


class AnswersOtherwise(ServerError):
    """Another copy runs but does not speak as this one does."""

    def __init__(self) -> None:
        super().__init__(reasons.COPY_OTHERWISE)


def ask(name: str, request: Request) -> Answer | None:
    """Return the answer of the copy that listens at ``name``; None where none does, or where it is just ending.

    Raises:
        NotAnswering: it is stuck.
        AnswersOtherwise: it says something else.
    """
    try:
        heard = _heard(name, request.line)
    except TimeoutError:
        raise NotAnswering from None
    if not heard:
        return None
    try:
        return read_answer(heard)
    except NotUnderstood:
        raise AnswersOtherwise from None


if sys.platform == "win32":

    def _heard(name: str, line: bytes) -> bytes:
        """Return the line that comes back, empty where nobody listens. Raises TimeoutError."""
        # A pipe is a file here, and one that cannot be read with a time limit.
        found: list[bytes] = []

        def call() -> None:
            try:
                with Path(name).open("r+b", buffering=0) as pipe:
                    pipe.write(line)
                    heard = bytearray()
                    while (
                        not heard.endswith(b"\n") and len(heard) <= ANSWER_BYTES and (part := pipe.read(ANSWER_BYTES))
                    ):
                        heard += part
                found.append(bytes(heard))
            except OSError:
                found.append(b"")

        calling = threading.Thread(target=call, daemon=True)
        calling.start()
        calling.join(ANSWER_SECONDS)
        if not found:
            raise TimeoutError
        return found[0]

else:

    def _heard(name: str, line: bytes) -> bytes:
        """Return the line that comes back, empty where nobody listens. Raises TimeoutError."""
        deadline = time.monotonic() + ANSWER_SECONDS
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as calling:
            calling.settimeout(ANSWER_SECONDS)
            try:
                calling.connect(name)
                if not is_own(calling.fileno()):
                    return b""
                calling.sendall(line)
                heard = bytearray()
                while not heard.endswith(b"\n") and len(heard) <= ANSWER_BYTES:
                    calling.settimeout(max(0.001, deadline - time.monotonic()))
                    part = calling.recv(ANSWER_BYTES)
                    if not part:
                        break
                    heard += part
            except TimeoutError:
                raise
            except BlockingIOError:  # so many wait to be taken that it can only be stuck
                raise TimeoutError from None
            except OSError:  # nobody is there, or only the remains of a copy that was killed, or it ends just now
                return b""
        return bytes(heard)
