"""One viewer's connection over which many sources are watched, each on a channel that the viewer opens and closes."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import WSMessage, web

from capture.reason import Reason
from capture.source import Source
from server import reasons
from server.access.control import Viewer
from server.errors import CLOSE_CODES, DONE, ProtocolError
from server.protocol import messages, wire
from server.protocol.commands import Command
from server.protocol.framing import BINARY, PING, PONG, text_frame
from server.protocol.options import BINARY_FORMATS, InvalidOption, StreamOptions
from server.sharing import listed
from server.stream.channels import Channel, Multiplexer, closed
from server.stream.limits.device_limits import TooMuch
from server.stream.limits.message_rate import MOST_HEARD, MessageRateLimit
from server.stream.registry import SessionRegistry
from server.stream.session import SessionPolicy
from server.stream.session_base import SessionBase
from server.stream.socket import ViewerSocket
from server.stream.stats import Totals
from server.stream.waker import Waker
from server.stream.websocket_session import WebSocketSession
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
TOO_MANY = reasons.CHANNEL_LIMIT.of(most=MOST_CHANNELS)


@dataclass(frozen=True, slots=True)
class _Open:
    """An open channel: its session, and the task that writes for it."""

    session: WebSocketSession
    task: asyncio.Task[None]


@dataclass(frozen=True, slots=True)
class _OpenChannel:
    """A viewer's wish for a channel."""

    source_id: str
    options: StreamOptions
    policy: SessionPolicy


@dataclass(frozen=True, slots=True)
class _Early:
    """A wish for a source that is not known yet, and what was said on its channel since."""

    wish: _OpenChannel
    heard: list[WSMessage]


class MultiSession(SessionBase):
    """Serves one viewer of many sources until either side ends it.

    `run` belongs to the request's task and reads. One task more writes what is said on channel 0, and one for each
    open channel writes its session's messages. Everything else is called on the loop by the registry.
    """

    def __init__(self, registry: SessionRegistry, viewer: Viewer, base_url: str, socket: ViewerSocket) -> None:
        """``base_url`` stands in front of the addresses in the list of sources."""
        flooded = reasons.FLOODED_CONNECTION.of(rate=FLOOD_RATE, seconds=FLOOD_SECONDS)
        flood = MessageRateLimit(FLOOD_RATE, FLOOD_SECONDS)
        super().__init__(f"page-{secrets.token_hex(4)}", viewer, registry.allowance(viewer), flood, flooded)
        self._registry = registry
        self._base_url = base_url
        self._line = Multiplexer(socket)
        self._socket = Channel(self._line, 0)
        self._channels: dict[int, _Open] = {}
        self._early: dict[int, _Early] = {}
        self._selected = 0
        self._has_selected = False
        self._outbox: list[tuple[int, bytes]] = []
        self._ending: Ending | None = None
        self._waker = Waker()
        self._has_new_sources = True
        self._told_sources: dict[str, object] = {}

    @property
    def totals(self) -> Totals:
        """Return whether it was dropped; its sessions tell what was sent."""
        return Totals(dropped=int(self._is_dropped))

    async def run(self, response: web.WebSocketResponse) -> None:
        """Serve the viewer until the connection ends; every channel ends with it."""
        both = (self._registry.shares, self._registry.access.authorizer)
        unsubscribe = [each.subscribe(self._sources_changed) for each in both]
        writing = asyncio.create_task(self._write(), name=f"writer-{self.id}")
        try:
            await self._listen(response, self._line.socket, self._take)
        finally:
            for end in unsubscribe:
                end()
            tasks = (writing, *(channel.task for channel in self._channels.values()))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def end(self, code: str, reason: Reason) -> None:
        if self._ending is None:
            self._ending = Ending.because(code, reason)
            self._waker.wake()

    # Listening.

    def _take(self, received: WSMessage) -> bool:
        """Take a message; what belongs to no channel counts, or there would be no end to it."""
        if self._ending is not None:
            return False
        number = wire.read_channel(received.data) if received.type is BINARY else None
        # A selection belongs to what follows it.
        is_idle, self._has_selected = self._has_selected and number is not None, number is not None
        if is_idle and self._floods():
            return False
        if number is not None:
            self._selected = number
        elif received.type is PING or received.type is PONG:
            return not self._floods()
        else:
            self._hear(received)
        return False

    def _hear(self, received: WSMessage) -> None:
        """Take a message for the channel that the viewer selected."""
        found = self._channels.get(self._selected)
        if found is not None:
            if received.type is BINARY:
                self._line.note_answer()
            if found.session.hear(received):
                self._allowance.pace.forgive(1)  # the selection that goes with what was asked for
        elif self._selected in self._early:
            heard = self._early[self._selected].heard
            if not self._floods() and len(heard) < MOST_HEARD:
                heard.append(received)
        elif not self._floods() and self._selected == 0:
            commands = {"open": self._open, "close": self._close}
            self._obey(received, commands, reasons.TEXT_OR_SELECTION_ONLY)
        # A message for a channel that is closed was on its way when that happened.

    def _open(self, command: Command) -> None:
        number = _channel_number(command)
        if number in self._channels or number in self._early:
            raise InvalidOption("channel", number, reasons.ALLOWED_CHANNEL)
        if len(self._channels) + len(self._early) >= MOST_CHANNELS:
            self._refuse(number, ProtocolError("too_many_viewers", TOO_MANY))
            return
        try:
            wish = self._wish(command)
        except InvalidOption as bad:
            self._refuse(number, bad)
            return
        if not self._begin(number, wish):
            if self._registry.shares.is_complete:
                self._refuse(number, ProtocolError("source_not_found", reasons.NOT_SHARED_ID))
            else:
                self._early[number] = _Early(wish, [])
                self._say(messages.state(self._registry.shares.waits_for), number)

    def _begin(self, number: int, wish: _OpenChannel, heard: Sequence[WSMessage] = ()) -> bool:
        """Open a channel, and return whether what it is for is there."""
        source = self._sees().get(wish.source_id)
        if source is None:
            return False
        try:
            session = self._registry.open(source, wish.options, self.viewer, binary=True, policy=wish.policy)
        except TooMuch as much:
            self._refuse(number, much)
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
                    self._refuse(number, ProtocolError("source_not_found", reasons.NOT_SHARED_ID))

    def _wish(self, command: Command) -> _OpenChannel:
        """Return what an ``open`` asks for. Raises `InvalidOption`."""
        patch = {name: value for name, value in command.options.items() if name not in ("channel", "id", "stats")}
        source_id = command.options.get("id")
        if isinstance(source_id, bool) or not isinstance(source_id, str | int):
            raise InvalidOption("id", source_id, reasons.ALLOWED_HANDLE)
        stats = command.options.get("stats", 0)
        if stats not in (0, 1):
            raise InvalidOption("stats", stats, reasons.ALLOWED_FLAG)
        options = self._registry.defaults_for(binary=True).patched(patch, BINARY_FORMATS).for_form(binary=True)
        return _OpenChannel(str(source_id), options, SessionPolicy(self.id, frozenset(patch), bool(stats)))

    def _close(self, command: Command) -> None:
        number = _channel_number(command)
        if self._early.pop(number, None) is not None:
            self._say(closed(number, DONE, "asked for"), number)
        found = self._channels.pop(number, None)
        if found is not None:  # else it has just been closed from here
            found.task.cancel()
            # Now, for the place of what is closed may be wanted by what is opened next.
            self._allowance.leave(found.session.id)
            self._say(closed(number, DONE, "asked for"), number)

    async def _serve(self, number: int, session: WebSocketSession) -> None:
        """Write a channel's messages until its session is over."""
        try:
            await session.write(Channel(self._line, number))
        finally:
            self._registry.close_session(session)
            found = self._channels.get(number)
            if found is not None and found.session is session:
                del self._channels[number]

    def _refuse(self, number: int, refused: ProtocolError) -> None:
        self._say(messages.protocol_error(refused), number)
        self._say(closed(number, CLOSE_CODES[refused.code], refused.code), number)

    # Writing on channel 0, and what is said of channels that have no session.

    def _sources_changed(self) -> None:
        self._has_new_sources = True
        self._waker.wake()

    def _say(self, text: bytes, channel: int = 0) -> None:
        self._outbox.append((channel, text_frame(text)))
        self._waker.wake()

    async def _write(self) -> None:
        """Send until the end, or until the viewer is gone."""
        try:
            await self._talk()
        except ConnectionError:
            return
        except Exception:
            log.exception("writing to %s failed", self.id)
            self.abort()
        finally:
            self._waker.close()

    async def _talk(self) -> None:
        next_sources = next_beat = time.monotonic()
        while True:
            self._waker.clear()
            self._settle_early()
            while self._outbox:
                await self._line.send(*self._outbox.pop(0))
            if self._ending is not None:
                await self._take_leave(self._ending)
                return
            now = time.monotonic()
            has_news = self._has_new_sources and self._registry.shares.is_ready
            if has_news and now >= next_sources:
                next_sources = now + SOURCES_SECONDS
                self._has_new_sources = has_news = False
                await self._tell_sources()
            if now >= next_beat:
                next_beat = now + BEAT_SECONDS
                await self._line.send(0, text_frame(messages.message("alive", {})))
                await self._line.socket.ping()
            await self._waker.sleep(min(next_sources, next_beat) if has_news else next_beat)

    async def _tell_sources(self) -> None:
        # The authorizer tells of more than what changes the list.
        sources = listed(self._sees(), self._base_url)
        if sources != self._told_sources:
            self._told_sources = sources
            await self._line.send(0, text_frame(messages.message("sources", sources)))

    def _sees(self) -> Mapping[str, Source]:
        return self._registry.access.authorizer.sees(self.viewer.who)

    async def _take_leave(self, ending: Ending) -> None:
        for channel in self._channels.values():
            channel.task.cancel()
        if ending.farewell is not None:
            await self._line.send(0, text_frame(ending.farewell))
        await self._line.socket.close(ending.code, ending.reason)


def _channel_number(command: Command) -> int:
    """Return the channel that a command is about. Raises `InvalidOption`."""
    number = command.options.get("channel")
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= LAST_CHANNEL:
        raise InvalidOption("channel", number, reasons.ALLOWED_WHOLE.of(low=1, high=LAST_CHANNEL))
    return number
