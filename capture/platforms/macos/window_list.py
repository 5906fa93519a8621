"""The windows and displays that there are, from one thread of its own.

macOS tells a program without the right to control the computer of no window that opens or closes: it is asked once a
second, and when somebody calls.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Callable

from capture import reasons
from capture.errors import CaptureError, DisplayGone
from capture.picture.pixels import Rect
from capture.platforms.contract import Listing
from capture.platforms.generations import Generations
from capture.platforms.macos.frameworks import ask_once, is_permitted, pool
from capture.platforms.macos.images import drawn, straight
from capture.platforms.macos.processes import KnownProcesses, Process
from capture.platforms.macos.screens import Display, displays, label_of, scale_at
from capture.platforms.macos.top_windows import TopWindow, may_be_shown, top_windows
from capture.platforms.monitors import KnownMonitors
from capture.platforms.threads import WakeableThread
from capture.platforms.waiting import wait_readable
from capture.privacy.exclusions import Exclusions
from capture.source import DESKTOP_ID, Condition, Icon, Source, State, clean_text
from resources.translate import N_

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
ICON_PIXELS = 64


class MacWindowList(WakeableThread):
    """Tells of every change of the windows and displays, from its own thread, until `stop`; see `MakeLister`."""

    def __init__(
        self, tell: Callable[[Listing], None], exclusions: Exclusions, generations: Generations, monitors: KnownMonitors
    ) -> None:
        super().__init__("windows", self._body)
        self._tell = tell
        self._exclusions = exclusions
        self._rules = exclusions.rules
        self._monitors = monitors
        self._told: Listing | None = None
        self._processes = KnownProcesses()
        self._asked = generations
        # By a window's number and its program's.
        self._generations: dict[tuple[int, int], str] = {}
        self._known: dict[int, Source] = {}
        self._icons: dict[int, Icon | None] = {}

    def look_again(self) -> None:
        """Have the list made again, after the guard's rules have changed."""
        self.call()

    # The list's thread from here on.

    def _body(self) -> None:
        self._asked.answer_from(self.call)
        try:
            while not self.is_stopping:
                self._look()
                self._rest()
        finally:
            self._asked.answer_from(None)

    def _look(self) -> None:
        try:
            with pool():
                listing = self._listing()
        except ImportError as error:
            reason = reasons.FRAMEWORKS_MISSING.of(problem=str(error))
            listing = Listing((), Condition("waiting", reason))
        except CaptureError as fault:
            listing = Listing((), Condition("waiting", fault.reason))
        except Exception:
            # The thread's border: the list stays empty until it works again.
            log.exception("listing the windows failed")
            listing = Listing((), Condition("waiting", reasons.LIST_FAILED))
        if listing != self._told:
            self._told = listing
            self._tell(listing)

    def _listing(self) -> Listing:
        if not is_permitted():
            # Titles are not told then, and of no window there is a picture.
            ask_once()
            raise DisplayGone(reasons.SCREEN_RECORDING_OFF)
        try:
            return Listing(self._sources(), Condition("live"))
        except OSError as error:
            raise DisplayGone(reasons.LIST_FAILED) from error

    def _rest(self) -> None:
        """Sleep until the next look; answer those that ask meanwhile."""
        end = time.monotonic() + LOOK_SECONDS
        while not self.is_stopping and (left := end - time.monotonic()) > 0:
            if not wait_readable((self.descriptor,), left):
                return
            self.take_calls()
            # Without an answer it is said that the list is silent.
            with contextlib.suppress(ImportError, OSError), pool():
                self._asked.answer(self._generations_now)
            if self._exclusions.rules is not self._rules:
                return

    def _generations_now(self) -> dict[int, str]:
        found = ((top.window, self._generations.get((top.window, top.pid))) for top in top_windows())
        return {window: generation for window, generation in found if generation is not None}

    def _sources(self) -> tuple[Source, ...]:
        self._rules = self._exclusions.rules
        there_now = displays()
        tops = {top.window: top for top in top_windows()}
        there = {(top.window, top.pid) for top in tops.values()}
        self._generations = {key: each for key, each in self._generations.items() if key in there}
        self._icons = {pid: icon for pid, icon in self._icons.items() if any(pid == each for _, each in there)}
        # Windows keep their places: that of the uppermost changes with every click.
        order = [*(window for window in self._known if window in tops), *(w for w in tops if w not in self._known)]
        read = ((window, self._read(tops[window], there_now)) for window in order)
        self._known = {window: source for window, source in read if source is not None}
        return (*self._screens(there_now), *self._known.values())

    def _screens(self, found: list[Display]) -> tuple[Source, ...]:
        # Each display comes by itself: of several together there is no picture, and the stream says so.
        whole = found[0].size if len(found) == 1 else (0, 0)
        state: State = "live" if len(found) == 1 else "waiting"
        desktop = Source(DESKTOP_ID, "desktop", N_("Whole desktop"), "", *whole, state=state)
        monitors = ((each.output, label_of(each), Rect(0, 0, *each.size)) for each in found)
        return (desktop, *self._monitors.sources(monitors))

    def _read(self, top: TopWindow, there: list[Display]) -> Source | None:
        """Return a window as it is, None when it is never shown, or none for people."""
        process = self._processes.of(top.pid)
        if top.pid == os.getpid() or not may_be_shown(top, process, self._rules):
            return None
        # One that was on the screen stays in the list while it is minimised, also without a title.
        if not top.is_for_people(process) and top.window not in self._known:
            return None
        key = (top.window, top.pid)
        if key not in self._generations:
            self._generations[key] = self._asked.next()
        scale = scale_at(top.place, there)
        return Source(
            id=str(top.window),
            kind="window",
            title=clean_text(top.title),
            app=clean_text(process.name) or clean_text(top.owner),
            width=round(top.place.width * scale),
            height=round(top.place.height * scale),
            state=top.condition.state,
            pid=top.pid,
            started=process.started,
            icon=self._icon(top.pid, process),
            generation=self._generations[key],
        )

    def _icon(self, pid: int, process: Process) -> Icon | None:
        if pid not in self._icons:
            image = None if process.program is None else process.program.icon()
            pixels = None if image is None else drawn(image, ICON_PIXELS, ICON_PIXELS)
            self._icons[pid] = None if pixels is None else Icon(ICON_PIXELS, ICON_PIXELS, straight(pixels).tobytes())
        return self._icons[pid]
