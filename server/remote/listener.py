"""Listens for requests of later starts of the program, and answers. Loop only, any asyncio loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol

from resources.translate import N_
from server.remote.message import ANSWER_SECONDS, REQUEST_BYTES, Answer, NotUnderstood, Request, failed, read_request
from server.remote.place import is_own, socket_names

log = logging.getLogger(__name__)

MOST_CALLERS = 32
"""So many are heard at once; more are sent away, for a person starts one or two."""
HANDLING_SECONDS = 2.5
"""Some less than a caller waits."""


class Closing(Protocol):
    """All that is asked of a server of asyncio; those of pipes are no `asyncio.Server`."""

    def close(self) -> None:
        """Listen no longer."""


Act = Callable[[Request], Awaitable[Answer]]


class RemoteListener:
    """Hands requests to ``act`` from `open` to `close`."""

    def __init__(self, settings: Path, act: Act) -> None:
        """``settings`` is the folder by which callers choose among copies; its lock has to be held."""
        self._name = next(socket_names(settings), "")
        self._act = act
        self._callers: set[asyncio.Task[None]] = set()
        self._servers: list[Closing] = []

    async def open(self) -> None:
        """Listen, where there is a place that nobody else can open."""
        if self._name:
            try:
                self._servers += await _listen(self._name, self._heard)
            except OSError as error:
                log.warning("Later starts of Panecast cannot be answered: %s", error.strerror)

    async def close(self) -> None:
        """Take no more requests, and finish those that are being answered."""
        for server in self._servers:
            # On Windows the handle of a pipe may be gone, when the end follows a call at once.
            with contextlib.suppress(OSError):
                server.close()
        if self._servers:
            self._servers.clear()
            _remove(self._name)
        callers = self._callers - {asyncio.current_task()}
        if callers:
            await asyncio.wait(callers, timeout=0.2)

    def _heard(self) -> asyncio.StreamReaderProtocol:
        reader = asyncio.StreamReader(limit=REQUEST_BYTES)
        return asyncio.StreamReaderProtocol(reader, self._begin)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caller = writer.get_extra_info("socket")
        if len(self._callers) >= MOST_CALLERS or (caller is not None and not is_own(caller.fileno())):
            writer.transport.abort()
            return
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer), name="remote")
        self._callers.add(task)
        task.add_done_callback(self._callers.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Garbage, silence and lines that are too long are cut off without a word.
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            with contextlib.suppress(NotUnderstood):
                async with asyncio.timeout(ANSWER_SECONDS):
                    asked = read_request(await reader.readuntil(b"\n"))
                answer = asked if isinstance(asked, Answer) else await self._answer(asked)
                writer.write(answer.line)
                async with asyncio.timeout(ANSWER_SECONDS):
                    await writer.drain()
            writer.close()
            return
        writer.transport.abort()

    async def _answer(self, request: Request) -> Answer:
        try:
            async with asyncio.timeout(HANDLING_SECONDS):
                return await self._act(request)
        except TimeoutError:
            words = N_("Panecast is still busy with that. See how far it is: panecast status")
            return failed(request.speech.gettext(words))
        except Exception:  # a request must not end the loop, and the caller is to hear of it
            log.exception("A request could not be answered")
            words = N_("Something went wrong in the Panecast that runs; its log says what.")
            return failed(request.speech.gettext(words))


if sys.platform == "win32":

    async def _listen(name: str, heard: Callable[[], asyncio.StreamReaderProtocol]) -> Sequence[Closing]:
        """Have ``heard()`` speak to each caller at the pipe ``name``. Raises OSError."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, asyncio.ProactorEventLoop)
        return await loop.start_serving_pipe(heard, name)

    def _remove(name: str) -> None:
        """Do nothing: a pipe goes by itself."""

else:

    async def _listen(name: str, heard: Callable[[], asyncio.StreamReaderProtocol]) -> Sequence[Closing]:
        """Have ``heard()`` speak to each caller at the socket ``name``. Raises OSError."""
        listening = _bound(name)
        try:
            server = await asyncio.get_running_loop().create_unix_server(heard, sock=listening, backlog=MOST_CALLERS)
        except OSError:
            listening.close()
            raise
        return (server,)

    def _remove(name: str) -> None:
        """Take the socket away; only the holder of the folder's lock may."""
        Path(name).unlink(missing_ok=True)

    def _bound(name: str) -> socket.socket:
        """Return a socket with that name. Raises OSError."""
        _remove(name)  # a copy that was killed left it behind
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            made.bind(name)
            Path(name).chmod(0o600)
            made.setblocking(False)
        except OSError:
            made.close()
            raise
        return made
