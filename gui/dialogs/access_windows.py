"""Joins who gets in to what the person sees of it: header, tray, and the windows of PIN, consent and links."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from gui.core.access import AccessController
from gui.core.access_state import failure_words
from gui.core.controller import Controller
from gui.core.encryption import Encryption
from gui.core.link_text import LinkOptions
from gui.core.notices.kinds import is_wanted
from gui.core.notices.visits import ViewerNotices
from gui.core.state import Message
from gui.deferred import Deferred
from gui.desktop.notices import Notices
from gui.desktop.tray import Tray
from gui.widgets.clipboard import copy_to_clipboard
from gui.widgets.fixed import fix
from resources.translate import _
from server.access.consent import Question
from server.access.lockout import Failure
from server.access.persistence import AccessPersister

if TYPE_CHECKING:
    from gui.dialogs.consent import ConsentWindow
    from gui.dialogs.encryption import EncryptionWindow
    from gui.dialogs.host_names import HostNamesWindow
    from gui.dialogs.links import LinksWindow
    from gui.dialogs.pin import PinWindow
    from gui.panel.window import Panel


class AccessWindows:
    """The windows about access, each made when it first opens, and what is wished in them. Loop only.

    The window that asks whether somebody may watch needs no panel; for the others, `join` comes first.
    """

    def __init__(
        self,
        controller: Controller,
        access_controller: AccessController,
        encryption: Encryption,
        tray: Tray,
        persister: AccessPersister,
        notices: Notices,
    ) -> None:
        self._controller = controller
        self._encryption = encryption
        self._access_controller = access_controller
        self._panel: Panel | None = None
        self._tray = tray
        self._persister = persister
        self._notices = notices
        self._asked: set[int] = set()
        self._told_failure: Failure | None = None
        self._visits = ViewerNotices(notices.say, lambda kind: is_wanted(kind, controller.settings))
        self._pin = Deferred(self._make_pin)
        self._consent = Deferred(self._make_consent)
        self._links = Deferred(self._make_links)
        self._encryption_window = Deferred(self._make_encryption)
        self._names = Deferred(self._make_names)
        encryption.subscribe(self._show_encryption)
        encryption.copy_link = self.copy_link
        self._unsubscribe = access_controller.access.lockout.subscribe(self._say_guesser)
        access_controller.subscribe(self.show)
        controller.subscribe(self._follow_viewers)
        self.show()

    @property
    def pin(self) -> PinWindow:
        """Return the window of the PIN."""
        return self._pin()

    @property
    def consent(self) -> ConsentWindow:
        """Return the window that asks whether somebody may watch."""
        return self._consent()

    @property
    def links(self) -> LinksWindow:
        """Return the window of the links."""
        return self._links()

    @property
    def encryption(self) -> EncryptionWindow:
        """Return the window of the certificate."""
        return self._encryption_window()

    @property
    def names(self) -> HostNamesWindow:
        """Return the window of this computer's names."""
        return self._names()

    def show(self) -> None:
        """Show how things are."""
        state = self._access_controller.state
        if self._panel is not None:
            self._panel.show_access(state)
        self._tray.show_access(state)
        if self._pin.made is not None and self._pin.made.isVisible():
            self._pin.made.show_access(state)
        if state.questions or self._consent.made is not None:
            self.consent.show_access(state)
        self._show_in_links()
        self._say_questions(state.questions)

    def translate(self) -> None:
        """Have all windows be made anew, in the language in use: those that are open at once, the others when they
        open."""
        old = (*self._all(),)
        windows = (self._pin, self._links, self._encryption_window, self._names)
        shown = [window for window in windows if window.made is not None and window.made.isVisible()]
        places = [window().geometry() for window in shown]
        for each in (self._pin, self._consent, self._links, self._encryption_window, self._names):
            each.forget()
        self.show()
        for again, place in zip(shown, places, strict=True):
            again().setGeometry(place)
            again().show()
        for window in old:
            window.hide()
            window.deleteLater()
        if self._pin.made is not None:
            self.pin.show_access(self._access_controller.state)
        if self._names.made is not None:
            self.names.ask(self._access_controller.state.names)
        self._show_in_links()

    def join(self, panel: Panel) -> None:
        """Show who gets in in ``panel`` from now on, and do what is wished there."""
        self._panel = panel
        access_controller, access_bar = self._access_controller, panel.access_bar
        access_bar.reach.requested.connect(access_controller.choose)
        access_bar.reach.opened.connect(access_controller.look)
        access_bar.pin_requested.connect(self._show_pin)
        access_bar.links_requested.connect(self._show_links)
        access_bar.log_requested.connect(self._show_log)
        access_bar.refused_requested.connect(self._show_refused)
        access_bar.notice_requested.connect(access_controller.set_notice)
        access_bar.asks_here_requested.connect(access_controller.set_asks_here)
        access_bar.encrypt_requested.connect(self._encryption.switch)
        access_bar.certificate_requested.connect(self._show_certificate)
        access_bar.names_requested.connect(lambda: self.names.ask(access_controller.state.names))
        panel.viewers.disconnect_requested.connect(access_controller.partings.disconnect)
        panel.viewers.forget_requested.connect(access_controller.partings.forget)
        panel.viewers.block_requested.connect(access_controller.partings.block)
        panel.viewers.allow_requested.connect(access_controller.partings.allow_again)
        panel.viewers.answer_requested.connect(self._show_consent)
        panel.show_access(access_controller.state)
        self._show_encryption()

    def copy_link(self) -> None:
        """Put the whole address into the clipboard."""
        if self._controller.state.is_sharing:
            copy_to_clipboard(self._access_controller.state.full_url or self._controller.state.url)
            if self._panel is not None:
                self._panel.sharing.say_copied()

    def close(self) -> None:
        """Show nothing any more."""
        self._unsubscribe()
        self._visits.close()
        for window in self._all():
            window.hide()

    def _all(self) -> Iterator[QWidget]:
        """Yield the windows there are."""
        for each in (self._pin, self._consent, self._links, self._encryption_window, self._names):
            if each.made is not None:
                yield each.made

    def _make_pin(self) -> PinWindow:
        from gui.dialogs.pin import PinWindow

        pin = PinWindow(self._panel)
        pin.new_requested.connect(self._access_controller.show_pin)
        pin.hide_requested.connect(self._access_controller.hide_pin)
        return pin

    def _make_consent(self) -> ConsentWindow:
        from gui.dialogs.consent import ConsentWindow

        consent = ConsentWindow()
        consent.answered.connect(self._access_controller.answer)
        return consent

    def _make_links(self) -> LinksWindow:
        from gui.dialogs.links import LinksWindow

        links, partings = LinksWindow(self._panel), self._access_controller.partings
        links.make_requested.connect(self._make_link)
        links.change_requested.connect(self._change_link)
        links.rename_requested.connect(self._rename_link)
        links.copy_requested.connect(self._copy_chosen)
        links.qr_requested.connect(self._show_chosen)
        links.revoke_requested.connect(partings.revoke_link)
        links.forget_requested.connect(partings.forget_devices)
        links.undo_requested.connect(partings.undo)
        links.unblock_requested.connect(self._access_controller.unblock)
        return links

    def _make_encryption(self) -> EncryptionWindow:
        from gui.dialogs.encryption import EncryptionWindow

        window = EncryptionWindow(self._panel)
        window.switched.connect(self._encryption.switch)
        window.files_requested.connect(self._encryption.use_files)
        if "https" in self._controller.fixed:
            fix([window.switch])
        window.show_encryption(self._encryption)
        return window

    def _make_names(self) -> HostNamesWindow:
        from gui.dialogs.host_names import HostNamesWindow

        names = HostNamesWindow(self._panel)
        names.names_requested.connect(self._set_names)
        return names

    def _say_questions(self, questions: tuple[Question, ...]) -> None:
        """Tell of each new question while the panel is out of sight, and of none that is over."""
        before, self._asked = self._asked, {question.id for question in questions}
        for gone in before - self._asked:
            self._notices.withdraw(gone)
        new = [question for question in questions if question.id not in before]
        if not new or (self._panel is not None and self._panel.isVisible() and not self._panel.isMinimized()):
            return
        from gui.dialogs.consent import question_words  # its window is made by now

        for question in new:
            answer = partial(self._access_controller.answer, question.id)
            self._notices.ask(question, _("Someone wants to watch"), question_words(question), answer)

    def _show_consent(self) -> None:
        self.consent.come_forward()

    def _show_pin(self) -> None:
        self._access_controller.show_pin()
        self._access_controller.refresh_now()
        self.pin.show_access(self._access_controller.state)
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
        if self._panel is not None:
            self._panel.access_bar.encrypt.setChecked(self._encryption.is_on)
        if self._encryption_window.made is not None:
            self._encryption_window.made.show_encryption(self._encryption)

    def _set_names(self, texts: tuple[str, ...]) -> None:
        problem = self._access_controller.set_names(texts)
        self.names.say(problem)
        if not problem:
            self.names.accept()

    def _show_in_links(self) -> None:
        if self._links.made is not None and self._links.made.isVisible():
            shared = tuple(row.source for row in self._controller.state.shared)
            self.links.show_access(self._access_controller.state, shared)

    def _make_link(self, wish: LinkOptions, copies: bool) -> None:
        made = self._access_controller.make_link(wish)
        if isinstance(made, str):
            self.links.say(made)
            return
        self.links.close_form()
        self._access_controller.refresh_now()
        self._show_in_links()
        self.links.choose(made.id)
        self.links.say(_("“{name}” was created.").format(name=made.name))
        if copies:
            self._copy_chosen(made.id)

    def _change_link(self, link_id: str, wish: LinkOptions) -> None:
        problem = self._access_controller.change_link(link_id, wish)
        if problem:
            self.links.say(problem)
        else:
            self.links.close_form()
            self.links.say(_("“{name}” was changed. Its address is still the same.").format(name=wish.name))

    def _rename_link(self, link_id: str, name: str) -> None:
        before = self._access_controller.access.links.all.get(link_id)
        problem = self._access_controller.rename_link(link_id, name)
        if problem and before is not None:
            self.links.say(_("A link needs a name. This one is still called “{name}”.").format(name=before.name))
        self._access_controller.refresh_now()
        self._show_in_links()

    def _copy_chosen(self, link_id: str) -> None:
        url = self._access_controller.url_of(link_id)
        if url:
            copy_to_clipboard(url)
            name = self._access_controller.access.links.all[link_id].name
            self.links.say(_("“{name}” is on the clipboard. Anyone with this link can watch.").format(name=name))

    def _show_chosen(self, link_id: str) -> None:
        url = self._access_controller.url_of(link_id)
        if url:
            from gui.widgets.qr import show_qr

            show_qr(url, self.links, self._access_controller.access.links.all[link_id].name)

    def _show_log(self) -> None:
        self._show_file(self._persister.log_path, _("No one has watched yet, so there is no access log."))

    def _show_refused(self) -> None:
        self._show_file(self._persister.refused_path, _("No one has been turned away."))

    def _show_file(self, path: Path, nothing: str) -> None:
        if not path.exists():
            self._controller.tell(Message("log", nothing, "notice"))
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            words = _("This desktop has no program that shows text files. The log is {file}").format(file=path)
            self._controller.tell(Message("log", words, "notice"))

    def _follow_viewers(self) -> None:
        self._visits.show(self._controller.state.viewers)
        self._show_in_links()

    def _say_guesser(self) -> None:
        """Say who has to wait now, once for each wait."""
        latest = next(iter(self._access_controller.access.lockout.failures), None)
        if latest is not None and latest.wait_seconds > 0 and latest != self._told_failure:
            self._told_failure = latest
            self._notices.say("guessers", _("Someone is trying to get in"), failure_words((latest,)))
