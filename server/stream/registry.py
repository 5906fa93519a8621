"""Every session there is: the defaults of new ones, the host's wishes for all, and who is watching."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from capture.events import Listeners
from capture.feed.hub import Hub
from capture.platforms.linux.memory import give_back
from capture.reason import Reason
from capture.source import Source, Unsubscribe
from server import reasons
from server.access.audit_log import Visit
from server.access.authorizer import Owner
from server.access.control import AccessControl, Viewer
from server.access.request import browser_name
from server.protocol.options import BINARY_FORMATS, StreamOptions
from server.sharing import ShareList
from server.stream.consumer import Consumer, JsonConsumer
from server.stream.limits.device_limits import Allowance, Allowances
from server.stream.mjpeg import MjpegConsumer
from server.stream.session import Session, SessionPolicy
from server.stream.session_base import SessionBase
from server.stream.snapshot_viewers import SnapshotViewer, SnapshotViewers
from server.stream.stats import SessionView, Totals
from server.stream.update_consumer import UpdateConsumer
from server.stream.warm_up import WarmUps
from server.stream.websocket_session import WebSocketSession

MOST_VIEWERS = 256
OWNERS_PLACES = 16
CHECK_SECONDS = 0.25
"""How often viewers that stopped reading are looked for."""
FREE_SECONDS = 2.0
"""So long after somebody has left, what was used for him goes back to the system; once for all who left meanwhile."""
STOP_SECONDS = 1.2
"""How long viewers get to take their leave when the server stops."""
ALONE, PICTURES_ALONE = SessionPolicy(), SessionPolicy(tells_figures=False)

AnySession = Session | SnapshotViewer
"""The second has no connection."""
S = TypeVar("S", bound=Session)


class SessionRegistry:
    """Owns the sessions and what applies to all of them. Loop only.

    Attributes:
        defaults: what a viewer gets that wishes for nothing itself; frozen, replaced whole.
        hub: where the pictures come from.
        shares: what may be seen.
        access: who may see it.
        limit: the most viewers at once.
    """

    def __init__(
        self,
        hub: Hub,
        shares: ShareList,
        defaults: StreamOptions,
        limit: int = MOST_VIEWERS,
        page_fps: float | None = None,
        access: AccessControl | None = None,
    ) -> None:
        """``page_fps`` is what viewers of the binary form begin with while the host has wished for no other rate.

        Without ``access`` there are no links, and only this computer gets in.
        """
        self.hub = hub
        self.shares = shares
        self.access = access or AccessControl(shares)
        self.access.devices.watching = self._devices
        self.defaults = defaults
        self.limit = limit
        self._page_fps = page_fps
        self._allowances = Allowances()
        self._warm_ups = WarmUps(hub)
        self._lookers = SnapshotViewers(self._know, self.close_session)
        self._sessions: dict[str, AnySession] = {}
        self._groups: dict[str, SessionBase] = {}
        self._ended_totals = Totals()
        self._ended: dict[str, asyncio.Event] = {}
        self._listeners = Listeners()
        self._numbers = itertools.count(1)
        self._checking: asyncio.TimerHandle | None = None
        self._freeing: asyncio.TimerHandle | None = None
        self._unsubscribe = [each.subscribe(self._review) for each in (shares, self.access.authorizer)]

    def __len__(self) -> int:
        """Return how many viewers watch something; one with several sessions counts once."""
        return len({session.policy.group or session.id for session in self._sessions.values()})

    def watching(self, sources: Container[str]) -> int:
        """Return how many viewers watch one of ``sources`` (ids)."""
        seen = (session for session in self._sessions.values() if session.source.id in sources)
        return len({session.policy.group or session.id for session in seen})

    def is_full(self, viewer: Viewer) -> bool:
        """Tell whether ``viewer`` cannot be taken in: guests leave some places for the owner."""
        alone = sum(not session.policy.group for session in self._sessions.values())
        taken = len(self._groups) + alone - len(self._lookers)  # these have no connection
        is_owner = isinstance(viewer.who, Owner)
        return taken >= (self.limit if is_owner else self.limit - min(OWNERS_PLACES, self.limit // 4))

    @property
    def totals(self) -> Totals:
        """Return what was done for all viewers since the beginning, those who left too."""
        watching = (*self._sessions.values(), *self._groups.values())
        return sum((viewer.totals for viewer in watching), self._ended_totals)

    def apply(self, patch: Mapping[str, object]) -> None:
        """Carry the host's wish into the defaults and into every running session, at once.

        Raises:
            InvalidOption: a value that is not allowed; nothing is changed then.
        """
        self.defaults = self.defaults.patched(patch, BINARY_FORMATS)
        if "fps" in patch:
            self._page_fps = None
        for session in tuple(self._sessions.values()):
            session.patch_options(patch, "host")

    def defaults_for(self, binary: bool) -> StreamOptions:
        """Return what a viewer of that form begins with."""
        options = self.defaults.for_form(binary)
        return replace(options, fps=self._page_fps) if binary and self._page_fps is not None else options

    def sessions(self) -> tuple[SessionView, ...]:
        """Return every session as it is now."""
        return tuple(session.view() for session in self._sessions.values())

    def watching_devices(self) -> frozenset[str]:
        """Return the ids of devices that watch now."""
        return frozenset(session.viewer.device_id for session in self._sessions.values())

    def disconnect(self, viewer_id: str) -> None:
        """Remove one viewer, by its session's id or its group's; an unknown one is ignored, for it may have left."""
        viewer = self._groups.get(viewer_id) or self._sessions.get(viewer_id)
        if viewer is not None:
            viewer.end("disconnected", reasons.CUT_OFF_BY_HOST)

    def subscribe(self, changed: Callable[[], None]) -> Unsubscribe:
        """Have ``changed()`` called when a session comes, goes or changes; return what ends that."""
        return self._listeners.subscribe(changed)

    def open(
        self,
        source: Source,
        options: StreamOptions,
        viewer: Viewer,
        binary: bool = False,
        policy: SessionPolicy = ALONE,
    ) -> WebSocketSession:
        """Return a new session for ``viewer``, in the binary or the JSON form; `close_session` has to follow.

        Raises:
            TooMuch: the viewer's device watches as much as it may.
        """
        form = UpdateConsumer if binary else JsonConsumer
        return self._open(WebSocketSession, form, source, options, viewer, policy)

    def open_mjpeg(self, source: Source, options: StreamOptions, viewer: Viewer) -> Session:
        """Return a new session for ``viewer`` of Motion JPEG; `close_session` has to follow. Raises `TooMuch`."""
        return self._open(Session, MjpegConsumer, source, options, viewer, PICTURES_ALONE)

    def looker(self, source: Source, options: StreamOptions, viewer: Viewer) -> SnapshotViewer:
        """Return ``viewer`` as one who looks at ``source`` now and then, until a minute after this."""
        return self._lookers.of(self.allowance(viewer).party, source, options, viewer, self._new_id)

    def expect(self, viewer: Viewer, source: Source) -> None:
        """Prepare for ``viewer``, whose page is on its way, to watch ``source`` in a moment."""
        self._warm_ups.begin(source, self.may_see(viewer))

    def allowance(self, viewer: Viewer) -> Allowance:
        """Return what the viewer's device may have at once."""
        return self._allowances.of(viewer)

    def may_see(self, viewer: Viewer) -> Callable[[Source], bool]:
        """Return what tells whether ``viewer`` may see a source now; any thread may ask it."""
        return partial(self.access.authorizer.may_see, viewer.who)

    def close_session(self, session: AnySession) -> None:
        """Forget a session that has ended."""
        if self._sessions.pop(session.id, None) is not None:
            self._ended_totals += session.totals
            self._free_later()
            self.allowance(session.viewer).leave(session.id)
            self.access.log.left(session.id, session.parting if isinstance(session, SnapshotViewer) else "")
        ended = self._ended.pop(session.id, None)
        if ended is not None:
            ended.set()
        self._listeners.tell()

    def enter(self, group: SessionBase) -> None:
        """Know a viewer who is going to have several sessions; `leave` has to follow."""
        self._groups[group.id] = group
        self._ended[group.id] = asyncio.Event()
        self._schedule_check()

    def leave(self, group: SessionBase) -> None:
        """Forget a viewer whose connection has ended."""
        del self._groups[group.id]
        self._ended_totals += group.totals
        self._ended.pop(group.id).set()

    async def end_all(self, code: str, reason: Reason) -> None:
        """End every session, in good order where the viewer reads, by cutting where it does not."""
        endings = [asyncio.ensure_future(ended.wait()) for ended in self._ended.values()]
        for viewer in self._viewers():
            viewer.end(code, reason)
        if endings:
            _, late = await asyncio.wait(endings, timeout=STOP_SECONDS)
            for viewer in self._viewers():
                viewer.abort()
            if late:
                await asyncio.wait(late, timeout=0.3)
            for ending in endings:
                ending.cancel()

    def close(self) -> None:
        """Follow neither the share list nor who may see it any longer."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._lookers.close()
        self._warm_ups.close()
        for timer in (self._checking, self._freeing):
            if timer is not None:
                timer.cancel()
        self._checking = self._freeing = None

    def _open(
        self,
        kind: type[S],
        form: type[Consumer],
        source: Source,
        options: StreamOptions,
        viewer: Viewer,
        policy: SessionPolicy,
    ) -> S:
        session_id, allowance = self._new_id(), self.allowance(viewer)
        allowance.watch(session_id, source, options)
        consumer = form(self.hub, source, options, self.may_see(viewer), allowance)
        session = kind(session_id, viewer, consumer, policy, self._listeners.tell)
        self._know(session)
        self._schedule_check()
        return session

    def _new_id(self) -> str:
        return f"{next(self._numbers)}-{secrets.token_hex(4)}"

    def _know(self, session: AnySession) -> None:
        self._sessions[session.id] = session
        viewer, source = session.viewer, session.source
        program = browser_name(viewer.agent)
        self.access.log.joined(session.id, Visit(viewer.address, program, viewer.by, source.title, source.app))
        self._ended[session.id] = asyncio.Event()
        self._listeners.tell()

    def _review(self) -> None:
        """End what may be seen no longer: nothing tells when the time of a link is up, so it is asked for now and then.

        The taking and the sending of pictures ask for themselves; this is for the viewer to be told.
        """
        authorizer = self.access.authorizer
        for group in tuple(self._groups.values()):
            if not authorizer.is_still_allowed(group.viewer.who):
                group.end(*self._parting(group.viewer))
        for session in tuple(self._sessions.values()):
            if authorizer.may_see(session.viewer.who, session.source):
                session.source = self.shares.shared[session.source.id]
            elif not authorizer.is_still_allowed(session.viewer.who):
                session.end(*self._parting(session.viewer))
            elif self.shares.exists(session.source):
                session.end("removed", reasons.UNSHARED_BY_HOST)
            else:
                session.close_source(reasons.SOURCE_GONE)

    def _parting(self, viewer: Viewer) -> tuple[str, Reason]:
        """Return code and reason for somebody who may be here no longer."""
        if self.access.authorizer.was_dismissed(viewer.device_id):
            return "disconnected", reasons.CUT_OFF_BY_HOST
        return "removed", reasons.REMOVED_BY_HOST

    def _devices(self) -> frozenset[str]:
        """Return the ids of the devices that are connected."""
        return frozenset(each.viewer.device_id for each in (*self._sessions.values(), *self._groups.values()))

    def _viewers(self) -> list[AnySession | SessionBase]:
        """Return the viewers with a connection."""
        alone = [session for session in self._sessions.values() if not session.policy.group]
        return [*alone, *self._groups.values()]

    def _schedule_check(self) -> None:
        if self._checking is None:
            self._checking = asyncio.get_running_loop().call_later(CHECK_SECONDS, self._check)

    def _check(self) -> None:
        self._checking = None
        now = time.monotonic()
        self._review()
        for watched in (*self._sessions.values(), *self._groups.values()):
            watched.check(now)
        if self._groups or len(self._sessions) > len(self._lookers):
            self._schedule_check()

    def _free_later(self) -> None:
        if self._freeing is None:
            # By then all has ended that worked for the viewer that left.
            self._freeing = asyncio.get_running_loop().call_later(FREE_SECONDS, self._free)

    def _free(self) -> None:
        self._freeing = None
        give_back()
