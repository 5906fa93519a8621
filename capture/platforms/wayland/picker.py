"""What the person has picked: brought back when pictures of it are wanted, kept, and given up. In a thread of its own.

A source is brought back when somebody first wants to see it, not when the program starts: until then the desktop shows
no sign that the screen is seen. Its session then stays until it is removed, or ended in the desktop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from capture import reasons
from capture.platforms.contract import Backend
from capture.platforms.linux.dbus import NoAnswer, session_bus
from capture.platforms.picks import Pick, Picking, Picks, PickStore
from capture.platforms.wayland.picked_source import PickedSource
from capture.platforms.wayland.portal import Cast, NoScreenCast, Refused, ScreenCast
from capture.platforms.wayland.tickets import Parked, Remote, Ticket
from capture.reason import NOTHING, Reason
from capture.source import Condition, Source
from resources.translate import N_, _

log = logging.getLogger(__name__)

TITLES = {"screen": N_("Screen {number}"), "window": N_("Window {number}"), "other": N_("Source {number}")}
RETRY_SECONDS = (0.2, 1.0, 3.0, 10.0)
"""Pauses before a connection is made anew, the more often it was of no use; the last one from then on."""
MOST_REFUSALS = 3
"""How often a token may be refused without a dialog, as while PipeWire is down, before it counts as worth nothing."""
FAULTS = (Refused, NoAnswer, TimeoutError, NoScreenCast, OSError, EOFError)


@dataclass(slots=True)
class _Held:
    """One pick, and how it stands with the desktop.

    Attributes:
        needs_person: why a dialog is needed.
        read: the session that somebody was given a connection to.
        reader, parked: who has the only stream of a fragile cast, or that stream, while nobody has it.
    """

    pick: Pick
    cast: Cast | None = None
    needs_person: Reason = NOTHING
    is_over: bool = False
    failures: int = 0
    refusals: int = 0
    tickets: set[Ticket] = field(default_factory=set)
    work: asyncio.Task[None] | None = None
    read: str = ""
    reader: Ticket | None = None
    parked: Parked | None = None

    def leave_cast(self) -> Cast | None:
        """Have no cast any more, and return the last one."""
        cast, self.cast = self.cast, None
        parked, self.parked, self.reader = self.parked, None, None
        if parked is not None:
            parked.stream.close()
        return cast


class PortalPicker:
    """See `Picker` in the contract. Public methods are for any thread; all else is the thread's own."""

    def __init__(self, store: PickStore | None = None, address: str | None = None) -> None:
        """``address`` is the bus, else the session's."""
        self._store = store
        self._address = address
        self._tell: Callable[[Picking], None] = lambda _gone: None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._run, name="picker", daemon=True)
        self._held: dict[str, _Held] = {}
        self._following = 1
        self._portal: ScreenCast | None = None
        self._reaching: asyncio.Lock | None = None
        self._problem = NOTHING
        self._dialog: asyncio.Task[None] | None = None
        self._told: Picking | None = None

    def start(self, tell: Callable[[Picking], None]) -> None:
        self._tell = tell
        self._thread.start()

    def pick(self, again: str = "") -> None:
        self._call(lambda: self._begin_pick(again))

    def remove(self, source_id: str) -> None:
        self._call(lambda: self._remove(source_id))

    def backend(self, source: Source) -> Backend:
        return PickedSource(lambda ring: self._ticket(source.id, ring))

    def stop(self) -> None:
        self._call(self._end_thread)

    def join(self, seconds: float) -> None:
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def _call(self, what: Callable[[], object]) -> bool:
        """Have the thread do something, soon; one that has not begun or has ended does nothing, which is told."""
        if self._thread.ident is None:
            return False
        self._begun.wait()
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(what)
        except RuntimeError:  # it has ended
            return False
        return True

    def _ticket(self, source_id: str, ring: Callable[[], None]) -> Ticket:
        ticket = Ticket(source_id, ring, self._again, self._over)
        self._call(lambda: self._serve(ticket))
        return ticket

    def _again(self, ticket: Ticket, was_good: bool) -> None:
        def again() -> None:
            held = self._held.get(ticket.source_id)
            if held is not None and was_good:
                held.failures = 0
            self._serve(ticket, failed=True)

        self._call(again)

    def _over(self, ticket: Ticket, parked: Parked | None) -> None:
        if not self._call(lambda: self._take_back(ticket, parked)) and parked is not None:
            parked.stream.close()

    # The thread from here on.

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            self._loop = runner.get_loop()
            self._stop = asyncio.Event()
            self._begun.set()
            runner.run(self._live())

    async def _live(self) -> None:
        kept = Picks() if self._store is None else self._store.load()
        self._following = kept.following
        for pick in kept.each:
            needs = NOTHING if pick.token else reasons.PICK_AGAIN
            self._held[pick.id] = _Held(pick, needs_person=needs)
        self._reaching = asyncio.Lock()
        self._show()
        with contextlib.suppress(NoScreenCast):
            await self._reach()
        await self._stop.wait()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        for held in self._held.values():
            held.leave_cast()
            for ticket in tuple(held.tickets):
                ticket.give_up()
        if self._portal is not None:
            self._portal.close()

    def _end_thread(self) -> None:
        self._stop.set()

    async def _reach(self) -> ScreenCast:
        """Return the portal, which is looked for anew where it was not there."""
        assert self._reaching is not None
        async with self._reaching:
            if self._portal is None:
                try:
                    self._portal = await ScreenCast.reach(self._address or session_bus(), self._closed)
                except NoScreenCast as fault:
                    self._problem = fault.reason
                    self._show()
                    raise
                self._problem = NOTHING
                self._portal.lost.add_done_callback(lambda _gone: self._lose())
                self._show()
            return self._portal

    def _begin_pick(self, again: str) -> None:
        if self._dialog is not None:
            self._dialog.cancel()
        self._dialog = asyncio.get_running_loop().create_task(self._pick(again), name="dialog")

    async def _pick(self, again: str) -> None:
        try:
            portal = await self._reach()
            cast = await portal.begin(shows_dialog=True)
        except FAULTS as fault:
            log.info("nothing was picked: %s", fault)
            return
        held = self._held.get(again)
        if held is None:
            held = _Held(Pick(self._following, cast.sort))
            self._following += 1
            self._held[held.pick.id] = held
        self._end(held)
        self._have(held, cast)
        for ticket in tuple(held.tickets):
            self._serve(ticket)

    def _have(self, held: _Held, cast: Cast) -> None:
        """Note that a source is there, and the token that brings it back the next time."""
        held.cast, held.needs_person, held.is_over = cast, NOTHING, False
        size = {"width": cast.width, "height": cast.height} if cast.width and cast.height else {}
        held.pick = replace(held.pick, sort=cast.sort, token=cast.token, **size)
        self._keep()

    def _serve(self, ticket: Ticket, *, failed: bool = False) -> None:
        """Have a ticket get its connection, or be told why there is none."""
        held = self._held.get(ticket.source_id)
        if ticket.is_void:
            return
        if held is None:
            ticket.tell(Condition("closed", reasons.PICK_REMOVED))
            return
        held.tickets = {each for each in held.tickets if not each.is_void} | {ticket}
        held.failures = held.failures + 1 if failed else 0
        if held.needs_person:
            self._say(held)
        elif held.work is None or held.work.done():
            held.work = asyncio.get_running_loop().create_task(self._work(held, anew=failed), name=held.pick.id)

    async def _work(self, held: _Held, *, anew: bool) -> None:
        """Serve all who wait for a source; ``anew``: with another session than before, where that needs nobody."""
        if anew:
            await asyncio.sleep(RETRY_SECONDS[min(held.failures, len(RETRY_SECONDS)) - 1])
            if held.pick.token:
                self._end(held)
        try:
            portal = await self._reach()
            await self._have_cast(portal, held)
            for ticket in tuple(held.tickets):
                if held.cast is None:
                    break
                if not ticket.is_void:
                    await self._hand_over(portal, held, held.cast, ticket, anew=anew)
        except FAULTS as fault:
            log.info("%s is not to be had: %s", held.pick.id, fault)
            if held.needs_person:
                self._say(held)
                return
            reason = fault.reason if isinstance(fault, NoScreenCast) else reasons.NOT_HANDED_OVER
            for ticket in tuple(held.tickets):
                ticket.tell(Condition("waiting", reason))
            self._try_later(held)

    async def _hand_over(self, portal: ScreenCast, held: _Held, cast: Cast, ticket: Ticket, *, anew: bool) -> None:
        """Let a ticket have a connection. Of a fragile cast only one has it; the others wait until that gives up."""
        if portal.is_fragile:
            has_it = held.reader is ticket and held.read == cast.session
            if held.reader not in (None, ticket) or (has_it and not anew):
                return
            held.reader = ticket
            if held.parked is not None:
                parked, held.parked = held.parked, None
                ticket.hand_over(parked)
                return
        held.read = cast.session
        descriptor = await portal.remote(cast.session)
        ticket.hand_over(Remote(descriptor, cast.node, cast.session, portal.is_fragile, bool(held.pick.token)))

    def _take_back(self, ticket: Ticket, parked: Parked | None) -> None:
        """Keep the stream of one who looks no more, for the next one, who may be waiting for it."""
        held = self._held.get(ticket.source_id)
        if parked is not None and (held is None or held.cast is None or held.cast.session != parked.remote.session):
            parked.stream.close()
            parked = None
        if held is None:
            return
        held.tickets.discard(ticket)
        if held.reader is ticket:
            held.reader, held.parked = None, parked
            for other in tuple(held.tickets):
                self._serve(other)

    async def _have_cast(self, portal: ScreenCast, held: _Held) -> None:
        if portal.is_fragile and _is_spent(held):
            self._end(held)
        if held.cast is None:
            await self._bring_back(portal, held)

    async def _bring_back(self, portal: ScreenCast, held: _Held) -> None:
        try:
            self._have(held, await portal.begin(held.pick.token, shows_dialog=False))
            held.refusals = 0
        except Refused as refusal:
            # A screen that is off, or a cast that ends, is none.
            held.refusals += 1
            if refusal.by_person or held.refusals > MOST_REFUSALS:
                held.refusals = 0
                # Asked again, the desktop would show its dialog again.
                held.needs_person = reasons.PICK_AGAIN
                held.pick = replace(held.pick, token="")
                self._keep()
            raise

    def _try_later(self, held: _Held) -> None:
        def again() -> None:
            for ticket in tuple(held.tickets):
                if not ticket.is_void:
                    self._serve(ticket, failed=True)
                    return

        asyncio.get_running_loop().call_later(RETRY_SECONDS[-1] if held.failures else RETRY_SECONDS[0], again)

    def _say(self, held: _Held) -> None:
        """Tell those who wait that the person is needed first."""
        for ticket in tuple(held.tickets):
            ticket.tell(Condition("closed" if held.is_over else "waiting", held.needs_person))

    def _closed(self, session: str) -> None:
        """Heed that the desktop has ended a session: what the person stopped is not begun again by itself."""
        for held in self._held.values():
            if held.cast is not None and held.cast.session == session:
                held.leave_cast()
                held.needs_person, held.is_over = reasons.PICK_ENDED, True
                held.pick = replace(held.pick, token="")
                self._say(held)
                self._keep()

    def _lose(self) -> None:
        """Heed that the portal is gone: its sessions are, and tokens bring them back once it is there again."""
        if self._portal is not None:
            self._portal.close()
        self._portal = None
        for held in self._held.values():
            if held.leave_cast() is not None:
                if not held.pick.token:
                    held.needs_person = reasons.PICK_AGAIN
                    self._say(held)
                else:
                    for ticket in tuple(held.tickets):
                        ticket.tell(Condition("waiting", reasons.NOT_HANDED_OVER))
                    self._try_later(held)
        self._show()

    def _remove(self, source_id: str) -> None:
        held = self._held.pop(source_id, None)
        if held is not None:
            self._end(held)
            if held.work is not None:
                held.work.cancel()
            for ticket in held.tickets:
                ticket.tell(Condition("closed", reasons.PICK_REMOVED))
            self._keep()

    def _end(self, held: _Held) -> None:
        cast = held.leave_cast()
        if cast is not None and self._portal is not None:
            self._portal.end(cast.session)

    def _keep(self) -> None:
        if self._store is not None:
            self._store.save(Picks(tuple(held.pick for held in self._held.values()), self._following))
        self._show()

    def _show(self) -> None:
        sources = tuple(_source(held) for held in self._held.values())
        is_there = self._portal is not None
        now = Picking(is_there, sources, self._problem or (reasons.PICK_HINT if is_there else NOTHING))
        if now != self._told:
            self._told = now
            self._tell(now)


def _is_spent(held: _Held) -> bool:
    """Tell whether another session is better than one that was read once, and whose stream is no more."""
    is_read = held.cast is not None and held.read == held.cast.session
    return is_read and held.reader is None and held.parked is None and bool(held.pick.token)


def _source(held: _Held) -> Source:
    pick = held.pick
    return Source(
        pick.id,
        "portal",
        _(TITLES[pick.sort]).format(number=pick.number),
        "",
        pick.width,
        pick.height,
        state="waiting" if held.needs_person else "live",
        is_screen=pick.sort != "window",
    )
