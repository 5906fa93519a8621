"""The live list of what can be shown."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from functools import partial

from capture import reasons
from capture.errors import CaptureError
from capture.events import Listeners
from capture.platforms.choose import make_listers
from capture.platforms.contract import Lister, Listing, Picker
from capture.platforms.generations import Generations
from capture.platforms.monitors import KnownMonitors
from capture.platforms.picks import Picking
from capture.privacy.exclusions import Exclusions
from capture.reason import NOTHING
from capture.source import Condition, Source, Unsubscribe

FIRST_LIST_SECONDS = 5.0
AWAITED = Condition("waiting", reasons.LIST_AWAITED)


class Catalog:
    """The sources that can be shown right now, kept up to date while started. Loop only.

    Attributes:
        sources: demo, desktop, monitors, windows and what was picked; an immutable snapshot, replaced whole.
        condition: ``live``, or ``waiting`` with the reason why there are no windows; screens that were known stay.
            Also a live one may have a reason: why there are no screens, or no monitors.
        is_ready: the first list is there, or after five seconds it is said that there is none.
        picker: has the person pick sources in the desktop's dialog, None where there is no such thing.
        picking: what that tells.
        is_listed: there has been a list of everything; before that, nothing can be said of a window that is not in it.
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
        # What each lister has told last, and which have found all there is at least once.
        self._listings: list[Listing] = []
        self._have_listed: set[int] = set()
        self._fixed = fixed
        self._wants_windows = windows
        self.sources = fixed
        self.condition = Condition("live")
        self._listeners = Listeners()
        self._listers: tuple[Lister, ...] = ()
        self._stopped: list[Lister | Picker] = []
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

        try:
            self._listers = make_listers(
                partial(_post, loop, self._receive), self._exclusions, self._generations, self._monitors
            )
        except CaptureError as fault:
            self.condition = Condition("waiting", fault.reason)
            self._listings = [Listing((), self.condition)]
            self._ready.set()
            return
        self.condition = AWAITED
        self._listings = [Listing((), AWAITED) for _ in self._listers]
        self.is_ready = self.is_listed = False
        self._patience = loop.call_later(FIRST_LIST_SECONDS, self._lose_patience)
        if self.picker is not None:
            self.picker.start(partial(_post, loop, self._receive_picks))
        for lister in self._listers:
            lister.start()
        self._unfollow = self._exclusions.subscribe(self._look_again)

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
        listers, self._listers = self._listers, ()
        ending = (*(() if self.picker is None or not listers else (self.picker,)), *listers)
        for each in ending:
            each.stop()
        self._stopped += ending

    async def ended(self) -> None:
        """Return when the watching thread has ended, after two seconds at the latest."""
        for each in self._stopped:
            await asyncio.get_running_loop().run_in_executor(None, each.join, 2.0)

    def _look_again(self) -> None:
        for lister in self._listers:
            lister.look_again()

    def _receive(self, number: int, listing: Listing) -> None:
        """Take over what one of the listers, the one with this number, tells."""
        if not self._listers:
            return
        if listing.condition.state == "waiting":
            # The display is gone and may return: its screens do with it, and who watches one is not sent away.
            # Its windows are other ones then.
            known = self._listings[number].sources
            screens = tuple(source for source in known if source.kind in ("desktop", "monitor"))
            listing = Listing(screens, listing.condition)
        else:
            self._have_listed.add(number)
        self._listings[number] = listing
        self.is_ready |= all(each.condition != AWAITED for each in self._listings)
        self.is_listed |= len(self._have_listed) == len(self._listers)
        if self.is_ready:
            self._ready.set()
        self._show()

    def _receive_picks(self, picking: Picking) -> None:
        if self._listers:
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
        listed = (source for listing in self._listings for source in listing.sources)
        sources = (*self._fixed, *listed, *self.picking.sources)
        condition = joined(tuple(listing.condition for listing in self._listings), self.picking)
        news = (sources, condition, self.picking.is_there)
        if news != self._shown:
            self._shown = news
            self.sources, self.condition = sources, condition
            self._listeners.tell()


def joined(conditions: Iterable[Condition], picking: Picking) -> Condition:
    """Return how all lists are together: ``live`` while one is, with every reason there is, each once.

    Of what can be picked nothing is said before the first list is there.
    """
    told = tuple(conditions) or (Condition("live"),)
    if AWAITED in told:
        return AWAITED
    is_live = picking.is_there or any(each.state == "live" for each in told)
    reason = NOTHING
    for more in dict.fromkeys((*(each.reason for each in told), picking.reason)):
        reason = reasons.BOTH.of(first=reason, second=more) if reason and more else reason or more
    return Condition("live" if is_live else "waiting", reason)


def _post(loop: asyncio.AbstractEventLoop, receive: Callable[..., None], *news: object) -> None:
    """Have the loop receive what another thread tells."""
    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
        loop.call_soon_threadsafe(receive, *news)
