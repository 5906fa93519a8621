"""Everything between the sources of this computer and its viewers, wired once for the tray app, ``serve`` and tests."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from capture.feed.catalog import Catalog
from capture.feed.hub import Hub
from capture.platforms.choose import make_backend, make_picker
from capture.platforms.contract import Backend
from capture.platforms.demo import demo_source
from capture.platforms.generations import Generations
from capture.privacy.exclusions import Exclusions
from capture.source import Source
from capture.video.encoder import video_encoders
from server.access.control import AccessControl
from server.access.one_time_guests import GONE_SECONDS, OneTimeGuests
from server.access.persistence import AccessPersister
from server.access.rebinding import Rebinding
from server.picks import PickFile
from server.protocol.options import StreamOptions
from server.server import Server
from server.sharing import ShareList, ShareRule
from server.stream.registry import SessionRegistry

log = logging.getLogger(__name__)


class Host:
    """The parts, joined and not started: `catalog` and `server` are started by the owner of the host. Loop only.

    Attributes:
        exclusions: programs that are never shown.
        catalog: what there is; hub: pictures of it; shares: what of it viewers may see.
        access: who may see it; persister: what writes that to disk, None where nothing is kept.
        registry: who is watching; server: where they come in.
    """

    def __init__(
        self,
        rules: tuple[ShareRule, ...] = (),
        options: StreamOptions | None = None,
        *,
        exclusions: Exclusions | None = None,
        catalog: Catalog | None = None,
        windows: bool = True,
        backend: Callable[[Source], Backend] | None = None,
        has_video: bool = True,
        folder: Path | None = None,
        say: Callable[[str], None] | None = None,
        host_needs_token: bool = False,
        page_fps: float | None = None,
        allow_origins: Iterable[str] = (),
        names: Iterable[str] = (),
        gone_seconds: float = GONE_SECONDS,
    ) -> None:
        """Wire everything.

        Args:
            rules: what is shared at first.
            options: what new viewers begin with; ``page_fps`` is what our own page begins with instead.
            catalog, backend: others in place of this computer's; without ``windows`` none are listed.
            folder: where links, devices and the access log are kept, None for nowhere; ``say`` gets a sentence when
                that cannot be written to, else the log does.
            host_needs_token: this computer needs a link as well.
            allow_origins, names: see `Server`.
            gone_seconds: see `OneTimeGuests`.
        """
        self.exclusions = exclusions or Exclusions()
        generations = Generations()
        picker = None if catalog or not windows else make_picker(None if folder is None else PickFile(folder))
        self.catalog = catalog or Catalog(
            (demo_source(),), windows=windows, exclusions=self.exclusions, generations=generations, picker=picker
        )
        take = backend or partial(make_backend, exclusions=self.exclusions, generations=generations, picker=picker)
        self.hub = Hub(take, video_encoders() if has_video else None)
        self.hub.follow(self.catalog)
        self.shares = ShareList(self.catalog, rules)
        self.persister = None if folder is None else AccessPersister(folder, say or log.warning)
        self.access = _access(self.shares, self.persister, host_needs_token)
        self.registry = SessionRegistry(
            self.hub, self.shares, options or StreamOptions(), page_fps=page_fps, access=self.access
        )
        self.server = Server(
            self.hub,
            self.catalog,
            self.shares,
            self.registry,
            allow_origins=frozenset(allow_origins),
            names=frozenset(names),
        )
        self._rebinding = Rebinding(self.access, self.shares)
        self._guests = OneTimeGuests(self.access.devices, self.registry.watching_devices, gone_seconds)
        self._unfollow = (
            self.shares.subscribe(self._rebinding.follow),
            self.registry.subscribe(self._guests.follow),
        )

    @property
    def problems(self) -> tuple[str, ...]:
        """Return sentences about what was wrong with what was kept."""
        return () if self.persister is None else tuple(self.persister.problems)

    def settle(self) -> None:
        """Write what is to be kept and has not been written yet."""
        if self.persister is not None:
            self.persister.settle()

    async def close(self) -> None:
        """End everything, in the order in which it depends on each other."""
        self.settle()
        await self.server.stop()
        for unfollow in self._unfollow:
            unfollow()
        self._guests.close()
        self.registry.close()
        if self.persister is not None:
            self.persister.close()
        self.shares.close()
        self.catalog.stop()
        await self.hub.close()


def _access(shares: ShareList, persister: AccessPersister | None, host_needs_token: bool) -> AccessControl:
    """Return who may see ``shares``; with ``persister``, as it was when this ran last."""
    if persister is None:
        return AccessControl(shares, host_needs_token=host_needs_token)
    access = AccessControl(
        shares, persister.kept, persister.write, persister.write_refused, host_needs_token=host_needs_token
    )
    persister.follow(access)
    return access
