"""What aiohttp does with requests that are none, and with faults of ours, without telling anybody's secrets.

aiohttp itself logs a traceback for each malformed request, with the line that was sent, in which a token may be; and
sends that line back.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import traceback
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from resources.translate import N_, speech
from server.net.aiohttp_private import handler_options
from server.net.headers import SAFETY_HEADERS, SERVER_NAME
from server.protocol.language import language
from server.redact import QUERY, SECRET_LIKE, redacted

log = logging.getLogger(__name__)

LOG_SECONDS = 60.0
WORDS = {
    400: N_("This is not a request that is understood here."),
    500: N_("Something went wrong here. The person who shares can find it in the log."),
    504: N_("There was no answer in time."),
}


class MalformedCounter:
    """Counts requests that are none, and says so in one line a minute at most: strangers are not to fill a log."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._told_at: float | None = None
        self._untold = 0

    def note(self, address: str) -> None:
        """Count one."""
        self._untold += 1
        now = self._clock()
        if self._told_at is None or now - self._told_at >= LOG_SECONDS:
            log.warning("malformed requests were refused: %d, the last from %s", self._untold, address or "somewhere")
            self._told_at, self._untold = now, 0


class Handler(web.RequestHandler):
    """Speaks HTTP with one connection; logs and answers what goes wrong. Loop only."""

    __slots__ = ("_malformed",)

    def __init__(self, server: web.Server, malformed: MalformedCounter, **options: Any) -> None:
        """``options`` are those of aiohttp's own."""
        super().__init__(server, loop=asyncio.get_running_loop(), **options)
        self._malformed = malformed

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Log, and return the answer; the connection ends with it. aiohttp's ``message`` quotes the request.

        Raises:
            ConnectionError: a part of another answer was sent already.
        """
        fault = sys.exc_info()[1] if exc is None else exc
        if isinstance(fault, HttpProcessingError | web.RequestPayloadError):
            status = 400 if status == 500 else status
            self._malformed.note(request.remote or "")
        else:
            asked = f"{request.method} {redacted(request.path)}"
            log.error("answering %s for %s failed\n%s", asked, request.remote, without_secrets(fault))
        if request.writer.output_size > 0:
            raise ConnectionError("another answer was begun already")
        spoken = language(request.headers.get("Accept-Language", ""))
        words = speech(spoken).gettext(WORDS.get(status, WORDS[400]))
        headers = {**SAFETY_HEADERS, "Content-Language": spoken}
        answer = web.Response(status=status, text=f"{words}\n", headers=headers)
        answer.headers["Server"] = SERVER_NAME
        answer.force_close()
        return answer

    def log_exception(self, *args: Any, **options: Any) -> None:
        """Log what no handler could answer."""
        log.error("%s\n%s", args[0], without_secrets(options.get("exc_info") or sys.exc_info()[1]))


def handler_for(server: web.Server, malformed: MalformedCounter) -> Handler:
    """Return who serves a connection, with the options that ``server`` gives to its own."""
    return Handler(server, malformed, **handler_options(server))


def without_secrets(fault: BaseException | None) -> str:
    """Return the traceback of ``fault``; what is said beside places in the code has no query and no secret."""
    if fault is None:
        return ""
    parts = traceback.TracebackException.from_exception(fault).format()
    return "".join(part if part.startswith("  File ") else _clean(part) for part in parts)


def _clean(text: str) -> str:
    return SECRET_LIKE.sub("…", QUERY.sub("?…", text))
