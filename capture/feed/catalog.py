"""The live list of what can be shown."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any

from capture import reasons
from capture.errors import CaptureError
from capture.events import Listeners
from capture.platforms.choose import make_window_list
from capture.platforms.contract import Listing, Picker, WindowList
from capture.platforms.generations import Generations
from capture.platforms.monitors import KnownMonitors
from capture.platforms.picks import Picking
from capture.privacy.exclusions import Exclusions
from capture.source import Condition, Source, Unsubscribe

FIRST_LIST_SECONDS = 5.0


class Catalog:
    """The sources that can be shown right now, kept up to date while started. Loop only.

    Attributes:
        sources: demo, desktop, monitors, windows and what was picked; an immutable snapshot, replaced whole.
        condition: ``live``, or ``waiting`` with the reason why there are no windows; screens that were known stay.
            Also a live one may have a reason: why there are no screens, or no monitors.
        is_ready: the first list is there, or after five seconds it is said that there is none.
        picker: has the person pick sources in the desktop's dialog, None where there is no such thing.
        picking: what that tells.
        is_listed: there has been a list of windows; before that, nothing can be said of a window that is not in it.
    """

    def __init__(
        self,
        fixed: tuple[Source, ...] = (),
        windows: bool = True,
        exclusions: Exclusions | None = None,
        generations: Generations | None = None,
        picker: Picker | None = None,
    ) -> None:
        """``fixed`` are sources that are always there, such as the demo; without ``windows`` only those are listed.

        Windows of programs that ``exclusions`` never shows are left out: what is not listed cannot be shared. Without
        one these are the programs on the starting list. ``generations`` are what backends ask whether a window is still
        the one that is listed here. What ``picker`` has picked is listed after the windows.
        """
        self._generations = generations or Generations()
        self._monitors = KnownMonitors()
        self._exclusions = exclusions or Exclusions()
        self._unfollow: Unsubscribe = lambda: None
        self.picker = picker
        self.picking = Picking()
        self._shown: object = (fixed, Condition("live"), False)
        self._listed: tuple[Source, ...] = ()
        self._windows_condition = Condition("live")
        self._fixed = fixed
        self._wants_windows = windows
        self.sources = fixed
        self.condition = Condition("live")
        self._listeners = Listeners()
        self._watch: WindowList | None = None
        self._stopped: list[WindowList | Picker] = []
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

        if self.picker is not None:
            self.picker.start(partial(_post, loop, self._receive_picks))
        try:
            self._watch = make_window_list(
                partial(_post, loop, self._receive), self._exclusions, self._generations, self._monitors
            )
        except CaptureError as fault:
            self.condition = self._windows_condition = Condition("waiting", fault.reason)
            self._ready.set()
            return
        self.condition = self._windows_condition = Condition("waiting", reasons.LIST_AWAITED)
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
        self._fixed = fixed
        self._show()

    def stop(self) -> None:
        """End the watching; the list stays as it was."""
        self._unfollow()
        if self._patience is not None:
            self._patience.cancel()
        self._ready.set()
        if self.picker is not None and self._watch is not None:
            self.picker.stop()
            self._stopped.append(self.picker)
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.stop()
            self._stopped.append(watch)

    async def ended(self) -> None:
        """Return when the watching thread has ended, after two seconds at the latest."""
        for each in self._stopped:
            await asyncio.get_running_loop().run_in_executor(None, each.join, 2.0)

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
            sources = tuple(source for source in self._listed if source.kind in ("desktop", "monitor"))
        self._listed, self._windows_condition = sources, listing.condition
        self._show()

    def _receive_picks(self, picking: Picking) -> None:
        if self._watch is not None:
            self.picking = picking
            # Where there are no windows to list, what was picked is all there can be.
            self.is_listed |= picking.is_there and self.is_ready
            self._show()

    def _lose_patience(self) -> None:
        """Let nobody wait any longer for a list that does not come."""
        if not self.is_ready:
            self.is_ready = True
            self._ready.set()
            self._listeners.tell()

    def _show(self) -> None:
        sources = self._fixed + self._listed + self.picking.sources
        condition, more = self._windows_condition, self.picking.reason
        if more and condition.reason != reasons.LIST_AWAITED:
            is_enough = self.picking.is_there and condition.state == "waiting"
            reason = reasons.BOTH.of(first=condition.reason, second=more) if condition.reason else more
            condition = Condition("live" if is_enough else condition.state, reason)
        news = (sources, condition, self.picking.is_there)
        if news != self._shown:
            self._shown = news
            self.sources, self.condition = sources, condition
            self._listeners.tell()


def _post(loop: asyncio.AbstractEventLoop, receive: Callable[[Any], None], news: object) -> None:
    """Have the loop receive what another thread tells."""
    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
        loop.call_soon_threadsafe(receive, news)
