"""Joins who gets in to what the person sees of it: header, tray, and the windows of PIN, consent and links."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from gui.consent import ConsentWindow
from gui.controller import Controller
from gui.doors import Doors
from gui.doors_state import failure_words
from gui.encryption import Encryption
from gui.encryption_window import EncryptionWindow
from gui.link_words import LinkWish
from gui.links import LinksWindow
from gui.panel import Panel
from gui.pin import PinWindow
from gui.qr import show_qr
from gui.sharing import copy_to_clipboard
from gui.state import Message
from gui.tray import Tray
from gui.visits import Visits


class Doorway:
    """The windows about access, and what is wished in them. Loop only."""

    def __init__(
        self,
        controller: Controller,
        doors: Doors,
        encryption: Encryption,
        panel: Panel,
        tray: Tray,
        log_path: Path,
    ) -> None:
        self._controller = controller
        self._encryption = encryption
        self._doors = doors
        self._panel = panel
        self._tray = tray
        self._log_path = log_path
        self._asked: set[int] = set()
        self.pin = PinWindow(panel)
        self.consent = ConsentWindow()
        self.links = LinksWindow(panel)
        self.encryption = EncryptionWindow(panel)
        self._visits = Visits(self._say_visit)
        entrances = panel.entrances
        entrances.reach.wished.connect(doors.choose)
        entrances.reach.opened.connect(doors.look)
        entrances.pin_wished.connect(self._show_pin)
        entrances.links_wished.connect(self._show_links)
        entrances.log_wished.connect(self._show_log)
        entrances.tells_visits_wished.connect(doors.set_tells_visits)
        entrances.asks_here_wished.connect(doors.set_asks_here)
        entrances.encrypt_wished.connect(encryption.switch)
        entrances.certificate_wished.connect(self._show_certificate)
        self.encryption.switched.connect(encryption.switch)
        self.encryption.files_wished.connect(encryption.use_files)
        encryption.subscribe(self._show_encryption)
        panel.viewers.forget_wished.connect(doors.forget)
        panel.viewers.block_wished.connect(doors.block)
        panel.viewers.answer_wished.connect(self.consent.come_forward)
        self.links.make_wished.connect(self._make_link)
        self.links.change_wished.connect(self._change_link)
        self.links.rename_wished.connect(self._rename_link)
        self.links.copy_wished.connect(self._copy_chosen)
        self.links.qr_wished.connect(self._show_chosen)
        self.links.revoke_wished.connect(lambda link_id: self.links.say(doors.revoke_link(link_id)))
        self.links.forget_wished.connect(doors.forget_devices)
        self.links.unblock_wished.connect(doors.unblock)
        self.pin.new_wished.connect(doors.show_pin)
        self.pin.hide_wished.connect(doors.hide_pin)
        self.consent.answered.connect(doors.answer)
        self._unsubscribe = doors.access.lockout.subscribe(self._say_guesser)
        doors.subscribe(self.show)
        controller.subscribe(self._follow_viewers)
        self.show()
        self._show_encryption()

    def show(self) -> None:
        """Show how things are."""
        state = self._doors.state
        self._panel.show_doors(state)
        self._tray.show_doors(state)
        if self.pin.isVisible():
            self.pin.show_doors(state)
        self.consent.show_doors(state)
        self._show_in_links()
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
        self._unsubscribe()
        self._visits.close()
        self.consent.hide()
        self.pin.hide()
        self.links.hide()
        self.encryption.hide()

    def _show_pin(self) -> None:
        self._doors.show_pin()
        self._doors.refresh_now()
        self.pin.show_doors(self._doors.state)
        self.pin.show()
        self.pin.raise_()

    def _show_links(self) -> None:
        self.links.show()
        self.links.raise_()
        self.links.activateWindow()
        self._show_in_links()

    def _show_certificate(self) -> None:
        self._show_encryption()
        self.encryption.show()
        self.encryption.raise_()
        self.encryption.activateWindow()

    def _show_encryption(self) -> None:
        self._panel.entrances.encrypt.setChecked(self._encryption.is_on)
        self.encryption.show_encryption(self._encryption)

    def _show_in_links(self) -> None:
        if self.links.isVisible():
            shared = tuple(row.source for row in self._controller.state.shared)
            self.links.show_doors(self._doors.state, shared)

    def _make_link(self, wish: LinkWish) -> None:
        self._say_in_form(self._doors.make_link(wish))

    def _change_link(self, link_id: str, wish: LinkWish) -> None:
        self._say_in_form(self._doors.change_link(link_id, wish))

    def _say_in_form(self, problem: str) -> None:
        if problem:
            self.links.say(problem)
        else:
            self.links.close_form()

    def _rename_link(self, link_id: str, name: str) -> None:
        self.links.say(self._doors.rename_link(link_id, name))
        self._doors.refresh_now()
        self._show_in_links()

    def _copy_chosen(self, link_id: str) -> None:
        url = self._doors.url_of(link_id)
        if url:
            copy_to_clipboard(url)
            self.links.say("The link is in the clipboard. Whoever gets it gets in.")

    def _show_chosen(self, link_id: str) -> None:
        url = self._doors.url_of(link_id)
        if url:
            show_qr(url, self.links, self._doors.access.links.all[link_id].name)

    def _show_log(self) -> None:
        if not self._log_path.exists():
            self._controller.tell(Message("log", "Nobody has watched yet, so there is no access log.", "notice"))
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_path))):
            words = "This desktop has no program that shows text files. The access log is"
            self._controller.tell(Message("log", f"{words} {self._log_path}", "notice"))

    def _follow_viewers(self) -> None:
        self._visits.show(self._controller.state.viewers)
        self._show_in_links()

    def _say_guesser(self) -> None:
        """Say beside the tray's icon who has to wait now, once for each wait."""
        latest = self._doors.access.lockout.failures[0]
        if latest.wait_seconds > 0:
            self._tray.say("Somebody tries to get in", failure_words((latest,)))

    def _say_visit(self, title: str, words: str) -> None:
        if self._controller.settings.tells_visits:
            self._tray.say(title, words)
