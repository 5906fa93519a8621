"""What the person hears of while the panel is out of sight: beside the tray's icon or, on desktops without a tray, as a
notice of the desktop's own. Each kind can be switched off, all of them for an hour, or while viewers would see them.

Questions are the desktop's own wherever that has buttons to answer them with.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial

from gui.core.notices.kinds import Kind, Notice, is_wanted, joined
from gui.core.notices.quiet import is_quiet
from gui.core.settings import Settings
from gui.desktop.notification_service import DesktopNotices
from gui.desktop.tray import Tray
from resources.translate import _
from server.access.consent import Answer, Question

log = logging.getLogger(__name__)

GATHER_SECONDS = 3.0
"""What follows a notice within so long becomes one with what else does."""


class Notices:
    """Says what is wanted, where it is seen. Loop only."""

    def __init__(
        self,
        tray: Tray,
        settings: Callable[[], Settings],
        pressed: Callable[[str], None],
        address: str | None = None,
        *,
        is_screen_shared: Callable[[], bool] = lambda: False,
        is_locked: Callable[[], bool] = lambda: False,
        gather_seconds: float = GATHER_SECONDS,
    ) -> None:
        """``settings()`` returns those in force; ``pressed`` gets the kind of a desktop's notice that was pressed;
        ``address`` is the bus, else the session's; ``is_screen_shared()`` tells whether viewers would see a notice,
        ``is_locked()`` whether this computer is locked; with ``gather_seconds`` of 0 nothing is gathered."""
        self._tray = tray
        self._settings = settings
        self._pressed = pressed
        self._asked: dict[str, tuple[Notice, Callable[[Answer], object]]] = {}
        self._desktop = DesktopNotices(self._press, address)
        self._is_screen_shared = is_screen_shared
        self._is_locked = is_locked
        self._gather_seconds = gather_seconds
        self._gathered: list[Notice] = []
        self._timer: asyncio.TimerHandle | None = None

    def say(self, kind: Kind, title: str, words: str) -> None:
        """Say something, at once or together with what else comes now, unless it is not wanted."""
        self._take(Notice(kind, title, words))

    def ask(self, question: Question, title: str, words: str, answer: Callable[[Answer], object]) -> None:
        """Say that somebody wants to watch; where the notice has buttons, ``answer`` gets what is pressed."""
        notice = Notice("questions", title, words, question.id)
        if self._take(notice):
            self._asked[_name(question.id)] = notice, answer

    def withdraw(self, question_id: int) -> None:
        """Take away what is said of a question that is no longer open."""
        self._gathered = [notice for notice in self._gathered if notice.question != question_id]
        self._asked.pop(_name(question_id), None)
        self._desktop.withdraw(_name(question_id))
        if not self._asked:
            self._desktop.withdraw("questions")  # of several at once

    async def close(self) -> None:
        """Say nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
        await self._desktop.close()

    def _take(self, notice: Notice) -> bool:
        """Show it now or soon; tell whether that is wanted."""
        if not self._is_wanted(notice.kind):
            return False
        if self._timer is None:
            self._show(notice)
            if self._gather_seconds:
                self._timer = asyncio.get_running_loop().call_later(self._gather_seconds, self._show_gathered)
        else:
            self._gathered.append(notice)
        return True

    def _is_wanted(self, kind: Kind) -> bool:
        settings = self._settings()
        if is_quiet(settings, time.time()) or (settings.hides_notices and self._is_screen_shared()):
            return False
        return is_wanted(kind, settings)

    def _show_gathered(self) -> None:
        self._timer = None
        notices = [notice for notice in self._gathered if self._is_wanted(notice.kind)]
        self._gathered = []
        if notices:
            self._show(joined(notices))
            self._timer = asyncio.get_running_loop().call_later(self._gather_seconds, self._show_gathered)

    def _show(self, notice: Notice) -> None:
        if notice.question is not None:
            answers = {"allow": _("Allow"), "deny": _("Deny")}
            name = _name(notice.question)
            self._desktop.ask(name, notice.title, notice.words, answers, partial(self._show_without, notice))
        else:
            self._show_plain(notice)

    def _show_without(self, notice: Notice) -> None:
        """Show a question that cannot be answered where it is shown, unless it has been answered."""
        if notice.question is not None and _name(notice.question) in self._asked:
            self._show_plain(notice)

    def _show_plain(self, notice: Notice) -> None:
        if self._tray.is_there:
            self._tray.say(notice.title, notice.words)
        else:
            name = notice.kind if notice.question is None else _name(notice.question)
            self._desktop.say(name, notice.title, notice.words, urgent=notice.kind == "questions")

    def _press(self, name: str, pressed: str) -> None:
        asked = self._asked.get(name)
        if pressed not in ("allow", "deny"):
            self._pressed("questions" if asked is not None else name)
        elif asked is not None:
            notice, answer = asked
            if pressed == "deny":
                answer("deny")
            elif not self._is_locked():
                answer("allow")
            else:
                # Some desktops show notices over the lock screen, where anybody can press them.
                log.warning("nobody is let in while this computer is locked; the question is asked again")
                self._desktop.withdraw(name)
                self._show(notice)


def _name(question_id: int) -> str:
    """Return what the notice of a question is called among all; each question has a number of its own."""
    return f"question-{question_id}"
