"""The ScreenCast portal: the desktop's own dialog, sessions, and connections to PipeWire. Spoken to on one bus.

Used by the loop of one thread. Nothing in here waits for a person unless it was told to.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from capture import reasons
from capture.errors import CaptureError
from capture.platforms.linux.dbus import BUS, PROPERTIES, NoAnswer, call, connect, follow, owner
from capture.platforms.picks import Sort
from resources import APPLICATION_ID

log = logging.getLogger(__name__)

PORTAL = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
CAST = "org.freedesktop.portal.ScreenCast"
REQUEST = "org.freedesktop.portal.Request"
SESSION = "org.freedesktop.portal.Session"
REGISTRY = "org.freedesktop.host.portal.Registry"
MONITOR, WINDOW = 1, 2
"""Types of sources that are asked for; screens that do not exist (4) are not."""
SORTS: dict[int, Sort] = {MONITOR: "screen", WINDOW: "window"}
CURSOR_EMBEDDED, CURSOR_APART = 2, 4
UNTIL_REVOKED = 2
"""How long the desktop is to remember what was picked."""
KNOWS_TOKENS, KNOWS_CURSORS = 4, 2
"""From which version of the portal on."""
PORTAL_SECONDS = 25.0
"""For what shows no dialog: the portal may have to be started first."""
RESTORE_SECONDS = 3.0
"""How long a token may take to bring a source back. After that a dialog is on the screen, which nobody asked for."""
CANCELLED = 1


class NoScreenCast(CaptureError):
    """The desktop offers none."""


class Refused(Exception):
    """The desktop said no; ``by_person``: the person did, or would have been asked."""

    def __init__(self, words: str, *, by_person: bool = False) -> None:
        super().__init__(words)
        self.by_person = by_person


@dataclass(frozen=True, slots=True)
class Cast:
    """One thing that may be seen: the session it belongs to, its node in PipeWire, and what is known of it."""

    session: str
    node: int
    sort: Sort
    token: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class _Answer:
    code: int
    results: dict[str, Any]


class ScreenCast:
    """The portal as one connection to the bus sees it. Make it by `reach`.

    Attributes:
        version: of the interface; types, cursors: what it offers, as bits.
        lost: done once the portal or the bus is gone, and with it every session.
    """

    def __init__(self, bus: Any, closed: Callable[[str], None]) -> None:
        self._bus = bus
        self._closed = closed
        self._owner = ""
        self._answers: dict[str, asyncio.Future[_Answer]] = {}
        self.version = self.types = self.cursors = 0
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def is_fragile(self) -> bool:
        """Tell whether a cast is to be read by one stream only, in the form that was agreed on first.

        xdg-desktop-portal-wlr (0.8.4) is: it asks the compositor for a picture each time its stream begins to flow,
        also where the last one that it asked for is still to come. The compositor ends its connection for that, and it
        ends itself, with all casts of all programs. It is known by its lack of a pointer apart.
        """
        return not self.cursors & CURSOR_APART

    @classmethod
    async def reach(cls, address: str | None, closed: Callable[[str], None]) -> ScreenCast:
        """Return the portal on the bus at ``address``, else on the session's.

        ``closed(session)`` is called when the desktop has ended a session: the person did so, or what was picked is
        gone.

        Raises:
            NoScreenCast: there is none; the message says why.
        """
        try:
            bus = await connect(address, descriptors=True)
        except Exception as fault:  # a missing bus shows in many ways
            raise NoScreenCast(reasons.NO_PORTAL) from fault
        made = cls(bus, closed)
        try:
            await made._begin()
        except BaseException:
            bus.disconnect()
            raise
        return made

    async def begin(self, token: str = "", *, shows_dialog: bool) -> Cast:
        """Have something be picked, or brought back by ``token``.

        With ``shows_dialog`` the person may take as long as they like. Without it a dialog that the desktop shows all
        the same is closed again.

        Raises:
            Refused: nothing was picked, or it was not brought back.
            NoAnswer, TimeoutError: the portal does not do as it should.
        """
        from dbus_fast import Variant

        session = str((await self._ask("CreateSession", "a{sv}", _session_options()))["session_handle"].value)
        try:
            options = {"types": Variant("u", self.types & (MONITOR | WINDOW)), "multiple": Variant("b", False)}
            if self.version >= KNOWS_CURSORS and self.cursors & (CURSOR_APART | CURSOR_EMBEDDED):
                apart = self.cursors & CURSOR_APART
                options["cursor_mode"] = Variant("u", CURSOR_APART if apart else CURSOR_EMBEDDED)
            if self.version >= KNOWS_TOKENS:
                options["persist_mode"] = Variant("u", UNTIL_REVOKED)
                if token:
                    options["restore_token"] = Variant("s", token)
            await self._ask("SelectSources", "oa{sv}", session, options)
            return _cast(session, await self._start(session, None if shows_dialog else RESTORE_SECONDS))
        except BaseException:
            self.end(session)
            raise

    async def _start(self, session: str, seconds: float | None) -> Any:
        try:
            return await self._ask("Start", "osa{sv}", session, "", {}, seconds=seconds)
        except TimeoutError as late:
            raise Refused("Start: there was a dialog", by_person=True) from late

    async def remote(self, session: str) -> int:
        """Return the descriptor of a new connection to PipeWire, which belongs to the caller.

        Raises:
            NoAnswer, TimeoutError: it is not to be had.
        """
        reply = await call(self._bus, PORTAL, PATH, CAST, "OpenPipeWireRemote", "oa{sv}", session, {})
        try:
            return int(reply.unix_fds[reply.body[0]])
        except (IndexError, TypeError) as error:
            raise NoAnswer("OpenPipeWireRemote: no descriptor") from error

    def end(self, session: str) -> None:
        """End a session; one that has ended does no harm."""
        self._tell(session, SESSION)

    def close(self) -> None:
        """End the connection, and with it every session."""
        self._bus.disconnect()

    async def _begin(self) -> None:
        self._bus.add_message_handler(self._receive)
        await follow(self._bus, f"type='signal',sender='{PORTAL}'")
        await follow(self._bus, f"type='signal',sender='{BUS}',member='NameOwnerChanged',arg0='{PORTAL}'")
        # Newer portals want to know who we are; older ones know no such thing.
        with contextlib.suppress(NoAnswer, TimeoutError):
            await self._call(REGISTRY, "Register", "sa{sv}", APPLICATION_ID, {})
        try:
            self._owner = await owner(self._bus, PORTAL)
        except (NoAnswer, TimeoutError) as fault:
            raise NoScreenCast(reasons.NO_PORTAL) from fault
        try:
            await self._look()
            if not self.types:
                # The part for this desktop has ended; it is started when it is asked for something.
                with contextlib.suppress(Refused):
                    made = await self._ask("CreateSession", "a{sv}", _session_options())
                    self.end(str(made["session_handle"].value))
                await self._look()
        except (NoAnswer, TimeoutError) as fault:
            raise NoScreenCast(reasons.NO_SCREEN_CAST) from fault
        log.info("screen casts: version %s, types %s, cursors %s", self.version, self.types, self.cursors)
        if not self.types & (MONITOR | WINDOW):
            raise NoScreenCast(reasons.NO_SCREEN_CAST)
        watch = asyncio.get_running_loop().create_task(self._bus.wait_for_disconnect(), name="bus")
        watch.add_done_callback(self._disconnected)

    async def _look(self) -> None:
        self.version = await self._property("version")
        self.types = await self._property("AvailableSourceTypes")
        self.cursors = await self._property("AvailableCursorModes") if self.version >= KNOWS_CURSORS else 0

    async def _property(self, name: str) -> int:
        reply = await self._call(PROPERTIES, "Get", "ss", CAST, name)
        value = reply.body[0].value
        if not isinstance(value, int):
            raise NoAnswer(f"{name}: {value!r}")
        return value

    async def _call(self, interface: str, member: str, signature: str, *values: Any) -> Any:
        return await call(self._bus, PORTAL, PATH, interface, member, signature, *values, seconds=PORTAL_SECONDS)

    async def _ask(self, member: str, signature: str, *values: Any, seconds: float | None = PORTAL_SECONDS) -> Any:
        """Call a method that answers later, by a signal, and return what it then says. The last value are options.

        A request that is given up, in time or from outside, is closed: its dialog goes from the screen.
        """
        from dbus_fast import Variant

        token = f"panecast{secrets.token_hex(8)}"
        sender = self._bus.unique_name.lstrip(":").replace(".", "_")
        path = f"{PATH}/request/{sender}/{token}"
        # Known before it is asked, so that no answer is missed.
        answer: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
        self._answers[path] = answer
        try:
            options = values[-1] | {"handle_token": Variant("s", token)}
            reply = await self._call(CAST, member, signature, *values[:-1], options)
            self._answers[str(reply.body[0])] = answer  # old portals choose a name themselves
            told = await self._answer(answer, seconds)
        except BaseException:
            for each, known in self._answers.items():
                if known is answer:
                    self._tell(each, REQUEST)
            raise
        finally:
            self._answers = {each: known for each, known in self._answers.items() if known is not answer}
        if told.code:
            raise Refused(f"{member}: refused ({told.code})", by_person=told.code == CANCELLED)
        return told.results

    async def _answer(self, answer: asyncio.Future[_Answer], seconds: float | None) -> _Answer:
        """Wait for an answer, for ever where ``seconds`` are None, but no longer than the portal is there."""
        ends: set[asyncio.Future[Any]] = {answer, self.lost}
        await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if self.lost.done():
            raise NoAnswer("the portal is gone")
        if not answer.done():
            raise TimeoutError
        return answer.result()

    def _tell(self, path: str, interface: str) -> None:
        """Have something be closed; whether that works is of no interest."""
        from dbus_fast import Message, MessageFlag

        flags = MessageFlag.NO_REPLY_EXPECTED
        with contextlib.suppress(Exception):
            self._bus.send(Message(destination=PORTAL, path=path, interface=interface, member="Close", flags=flags))

    def _receive(self, message: Any) -> None:
        match message.interface, message.member:
            # Anybody on the bus could send us such messages.
            case "org.freedesktop.portal.Request", "Response" if message.sender == self._owner:
                answer = self._answers.get(message.path)
                if answer is not None and not answer.done() and len(message.body) == 2:
                    answer.set_result(_Answer(message.body[0], message.body[1]))
            case "org.freedesktop.portal.Session", "Closed" if message.sender == self._owner:
                self._closed(message.path)
            case "org.freedesktop.DBus", "NameOwnerChanged" if message.sender == BUS:
                if message.body[:2] == [PORTAL, self._owner]:
                    self._lose()

    def _disconnected(self, watch: asyncio.Task[Any]) -> None:
        if not watch.cancelled():
            watch.exception()  # which it was is of no interest
        self._lose()

    def _lose(self) -> None:
        if not self.lost.done():
            self.lost.set_result(None)


def _session_options() -> dict[str, Any]:
    from dbus_fast import Variant

    return {"session_handle_token": Variant("s", f"panecast{secrets.token_hex(4)}")}


def _cast(session: str, found: dict[str, Any]) -> Cast:
    try:
        node, about = found["streams"].value[0]
        said = {name: value.value for name, value in about.items()}
        width, height = said.get("size", (0, 0))
        token = found["restore_token"].value if "restore_token" in found else ""
        return Cast(session, int(node), SORTS.get(said.get("source_type", 0), "other"), str(token), width, height)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise Refused("Start: nothing was handed over") from error
