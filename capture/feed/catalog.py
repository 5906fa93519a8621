"""The live list of what can be shown."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from capture import reasons
from capture.errors import CaptureError
from capture.events import Listeners
from capture.platforms.choose import make_window_list
from capture.platforms.contract import Listing, WindowList
from capture.platforms.generations import Generations
from capture.platforms.monitors import KnownMonitors
from capture.privacy.exclusions import Exclusions
from capture.source import Condition, Source, Unsubscribe

FIRST_LIST_SECONDS = 5.0


class Catalog:
    """The sources that can be shown right now, kept up to date while started. Loop only.

    Attributes:
        sources: demo, desktop, monitors and windows; an immutable snapshot, replaced whole.
        condition: ``live``, or ``waiting`` with the reason why there are no windows; screens that were known stay.
            Also a live one may have a reason: why there are no screens, or no monitors.
        is_ready: the first list is there, or after five seconds it is said that there is none.
        is_listed: there has been a list of windows; before that, nothing can be said of a window that is not in it.
    """

    def __init__(
        self,
        fixed: tuple[Source, ...] = (),
        windows: bool = True,
        exclusions: Exclusions | None = None,
        generations: Generations | None = None,
    ) -> None:
        """``fixed`` are sources that are always there, such as the demo; without ``windows`` only those are listed.

        Windows of programs that ``exclusions`` never shows are left out: what is not listed cannot be shared. Without
        one these are the programs on the starting list. ``generations`` are what backends ask whether a window is still
        the one that is listed here.
        """
        self._generations = generations or Generations()
        self._monitors = KnownMonitors()
        self._exclusions = exclusions or Exclusions()
        self._unfollow: Unsubscribe = lambda: None
        self._fixed = fixed
        self._wants_windows = windows
        self.sources = fixed
        self.condition = Condition("live")
        self._listeners = Listeners()
        self._watch: WindowList | None = None
        self._stopped: WindowList | None = None
        # Until it is started there is nothing to wait for.
        self.is_ready = self.is_listed = True
        self._ready = asyncio.Event()
        self._patience: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to watch the windows."""
        if not self._wants_windows:
            self._ready.set()
            return
        loop = asyncio.get_running_loop()

        def tell(listing: Listing) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
                loop.call_soon_threadsafe(self._receive, listing)

        try:
            self._watch = make_window_list(tell, self._exclusions, self._generations, self._monitors)
        except CaptureError as fault:
            self.condition = Condition("waiting", fault.reason)
            self._ready.set()
            return
        self.condition = Condition("waiting", reasons.LIST_AWAITED)
        self.is_ready = self.is_listed = False
        self._patience = loop.call_later(FIRST_LIST_SECONDS, self._lose_patience)
        self._watch.start()
        self._unfollow = self._exclusions.subscribe(self._watch.look_again)

    async def ready(self) -> None:
        """Return once the first list is there, or after five seconds without one."""
        if not self.is_ready:
            await self._ready.wait()

    def subscribe(self, changed: Callable[[], None]) -> Unsubscribe:
        """Have ``changed()`` called on the loop after each change; return what ends that."""
        return self._listeners.subscribe(changed)

    def set_fixed(self, fixed: tuple[Source, ...]) -> None:
        """Change which sources are always there."""
        windows = self.sources[len(self._fixed) :]
        self._fixed = fixed
        self._show(fixed + windows, self.condition)

    def stop(self) -> None:
        """End the watching; the list stays as it was."""
        self._unfollow()
        if self._patience is not None:
            self._patience.cancel()
        self._ready.set()
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.stop()
            self._stopped = watch

    async def ended(self) -> None:
        """Return when the watching thread has ended, after two seconds at the latest."""
        if self._stopped is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._stopped.join, 2.0)

    def _receive(self, listing: Listing) -> None:
        if self._watch is None:
            return
        sources = listing.sources
        self.is_ready = True
        self.is_listed |= listing.condition.state == "live"
        self._ready.set()
        if listing.condition.state == "waiting":
            # The display is gone and may return: its screens do with it, and who watches one is not sent away.
            # Its windows are other ones then.
            known = self.sources[len(self._fixed) :]
            sources = tuple(source for source in known if source.kind in ("desktop", "monitor"))
        self._show(self._fixed + sources, listing.condition)

    def _lose_patience(self) -> None:
        """Let nobody wait any longer for a list that does not come."""
        if not self.is_ready:
            self.is_ready = True
            self._ready.set()
            self._listeners.tell()

    def _show(self, sources: tuple[Source, ...], condition: Condition) -> None:
        if (sources, condition) != (self.sources, self.condition):
            self.sources, self.condition = sources, condition
            self._listeners.tell()
