"""A session over a WebSocket, in the JSON or the binary form: the viewer says what it has drawn, and what it wishes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from aiohttp import WSMessage, web

from capture.encode.image import Rendition
from capture.errors import EncodeError
from capture.source import Condition
from server import reasons
from server.access.control import Viewer
from server.errors import DONE, ProtocolError
from server.protocol import messages, wire
from server.protocol.commands import Command
from server.protocol.framing import BINARY, PING, PONG
from server.protocol.options import BINARY_FORMATS, FORMATS, InvalidOption, StreamOptions
from server.stream.consumer import Consumer
from server.stream.session import Session, SessionPolicy
from server.stream.socket import MessageSink, ViewerSocket
from server.stream.update_consumer import BadAck, UpdateConsumer
from server.stream.writer import Ending

PAUSED = Condition("paused", reasons.PAUSED_BY_VIEWER)


class WebSocketSession(Session):
    """A session whose viewer can speak: in commands and, in the binary form, by acknowledging what it has drawn.

    `run` belongs to the request's task and reads. A second task writes, so that a viewer which does not read is still
    listened to. Where several sessions share a socket, the reader of that calls `write` and `hear` instead.
    """

    def __init__(
        self, session_id: str, viewer: Viewer, consumer: Consumer, policy: SessionPolicy, changed: Callable[[], None]
    ) -> None:
        super().__init__(session_id, viewer, consumer, policy, changed)
        self._parts = consumer if isinstance(consumer, UpdateConsumer) else None
        self._offered = (time.monotonic(), 0)
        self._screenshots: set[asyncio.Task[None]] = set()
        self._commands: Mapping[str, Callable[[Command], None]] = {
            "update_options": self._update_options,
            "take_screenshot": self._take_screenshot,
            "get_status": self._get_status,
            "pause": self._pause_command,
            "resume": self._resume_command,
            "stop": self._stop,
        }

    async def run(self, response: web.WebSocketResponse, socket: ViewerSocket, heard: Iterable[WSMessage] = ()) -> None:
        """Serve a viewer who has the socket alone until the session ends; ``heard`` is what it has said already."""
        writing = asyncio.create_task(self.write(socket), name=f"writer-{self.id}")
        for received in heard:
            # Once it is told that the session has started.
            asyncio.get_running_loop().call_soon(self.hear, received)
        try:
            await self._listen(response, socket, self._take)
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def write(self, socket: MessageSink) -> None:
        try:
            await super().write(socket)
        finally:
            for task in self._screenshots:
                task.cancel()
            await asyncio.gather(*self._screenshots, return_exceptions=True)

    def _take(self, received: WSMessage) -> bool:
        if received.type is PING or received.type is PONG:
            return self._writer.ending is None and not self._floods()
        self.hear(received)
        return False

    def hear(self, received: WSMessage) -> bool:
        """Take a message from the viewer, text or binary; return whether it was asked for: an acknowledgement."""
        if self._writer.ending is not None:
            return False
        if received.type is BINARY and self._parts is not None and self._is_drawn(self._parts, received.data):
            self._allowance.pace.forgive(1)
            return True
        if self._floods():
            return False
        if received.type is BINARY and self._parts is not None:
            self._hear_binary(self._parts, received.data)
        else:
            self._obey(received, self._commands, reasons.TEXT_ONLY)
        return False

    def _is_drawn(self, parts: UpdateConsumer, message: bytes) -> bool:
        """Tell whether ``message`` acknowledges what was sent; then it is noted."""
        try:
            ack = wire.read(message)
            if ack is None:
                return False
            now = time.monotonic()
            drawn = parts.acknowledged(ack, now, None if self._socket is None else self._socket.shortest_rtt)
        except (wire.BadBinary, BadAck):
            return False
        if drawn is not None and self._adaptation is not None:
            self._adaptation.acknowledged(now, drawn.delay, drawn.decode, drawn.size)
            self._adapt(now)
        if drawn is None or parts.is_held_up(now):
            self._writer.wake()
        return True

    def _hear_binary(self, parts: UpdateConsumer, message: bytes) -> None:
        """Take a request for a whole picture, or something that is none of what may be said."""
        try:
            if wire.read(message) is not None:
                self._say(messages.error("bad_ack", reasons.ACK_WRONG))
        except wire.BadBinary:
            self._say(messages.error("bad_message", reasons.BINARY_WRONG))
            return
        parts.forget()
        self._writer.wake()

    def _update_options(self, command: Command) -> None:
        self.patch_options(command.options, "viewer", FORMATS if self._parts is None else BINARY_FORMATS)

    def _get_status(self, command: Command) -> None:
        del command
        traffic = self._writer.traffic
        self._say(
            messages.message(
                "status",
                self._about()
                | {
                    "frame_count": traffic.frames,
                    "bytes_sent": traffic.bytes,
                    "skipped": self._skipped(),
                    "duration": round(time.monotonic() - traffic.since, 3),
                },
            )
        )

    def _take_screenshot(self, command: Command) -> None:
        for name in command.options:
            if name not in ("format", "quality"):
                raise InvalidOption(name[:40], command.options[name], reasons.ALLOWED_LEFT_OUT)
        chosen = StreamOptions(format="png", quality=95).patched(command.options)
        rendition = replace(chosen.rendition, cursor=self.options.cursor)
        task = asyncio.create_task(self._screenshot(rendition), name=f"screenshot-{self.id}")
        self._screenshots.add(task)
        task.add_done_callback(self._screenshots.discard)

    async def _screenshot(self, rendition: Rendition) -> None:
        try:
            async with self._allowance.snapshot():
                async with self._consumer.place:
                    picture = await self._consumer.screenshot(rendition)
                if picture is None:
                    self._say(messages.error("no_picture", reasons.NO_SCREENSHOT_YET))
                else:
                    self._writer.show(picture)
                # A picture that is not read yet counts as not given yet, or they would pile up here.
                await self._writer.all_said()
        except EncodeError as error:
            self._say(messages.error("cannot_encode", error.reason))
        except ProtocolError as much:
            self._say(messages.protocol_error(much))

    def _pause_command(self, command: Command) -> None:
        del command
        if self._consumer.is_active:
            self._consumer.stop()
            self._tell_condition(PAUSED)
            self._tell_update("viewer")

    def _resume_command(self, command: Command) -> None:
        del command
        if not self._consumer.is_active:
            self._resume()
            self._tell_update("viewer")

    def _stop(self, command: Command) -> None:
        del command
        self._writer.end(Ending(DONE, "asked for"))

    # Figures.

    def _figures(self, now: float) -> dict[str, object]:
        figures = super()._figures(now)
        if self._parts is None:
            return figures
        taken = {"fps_asked": self._asked.fps, "fps_taken": self._rate_taken(now)}
        return figures | taken | {"delay_ms": self._parts.latencies.taken()}

    def _rate_taken(self, now: float) -> float:
        """Return how many different pictures a second the source had for this viewer, since this was last asked."""
        before, self._offered = self._offered, (now, self._consumer.offered)
        seconds = now - before[0]
        return round((self._offered[1] - before[1]) / seconds, 2) if seconds > 0 else 0.0
