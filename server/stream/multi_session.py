"""One viewer's connection over which many sources are watched, each on a channel that the viewer opens and closes."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import WSMessage, web

from capture.source import Source
from server.access.control import Viewer
from server.errors import BAD_REQUEST, CLOSE_CODES, DONE
from server.protocol import messages, wire
from server.protocol.commands import BadCommand, Command, parse
from server.protocol.framing import BINARY, PING, PONG, TEXT, text_frame
from server.protocol.options import BINARY_FORMATS, InvalidOption, StreamOptions
from server.sharing import listed
from server.stream.channels import Channel, Multiplexer, closed
from server.stream.device_limits import TooMuch
from server.stream.message_rate import MOST_HEARD, MessageRateLimit, Pace
from server.stream.policy import PARTING_SECONDS, SILENT_SECONDS, STALL_SECONDS, SessionPolicy
from server.stream.registry import SessionRegistry
from server.stream.session import ViewerSession
from server.stream.socket import LARGEST_MESSAGE, ViewerSocket
from server.stream.stats import Totals
from server.stream.waker import Waker
from server.stream.writer import Ending

log = logging.getLogger(__name__)

MOST_CHANNELS = 64
LAST_CHANNEL = 0xFFFF
SOURCES_SECONDS = 0.25
"""The list of sources is not sent more often than this."""
BEAT_SECONDS = 3.0
"""So often there is a sign of life, from which a viewer knows that a silent connection still stands."""
FLOOD_RATE, FLOOD_SECONDS = 50, 4.0
"""A page that opens all its tiles at once is no flood: what may come of commands to the connection, on average."""
MISSING = "Nothing is shared under this id."
TOO_MANY = f"A connection carries {MOST_CHANNELS} sources at most; close one first."


@dataclass(frozen=True, slots=True)
class _Open:
    """An open channel: its session, and the task that writes for it."""

    session: ViewerSession
    task: asyncio.Task[None]


@dataclass(frozen=True, slots=True)
class _OpenChannel:
    """What a viewer wants to see on a channel."""

    source_id: str
    options: StreamOptions
    policy: SessionPolicy


@dataclass(frozen=True, slots=True)
class _Early:
    """A wish for a source that is not known yet, and what was said on its channel since."""

    wish: _OpenChannel
    heard: list[WSMessage]


class MultiSession:
    """Serves one viewer of many sources until either side ends it.

    `run` belongs to the request's task and reads. One task more writes what is said on channel 0, and one for each
    open channel writes its session's messages. Everything else is called on the loop by the registry.
    """

    def __init__(self, registry: SessionRegistry, viewer: Viewer, base_url: str) -> None:
        """``base_url`` stands in front of the addresses in the list of sources."""
        self.id = f"page-{secrets.token_hex(4)}"
        self._registry = registry
        self.viewer = viewer
        self._base_url = base_url
        self._line: Multiplexer | None = None
        self._channels: dict[int, _Open] = {}
        self._early: dict[int, _Early] = {}
        self._selected = 0
        self._outbox: list[tuple[int, bytes]] = []
        self._ending: Ending | None = None
        self._waker = Waker()
        self._has_new_sources = True
        self._told_sources: dict[str, object] = {}
        self._flood = MessageRateLimit(FLOOD_RATE, FLOOD_SECONDS)
        self._is_flooding = False
        self._has_selected = False
        self._heard_at = time.monotonic()
        self._is_dropped = False

    @property
    def totals(self) -> Totals:
        """Return whether it was dropped; what was sent is its sessions' to tell."""
        return Totals(dropped=int(self._is_dropped))

    async def run(self, response: web.WebSocketResponse, socket: ViewerSocket) -> None:
        """Serve the viewer until the connection ends; every channel ends with it."""
        self._line = Multiplexer(socket)
        both = (self._registry.shares, self._registry.access.authorizer)
        unsubscribe = [each.subscribe(self._sources_changed) for each in both]
        writing = asyncio.create_task(self._write(self._line, socket), name=f"writer-{self.id}")
        pace = self._registry.allowance(self.viewer).pace
        try:
            async for received in response:
                self._heard_at = time.monotonic()
                if self._ending is None:
                    await self._take(received, self._line, socket, pace)
                if self._is_flooding:
                    socket.stop_reading()
                await pace.read_one()
        finally:
            for end in unsubscribe:
                end()
            tasks = (writing, *(channel.task for channel in self._channels.values()))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def end(self, code: str, words: str) -> None:
        """Tell the viewer why, then close with the code that belongs to ``code``; the first call counts."""
        if self._ending is None:
            self._ending = Ending(CLOSE_CODES[code], code, messages.error(code, words))
            self._waker.wake()

    def check(self, now: float) -> None:
        """Drop a viewer that reads nothing, or that is silent; called by the registry a few times a second."""
        if self._line is None:
            return
        if now - self._heard_at > SILENT_SECONDS:
            log.info("%s fell silent", self.id)
            self.abort()
        elif self._line.stuck_for(now, None) > STALL_SECONDS and not self._is_dropped:
            self._is_dropped = True
            words = "This viewer took nothing for five seconds."
            self._line.part(messages.error("too_slow", words), CLOSE_CODES["too_slow"])
            asyncio.get_running_loop().call_later(PARTING_SECONDS, self._line.abort)

    def abort(self) -> None:
        """Cut the connection without a word."""
        if self._line is not None:
            self._line.abort()

    # Listening.

    async def _take(self, received: WSMessage, line: Multiplexer, socket: ViewerSocket, pace: Pace) -> None:
        """Take a message; what belongs to no channel counts, or there would be no end to it."""
        number = wire.read_channel(received.data) if received.type is BINARY else None
        # A selection belongs to what follows it.
        is_idle, self._has_selected = self._has_selected and number is not None, number is not None
        if is_idle and self._floods():
            return
        if number is not None:
            self._selected = number
        elif received.type is PING or received.type is PONG:
            if not self._floods():
                await socket.takes_sign_of_life(received)
        else:
            self._hear(received, line, pace)

    def _hear(self, received: WSMessage, line: Multiplexer, pace: Pace) -> None:
        """Take a message for the channel that the viewer selected."""
        found = self._channels.get(self._selected)
        if found is not None:
            if received.type is BINARY:
                line.note_answer()
            if found.session.hear(received):
                pace.forgive(1)  # the selection that goes with what was asked for
        elif self._selected in self._early:
            heard = self._early[self._selected].heard
            if not self._floods() and len(heard) < MOST_HEARD:
                heard.append(received)
        elif not self._floods() and self._selected == 0:
            self._hear_command(received)
        # What is for a channel that is closed was on its way when that happened.

    def _floods(self) -> bool:
        """Note one more message to the connection, and end it where they are too many."""
        self._is_flooding = self._flood.is_flooded(time.monotonic())
        if self._is_flooding:
            words = f"More than {FLOOD_RATE} messages a second to the connection for {FLOOD_SECONDS:g} seconds."
            self.end("flooding", words)
        return self._is_flooding

    def _hear_command(self, received: WSMessage) -> None:
        if received.type is not TEXT:
            self._say(0, messages.error("bad_message", "Only text messages and selections are understood here."))
        elif len(received.data.encode()) > LARGEST_MESSAGE:
            self.end("message_too_large", f"A message may have {LARGEST_MESSAGE} bytes at most.")
        else:
            try:
                command = parse(received.data, ("open", "close"))
                (self._open if command.name == "open" else self._close)(command)
            except BadCommand as bad:
                self._say(0, messages.error(bad.code, bad.message))
            except InvalidOption as bad:
                self._say(0, messages.error("invalid_option", bad.message, bad.field))

    def _open(self, command: Command) -> None:
        number = _channel_number(command)
        if number in self._channels or number in self._early:
            raise InvalidOption("channel", number, "the number of a channel that is not open")
        if len(self._channels) + len(self._early) >= MOST_CHANNELS:
            self._refuse(number, "too_many_viewers", TOO_MANY)
            return
        try:
            wish = self._wish(command)
        except InvalidOption as bad:
            self._say(number, messages.error("invalid_option", bad.message, bad.field))
            self._say(number, closed(number, BAD_REQUEST, "invalid_option"))
            return
        if not self._begin(number, wish):
            if self._registry.shares.is_complete:
                self._refuse(number, "source_not_found", MISSING)
            else:
                self._early[number] = _Early(wish, [])
                self._say(number, messages.state(self._registry.shares.waits_for))

    def _begin(self, number: int, wish: _OpenChannel, heard: Sequence[WSMessage] = ()) -> bool:
        """Open a channel, and return whether what it is for is there."""
        source = self._sees().get(wish.source_id)
        if source is None:
            return False
        try:
            session = self._registry.open(source, wish.options, self.viewer, binary=True, policy=wish.policy)
        except TooMuch as much:
            self._refuse(number, much.code, much.message)
            return True
        task = asyncio.create_task(self._serve(number, session), name=f"channel-{self.id}-{number}")
        self._channels[number] = _Open(session, task)
        for received in heard:
            # Once it is told that the session has started.
            asyncio.get_running_loop().call_soon(session.hear, received)
        return True

    def _settle_early(self) -> None:
        """Open what was waited for, and refuse what turned out not to be there."""
        if self._registry.shares.is_complete:
            early, self._early = self._early, {}
            for number, each in early.items():
                if not self._begin(number, each.wish, each.heard):
                    self._refuse(number, "source_not_found", MISSING)

    def _wish(self, command: Command) -> _OpenChannel:
        """Return what an ``open`` asks for. Raises `InvalidOption`."""
        patch = {name: value for name, value in command.options.items() if name not in ("channel", "id", "stats")}
        source_id = command.options.get("id")
        if isinstance(source_id, bool) or not isinstance(source_id, str | int):
            raise InvalidOption("id", source_id, "the handle of a source")
        stats = command.options.get("stats", 0)
        if stats not in (0, 1):
            raise InvalidOption("stats", stats, "0 or 1")
        options = self._registry.defaults_for(binary=True).patched(patch, BINARY_FORMATS).for_form(binary=True)
        return _OpenChannel(str(source_id), options, SessionPolicy(self.id, frozenset(patch), bool(stats)))

    def _close(self, command: Command) -> None:
        number = _channel_number(command)
        if self._early.pop(number, None) is not None:
            self._say(number, closed(number, DONE, "asked for"))
        found = self._channels.pop(number, None)
        if found is not None:  # else it has just been closed from here
            found.task.cancel()
            # Now, for the place of what is closed may be wanted by what is opened next.
            self._registry.allowance(self.viewer).leave(found.session.id)
            self._say(number, closed(number, DONE, "asked for"))

    async def _serve(self, number: int, session: ViewerSession) -> None:
        """Write a channel's messages until its session is over."""
        try:
            await session.write(Channel(self._require_line(), number))
        finally:
            self._registry.close_session(session)
            found = self._channels.get(number)
            if found is not None and found.session is session:
                del self._channels[number]

    def _refuse(self, number: int, code: str, words: str) -> None:
        self._say(number, messages.error(code, words))
        self._say(number, closed(number, CLOSE_CODES[code], code))

    def _require_line(self) -> Multiplexer:
        assert self._line is not None
        return self._line

    # Writing on channel 0, and what is said of channels that have no session.

    def _sources_changed(self) -> None:
        self._has_new_sources = True
        self._waker.wake()

    def _say(self, channel: int, text: bytes) -> None:
        self._outbox.append((channel, text_frame(text)))
        self._waker.wake()

    async def _write(self, line: Multiplexer, socket: ViewerSocket) -> None:
        """Send until the end, or until the viewer is gone."""
        try:
            await self._talk(line, socket)
        except ConnectionError:
            return
        except Exception:
            log.exception("writing to %s failed", self.id)
            self.abort()
        finally:
            self._waker.close()

    async def _talk(self, line: Multiplexer, socket: ViewerSocket) -> None:
        next_sources = next_beat = time.monotonic()
        while True:
            self._waker.clear()
            self._settle_early()
            while self._outbox:
                await line.send(*self._outbox.pop(0))
            if self._ending is not None:
                await self._take_leave(line, self._ending)
                return
            now = time.monotonic()
            has_news = self._has_new_sources and self._registry.shares.is_ready
            if has_news and now >= next_sources:
                next_sources = now + SOURCES_SECONDS
                self._has_new_sources = has_news = False
                await self._tell_sources(line)
            if now >= next_beat:
                next_beat = now + BEAT_SECONDS
                await line.send(0, text_frame(messages.message("alive", {})))
                await socket.ping()
            await self._waker.sleep(min(next_sources, next_beat) if has_news else next_beat)

    async def _tell_sources(self, line: Multiplexer) -> None:
        # The authorizer tells of more than what changes the list.
        sources = listed(self._sees(), self._base_url)
        if sources != self._told_sources:
            self._told_sources = sources
            await line.send(0, text_frame(messages.message("sources", sources)))

    def _sees(self) -> Mapping[str, Source]:
        return self._registry.access.authorizer.sees(self.viewer.who)

    async def _take_leave(self, line: Multiplexer, ending: Ending) -> None:
        for channel in self._channels.values():
            channel.task.cancel()
        if ending.farewell is not None:
            await line.send(0, text_frame(ending.farewell))
        await line.close(ending.code, ending.reason)


def _channel_number(command: Command) -> int:
    """Return the channel that a command is about. Raises `InvalidOption`."""
    number = command.options.get("channel")
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= LAST_CHANNEL:
        raise InvalidOption("channel", number, f"a whole number from 1 to {LAST_CHANNEL}")
    return number
