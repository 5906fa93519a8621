"""Limits of one device, on all its connections together: nobody waits for all that others wish for."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Hashable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from weakref import WeakValueDictionary

from capture.encode.fair_queue import Party
from capture.source import Identity, Source
from server import reasons
from server.access.authorizer import Guest
from server.access.control import Viewer
from server.errors import ProtocolError
from server.protocol.options import StreamOptions
from server.stream.limits.message_rate import Pace

MOST_STREAMS = 256
"""Sources that a device watches at once, on all its connections: four connections full of channels, and more than the
places there are for sockets, so that a program that hands pictures on to a crowd is not kept from it."""
MOST_RENDITIONS = 8
"""Different pictures of one source that it is sent: of other sizes, qualities, formats, or, as video, speeds."""
MOST_SNAPSHOTS = 8
"""Single pictures that it has asked for and not been given yet."""
MOST_FILM_PIXELS = 3_200_000
"""Of all its videos together; each takes up to 25 bytes of memory for one of them. One alone may have any size, and
where there would be more, single pictures come."""
MOST_MAKING, MOST_MAKING_OF_ONE = 6, 2
"""Pictures that are made for it at once, of all sources and of one. A viewer that waits gets the newest when its turn
comes, so no older ones are kept in memory for it."""
MOST_MAKING_FOR_CROWD = 8
"""Pictures that are made at once for all devices of one address, however many somebody comes as."""

LATEST_KEPT = 64

TOO_MANY_STREAMS = reasons.STREAM_LIMIT.of(most=MOST_STREAMS)
TOO_MANY_RENDITIONS = reasons.RENDITION_LIMIT.of(most=MOST_RENDITIONS)
TOO_MANY_SNAPSHOTS = reasons.SNAPSHOT_LIMIT.of(most=MOST_SNAPSHOTS)


class TooMuch(ProtocolError):
    """The device has as much of something as it may."""


class Place:
    """To be held while something is made; those that have to wait come in turn."""

    def __init__(self, *limits: asyncio.Semaphore) -> None:
        self._limits = limits

    async def __aenter__(self) -> None:
        taken = 0
        try:
            for limit in self._limits:
                await limit.acquire()
                taken += 1
        except BaseException:
            for limit in self._limits[:taken]:
                limit.release()
            raise

    async def __aexit__(self, kind: type[BaseException] | None, fault: object, trace: TracebackType | None) -> None:
        for limit in self._limits:
            limit.release()


class Crowd:
    """The limits that all devices of one address share."""

    def __init__(self) -> None:
        self.making = asyncio.Semaphore(MOST_MAKING_FOR_CROWD)


class Allowance:
    """The places that one device has, of those it may have. Loop only; kept as long as somebody refers to it.

    Attributes:
        party: in whose turn its pictures are made.
        pace: at which its messages are read.
        snapshots: single pictures that it waits for.
    """

    def __init__(self, party: Party, crowd: Crowd | None = None) -> None:
        self.party = party
        self.pace = Pace()
        self._crowd = crowd or Crowd()
        self._making = asyncio.Semaphore(MOST_MAKING)
        self._making_of: WeakValueDictionary[Identity, asyncio.Semaphore] = WeakValueDictionary()
        self._streams: dict[str, tuple[Identity, Hashable]] = {}
        self._shared_videos: dict[Hashable, tuple[int, int]] = {}
        self.snapshots = 0

    def watch(self, stream_id: str, source: Source, options: StreamOptions, *, is_host: bool = False) -> None:
        """Note that a stream begins, or wishes for something else; the host's wishes are not refused.

        Raises:
            TooMuch: the device watches, or is sent, as much as it may; nothing is noted then.
        """
        wanted = (source.identity, _rendition(options))
        if not is_host:
            others = {key: had for key, had in self._streams.items() if key != stream_id}
            if len(others) >= MOST_STREAMS:
                raise TooMuch("too_many_viewers", TOO_MANY_STREAMS)
            renditions = {had for had in others.values() if had[0] == source.identity}
            if wanted not in renditions and len(renditions) >= MOST_RENDITIONS:
                raise TooMuch("too_many_renditions", TOO_MANY_RENDITIONS)
        self._streams[stream_id] = wanted

    def begin_film(self, film: Hashable, pixels: int) -> bool:
        """Note that a stream is to be sent a video of so many pixels; False, and nothing is noted, where it may not."""
        others = sum(size for key, (size, _) in self._shared_videos.items() if key != film)
        if others and others + pixels > MOST_FILM_PIXELS:
            return False
        self._shared_videos[film] = (pixels, self._shared_videos.get(film, (0, 0))[1] + 1)
        return True

    def end_film(self, film: Hashable) -> None:
        """Note that a stream is sent that video no longer."""
        pixels, streams = self._shared_videos.pop(film)
        if streams > 1:
            self._shared_videos[film] = (pixels, streams - 1)

    def leave(self, stream_id: str) -> None:
        """Note that a stream has ended."""
        self._streams.pop(stream_id, None)

    def place(self, source: Source) -> AbstractAsyncContextManager[None]:
        """Return what is to be held while a picture of ``source`` is made for this device."""
        of_one = self._making_of.get(source.identity)
        if of_one is None:
            of_one = self._making_of[source.identity] = asyncio.Semaphore(MOST_MAKING_OF_ONE)
        return Place(of_one, self._making, self._crowd.making)

    @contextlib.asynccontextmanager
    async def snapshot(self) -> AsyncIterator[None]:
        """Count a single picture while it is asked for and not given yet.

        Raises:
            TooMuch: the device waits for as many as it may.
        """
        if self.snapshots >= MOST_SNAPSHOTS:
            raise TooMuch("too_many_snapshots", TOO_MANY_SNAPSHOTS)
        self.snapshots += 1
        try:
            yield
        finally:
            self.snapshots -= 1


class Allowances:
    """Those of all devices that are there, and of the latest that were. Loop only."""

    def __init__(self) -> None:
        # A device that leaves and comes again at once is not to begin anew.
        self._latest: deque[Allowance] = deque(maxlen=LATEST_KEPT)
        self._devices: WeakValueDictionary[Party, Allowance] = WeakValueDictionary()
        self._crowds: WeakValueDictionary[str, Crowd] = WeakValueDictionary()

    def __len__(self) -> int:
        """Return of how many devices something is kept."""
        return len(self._devices)

    def of(self, viewer: Viewer) -> Allowance:
        """Return the allowance of the viewer's device; the owner is one, whatever programs he uses."""
        party = Party(viewer.who.peer.key, viewer.device_id) if isinstance(viewer.who, Guest) else Party("host", "")
        found = self._devices.get(party)
        if found is None:
            crowd = self._crowds.get(party.crowd)
            if crowd is None:
                crowd = self._crowds[party.crowd] = Crowd()
            found = self._devices[party] = Allowance(party, crowd)
            self._latest.append(found)
        return found


def _rendition(options: StreamOptions) -> Hashable:
    """Return what has to be made for who has these options: a video is one for each speed."""
    return (options.rendition, options.fps if options.format in ("h264", "auto") else None, options.format)
