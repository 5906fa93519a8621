"""One viewer's connection: it pulls the newest picture when one is due and the last has gone out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from aiohttp import WSMessage, web

from capture.encode.image import Rendition
from capture.errors import EncodeError
from capture.feed.feed import WAITING
from capture.feed.hub import Hub
from capture.source import Condition, Source
from server.access.control import Viewer
from server.errors import CLOSE_CODES, DONE
from server.protocol import messages, wire
from server.protocol.commands import BadCommand, Command, parse
from server.protocol.framing import BINARY, PING, PONG, TEXT
from server.protocol.options import BINARY_FORMATS, FORMATS, InvalidOption, StreamOptions
from server.stream.adaptation import Adaptation
from server.stream.consumer import Consumer
from server.stream.device_limits import Allowance, TooMuch
from server.stream.message_rate import MessageRateLimit
from server.stream.policy import PARTING_SECONDS, SILENT_SECONDS, SLOW_SECONDS, STALL_SECONDS, SessionPolicy
from server.stream.socket import LARGEST_MESSAGE, MessageSink, ViewerSocket
from server.stream.stats import SessionView, Totals
from server.stream.update_consumer import BadAck, UpdateConsumer
from server.stream.writer import NO_PICTURE, Ending, Writer

log = logging.getLogger(__name__)

NO_VIDEO = "The other computer has no video encoder; single pictures go on. Its owner can see why: panecast doctor"
PAUSED = Condition("paused", "You paused the pictures.")


class ViewerSession:
    """Streams one source to one viewer until either side ends it.

    `run` belongs to the request's task and returns when all is over. A second task writes, so that a viewer
    which does not read is still listened to. Where several sessions share a socket, the reader of that calls
    `write` and `hear` instead. Everything else is called on the loop by the registry.
    """

    def __init__(
        self,
        session_id: str,
        source: Source,
        options: StreamOptions,
        viewer: Viewer,
        hub: Hub,
        may_see: Callable[[Source], bool],
        changed: Callable[[], None],
        form: type[Consumer],
        policy: SessionPolicy,
        allowance: Allowance,
    ) -> None:
        self.id = session_id
        self.policy = policy
        self.source = source
        self.viewer = viewer
        self._changed = changed
        self._allowance = allowance
        self._consumer = form(hub, source, options, may_see, self._source_changed, allowance)
        self._parts = self._consumer if isinstance(self._consumer, UpdateConsumer) else None
        self._asked = options
        self._adaptation = Adaptation(options) if options.adaptive else None
        self._has_video = hub.shared_videos is not None
        self._writer = Writer(self._consumer, self._figures, self._sent, policy.tells_figures)
        self._flood = MessageRateLimit()
        self._is_flooding = False
        self._told: Condition | None = None
        self._socket: MessageSink | None = None
        self._is_dropped = False
        self._heard_at: float | None = None
        self._offered = (time.monotonic(), 0)
        self._tasks: set[asyncio.Task[None]] = set()
        self._commands: dict[str, Callable[[Command], None]] = {
            "update_options": self._update_options,
            "take_screenshot": self._take_screenshot,
            "get_status": self._get_status,
            "pause": self._pause_command,
            "resume": self._resume_command,
            "stop": self._stop,
        }

    @property
    def options(self) -> StreamOptions:
        """Return what is in force: what was asked for, or less while the viewer does not keep up."""
        return self._consumer.options

    @property
    def totals(self) -> Totals:
        """Return what was sent and left out so far."""
        traffic = self._writer.traffic
        return Totals(traffic.frames, traffic.bytes, self._skipped(), int(self._is_dropped))

    def view(self) -> SessionView:
        """Return the session as it is now."""
        traffic, now, group = self._writer.traffic, time.monotonic(), self.policy.group
        fps, rate = traffic.rates(now)
        state = "slow" if self._stuck_for(now) > SLOW_SECONDS else (self._told or Condition("waiting")).state
        return SessionView(self.id, self.viewer, self.source, self.options, fps, rate, traffic.since, state, group)

    def _stuck_for(self, now: float) -> float:
        """Return for how many seconds the viewer has taken, or acknowledged, nothing that it should have."""
        if self._socket is None:
            return 0.0
        return self._socket.stuck_for(now, None if self._parts is None else self._parts.owes_since)

    @property
    def is_active(self) -> bool:
        """Tell whether pictures flow, as far as this viewer is concerned."""
        return self._consumer.is_active

    async def run(self, response: web.WebSocketResponse, socket: ViewerSocket, heard: Iterable[WSMessage] = ()) -> None:
        """Serve a viewer who has the socket alone until the session ends; ``heard`` is what it has said already."""
        self._heard_at = time.monotonic()
        writing = asyncio.create_task(self.write(socket), name=f"writer-{self.id}")
        for received in heard:
            # Once it is told that the session has started.
            asyncio.get_running_loop().call_soon(self.hear, received)
        try:
            async for received in response:
                self._heard_at = time.monotonic()
                if self._writer.ending is None and not await self._takes_sign_of_life(received, socket):
                    self.hear(received)
                if self._is_flooding:
                    socket.stop_reading()
                await self._allowance.pace.read_one()
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def write(self, socket: MessageSink) -> None:
        """Send what there is until the session ends, or the viewer is gone."""
        self._socket = socket
        self._writer.say(messages.message("session_started", self._about(is_active=True)))
        self._tell_lacking_video()
        self._resume()
        try:
            await self._writer.run(socket)
        except Exception:
            log.exception("writing to %s failed", self.id)
            self.abort()
        finally:
            self._consumer.stop()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def patch_options(self, patch: Mapping[str, object], changed_by: str) -> None:
        """Change options, at once, and tell the viewer; the host's wish for what holds already is no news.

        Raises:
            InvalidOption: a value that is not allowed; nothing is changed then.
            TooMuch: the viewer's device has as many different pictures as it may; likewise.
        """
        if changed_by == "host":
            patch = {name: value for name, value in patch.items() if name not in self.policy.keeps}
        binary = self._parts is not None
        formats = BINARY_FORMATS if binary or changed_by == "host" else FORMATS
        asked = self._asked.patched(patch, formats).for_form(binary)
        if changed_by == "viewer" or asked != self._asked:
            self._allowance.watch(self.id, self.source, asked, is_host=changed_by == "host")
            has_new_format = asked.format != self._asked.format
            self._asked = asked
            if not asked.adaptive:
                self._adaptation = None
            elif self._adaptation is None:
                self._adaptation = Adaptation(asked)
            else:
                self._adaptation.ask(asked)
            self._consumer.set_options(asked if self._adaptation is None else self._adaptation.options)
            self._tell_update(changed_by)
            if has_new_format:
                self._tell_lacking_video()

    def end(self, code: str, words: str) -> None:
        """Tell the viewer why, then close with the code that belongs to ``code``."""
        self._writer.end(Ending(CLOSE_CODES[code], code, messages.error(code, words)))
        if self._socket is not None:
            self._socket.recheck()

    def close_source(self, reason: str) -> None:
        """The source is gone for good: say so, then close."""
        if self._told is None or self._told.state != "closed":
            self._told = Condition("closed", reason)
            self._writer.say(messages.state(self._told))
        self.end("source_closed", reason)

    def check(self, now: float) -> None:
        """Drop a viewer that stopped reading, or that is silent; called by the registry twice a second."""
        if self._socket is None:
            return
        if self._heard_at is not None and now - self._heard_at > SILENT_SECONDS:
            log.info("%s fell silent", self.id)
            self._socket.abort()
        if self._stuck_for(now) > STALL_SECONDS:
            self._drop()
        self._adapt(now)

    def abort(self) -> None:
        """Cut the connection without a word."""
        if self._socket is not None:
            self._socket.abort()

    # Listening.

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
        elif received.type is not TEXT:
            self._writer.say(messages.error("bad_message", "Only text messages are understood here."))
        elif len(received.data) > LARGEST_MESSAGE or len(received.data.encode()) > LARGEST_MESSAGE:
            self.end("message_too_large", f"A message may have {LARGEST_MESSAGE} bytes at most.")
        else:
            self._obey(received.data)
        return False

    async def _takes_sign_of_life(self, received: WSMessage, socket: ViewerSocket) -> bool:
        """Answer a ping, or note the answer to ours, unless they are too many; return whether it was one of these."""
        if received.type is not PING and received.type is not PONG:
            return False
        if not self._floods():
            await socket.takes_sign_of_life(received)
        return True

    def _floods(self) -> bool:
        """Note one more message that nobody asked for, and end the session where they are too many."""
        self._is_flooding = self._flood.is_flooded(time.monotonic())
        if self._is_flooding:
            self.end("flooding", "More than 20 messages a second for two seconds.")
        return self._is_flooding

    def _is_drawn(self, parts: UpdateConsumer, message: bytes) -> bool:
        """Tell whether ``message`` acknowledges what was sent; then it is noted."""
        try:
            ack = wire.read(message)
            if ack is None:
                return False
            now = time.monotonic()
            drawn = parts.acknowledged(ack, now)
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
                self._writer.say(
                    messages.error("bad_ack", "That picture was not sent, or is not the next to be acknowledged.")
                )
        except wire.BadBinary as bad:
            self._writer.say(messages.error("bad_message", str(bad)))
            return
        parts.forget()
        self._writer.wake()

    def _obey(self, text: str) -> None:
        try:
            command = parse(text)
            self._commands[command.name](command)
        except (BadCommand, TooMuch) as bad:
            self._writer.say(messages.error(bad.code, bad.message))
        except InvalidOption as bad:
            self._writer.say(messages.error("invalid_option", bad.message, bad.field))

    def _update_options(self, command: Command) -> None:
        self.patch_options(command.options, "viewer")

    def _get_status(self, command: Command) -> None:
        del command
        traffic = self._writer.traffic
        self._writer.say(
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
                raise InvalidOption(name[:40], command.options[name], "left out: a screenshot has format and quality")
        chosen = StreamOptions(format="png", quality=95).patched(command.options)
        rendition = replace(chosen.rendition, cursor=self.options.cursor)
        task = asyncio.create_task(self._screenshot(rendition), name=f"screenshot-{self.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _screenshot(self, rendition: Rendition) -> None:
        try:
            async with self._allowance.snapshot():
                async with self._consumer.place:
                    picture = await self._consumer.screenshot(rendition)
                if picture is None:
                    self._writer.say(messages.error("no_picture", NO_PICTURE))
                else:
                    self._writer.show(picture)
                # What is not read yet counts as not given yet, or it would pile up here.
                await self._writer.all_said()
        except EncodeError as error:
            self._writer.say(messages.error("cannot_encode", error.message))
        except TooMuch as error:
            self._writer.say(messages.error(error.code, error.message))

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
        self._writer.end(Ending(DONE, "asked for", None))

    # Watching the source.

    def _resume(self) -> None:
        self._consumer.start()
        self._source_changed()

    def _source_changed(self) -> None:
        if self._socket is not None:
            self._socket.recheck()
        condition = self._consumer.condition
        if condition is None:
            return
        if condition.state == "closed":
            self.close_source(condition.reason)
            return
        if condition != WAITING or self._told is not None:  # that nothing is there yet at the start is no news
            self._tell_condition(condition)
        if self._consumer.has_news():
            self._writer.wake()

    def _tell_lacking_video(self) -> None:
        if self.options.format == "h264" and not self._has_video:
            self._writer.say(messages.error("no_video", NO_VIDEO, "format"))

    def _tell_condition(self, condition: Condition) -> None:
        if condition != self._told:
            self._told = condition
            self._writer.say(messages.state(condition))
            self._changed()

    def _tell_update(self, changed_by: str, why: Mapping[str, object] = MappingProxyType({})) -> None:
        self._writer.say(messages.message("session_updated", self._about() | {"changed_by": changed_by} | dict(why)))
        self._changed()

    def _about(self, is_active: bool | None = None) -> dict[str, object]:
        return {
            "session_id": self.id,
            "window_id": self.source.handle,
            "active": self.is_active if is_active is None else is_active,
            "fps": self.options.fps,
            "options": self.options.to_wire(),
        }

    # Keeping up.

    def _sent(self, now: float, seconds: float) -> None:
        if self._adaptation is not None:
            self._adaptation.blocked(now, seconds)

    def _adapt(self, now: float) -> None:
        """Lower or raise what is sent, if the viewer's keeping up calls for it, and say why."""
        if self._adaptation is None:
            return
        change = self._adaptation.decide(now, 1 / self.options.fps)
        if change is not None:
            log.info("%s is on rung %d: %s", self.id, change.rung, change.reason)
            self._consumer.set_options(self._adaptation.options)
            self._tell_update("adaptation", change.to_wire())
            self._writer.wake()

    # Parting.

    def _drop(self) -> None:
        """Part from a viewer that takes nothing: a word behind what is stuck, then cut."""
        if self._socket is None or self._is_dropped:
            return
        self._is_dropped = True
        log.info("%s took nothing for %.1f s and is dropped", self.id, STALL_SECONDS)
        self._consumer.stop()
        words = "This viewer took nothing for five seconds."
        self._socket.part(messages.error("too_slow", words), CLOSE_CODES["too_slow"])
        asyncio.get_running_loop().call_later(PARTING_SECONDS, self._socket.abort)

    def _figures(self, now: float) -> dict[str, object]:
        take, encode = self._consumer.seconds or (None, None)
        rtt = None if self._socket is None else self._socket.rtt
        figures = self._writer.traffic.figures(now) | {
            "frames_skipped": self._skipped(),
            "quality": self.options.quality,
            "rtt_ms": None if rtt is None else round(rtt * 1000, 2),
            "encode_ms": None if encode is None else round(encode * 1000, 2),
            "capture_ms": None if take is None else round(take * 1000, 2),
        }
        if self._parts is None:
            return figures
        taken = {"fps_asked": self._asked.fps, "fps_taken": self._rate_taken(now)}
        return figures | taken | {"delay_ms": self._parts.latencies.taken()}

    def _rate_taken(self, now: float) -> float:
        """Return how many different pictures a second the source had for this viewer, since this was last asked."""
        before, self._offered = self._offered, (now, self._consumer.offered)
        seconds = now - before[0]
        return round((self._offered[1] - before[1]) / seconds, 2) if seconds > 0 else 0.0

    def _skipped(self) -> int:
        return max(0, self._consumer.offered - self._consumer.delivered)
