"""Joins who gets in to what the person sees of it: header, tray, and the windows of PIN, consent and links."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from gui.consent import ConsentWindow
from gui.controller import Controller
from gui.doors import Doors
from gui.panel import Panel
from gui.pin import PinWindow
from gui.sharing import copy_to_clipboard
from gui.state import Message
from gui.tray import Tray
from gui.visits import Visits


class Doorway:
    """The windows about access, and what is wished in them. Loop only."""

    def __init__(self, controller: Controller, doors: Doors, panel: Panel, tray: Tray, log_path: Path) -> None:
        self._controller = controller
        self._doors = doors
        self._panel = panel
        self._tray = tray
        self._log_path = log_path
        self._asked: set[int] = set()
        self.pin = PinWindow(panel)
        self.consent = ConsentWindow()
        self._visits = Visits(self._say_visit)
        entrances = panel.entrances
        entrances.reach.wished.connect(doors.choose)
        entrances.reach.opened.connect(doors.look)
        entrances.pin_wished.connect(self._show_pin)
        entrances.log_wished.connect(self._show_log)
        entrances.tells_visits_wished.connect(doors.set_tells_visits)
        panel.viewers.forget_wished.connect(doors.forget)
        panel.viewers.block_wished.connect(doors.block)
        panel.viewers.answer_wished.connect(self.consent.come_forward)
        self.pin.new_wished.connect(doors.show_pin)
        self.pin.hide_wished.connect(doors.hide_pin)
        self.consent.answered.connect(doors.answer)
        doors.subscribe(self.show)
        controller.subscribe(self._follow_viewers)
        self.show()

    def show(self) -> None:
        """Show how things are."""
        state = self._doors.state
        self._panel.show_doors(state)
        self._tray.show_doors(state)
        if self.pin.isVisible():
            self.pin.show_doors(state)
        self.consent.show_doors(state)
        new = {question.id for question in state.questions} - self._asked
        self._asked = {question.id for question in state.questions}
        if new and (not self._panel.isVisible() or self._panel.isMinimized()):
            asking = next(question for question in state.questions if question.id in new)
            self._tray.say("Somebody asks to watch", f"{asking.address} ({asking.browser}) waits for your answer.")

    def copy_link(self) -> None:
        """Put the whole address into the clipboard."""
        if self._controller.state.is_sharing:
            copy_to_clipboard(self._doors.state.full_url or self._controller.state.url)
            self._panel.sharing.say_copied()

    def close(self) -> None:
        """Show nothing any more."""
        self._visits.close()
        self.consent.hide()
        self.pin.hide()

    def _show_pin(self) -> None:
        self._doors.show_pin()
        self._doors.refresh_now()
        self.pin.show_doors(self._doors.state)
        self.pin.show()
        self.pin.raise_()

    def _show_log(self) -> None:
        if not self._log_path.exists():
            self._controller.tell(Message("log", "Nobody has watched yet, so there is no access log.", "notice"))
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_path))):
            words = "This desktop has no program that shows text files. The access log is"
            self._controller.tell(Message("log", f"{words} {self._log_path}", "notice"))

    def _follow_viewers(self) -> None:
        self._visits.show(self._controller.state.viewers)

    def _say_visit(self, title: str, words: str) -> None:
        if self._controller.settings.tells_visits:
            self._tray.say(title, words)
