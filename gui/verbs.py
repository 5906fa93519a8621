"""Verbs that tray, panel and keys share, each as one action: the entry, the button and the key are faces of it.

Knows neither tray nor panel.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDateTime, QLocale, QObject
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QWidget

from gui.core.state import AppState
from gui.widgets.icons import Icons
from gui.widgets.style import Look, current_look
from resources.translate import N_, _


class Verb(QAction):
    """One thing that can be done. ``text`` is for menus, ``iconText`` for buttons, with a letter to press.

    Attributes:
        icon_name: what `Icons` calls its icon; menus show it, buttons draw it in a colour of their own.
    """

    def __init__(self, parent: QObject, icon_name: str, words: str, label: str = "", tip: str = "") -> None:
        """The words are marked by `N_`."""
        super().__init__(parent)
        self.icon_name = icon_name
        self._words = (words, label, tip)
        self.translate()

    def translate(self) -> None:
        """Say it in the language in use."""
        words, label, tip = self._words
        self.setText(_(words))
        if label:
            self.setIconText(_(label))
        if tip:
            self.setToolTip(_(tip))

    def become(self, words: str, tip: str) -> None:
        """Go by other words, which are marked by `N_`."""
        self._words = (words, "", tip)
        self.translate()


class VerbButton(QPushButton):
    """A verb to press. Its words are the verb's; where and when it is seen is its owner's choice.

    It is pressed in vain while the verb is disabled, and takes no part in that by itself: a button that is disabled
    while it has the keyboard would hand it on to the next one.
    """

    def __init__(self, verb: Verb, name: str) -> None:
        """``name`` is the object's, by which style and tests find it."""
        super().__init__()
        self.verb = verb
        self.setObjectName(name)
        self.clicked.connect(verb.trigger)
        verb.changed.connect(self.show_words)
        self.show_words()

    def show_words(self) -> None:
        """Say what the verb says."""
        self.setText(self.verb.iconText())
        self.setToolTip(self.verb.toolTip())


class Verbs(QObject):
    """All of them, and how they are.

    Attributes:
        start_stop, pause, blank, go_on, copy, open, settings, quiet, quit: ``triggered`` tells that it was asked for.
    """

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._icons = icons
        self._look: Look | None = None
        self.start_stop = Verb(self, "start", N_("Start sharing"))
        self.pause = Verb(
            self,
            "pause",
            N_("Pause"),
            N_("Pa&use"),
            N_("Viewers keep the last picture and get nothing new (Ctrl+P)"),
        )
        self.blank = Verb(
            self, "blank", N_("Blank everything"), N_("&Blank"), N_("Viewers see nothing from now on (Ctrl+B)")
        )
        self.go_on = Verb(self, "start", N_("Resume"), N_("&Resume"), N_("Viewers see live pictures again (Ctrl+B)"))
        self.copy = Verb(
            self, "copy", N_("Copy link"), N_("&Copy link"), N_("Put the link on the clipboard (Ctrl+Shift+C)")
        )
        self.open = Verb(self, "", N_("Open Panecast"))
        self.settings = Verb(self, "", N_("Settings…"), tip=N_("Everything that can be set (Ctrl+,)"))
        self.quiet = Verb(self, "", N_("Quiet for an hour"), tip=N_("No notices for one hour"))
        self.quit = Verb(self, "", N_("Quit"))
        self._quiet_until = 0.0
        self.show_state(AppState())

    def translate(self) -> None:
        """Say all of them in the language in use."""
        first = (self.start_stop, self.pause, self.blank, self.go_on, self.copy, self.open, self.settings, self.quit)
        for verb in first:
            verb.translate()
        self.quiet.translate()
        self.show_quiet(self._quiet_until)

    def show_state(self, state: AppState) -> None:
        """Offer what is possible in ``state``."""
        can_stop = state.phase in ("sharing", "stopping")
        is_blanked = state.blanking is not None
        icon_name = "stop" if can_stop else "start"
        if (icon_name, current_look()) != (self.start_stop.icon_name, self._look):
            self.start_stop.icon_name = icon_name
            self._dress()
        if can_stop:
            self.start_stop.become(N_("Stop sharing"), N_("No one can watch any more (Ctrl+Return)"))
        else:
            self.start_stop.become(N_("Start sharing"), N_("Let browsers show what you selected (Ctrl+Return)"))
        self.start_stop.setEnabled(state.phase in ("idle", "sharing"))
        self.copy.setEnabled(state.is_sharing)
        self.pause.setVisible(not is_blanked)
        self.blank.setVisible(state.blanking is None or state.blanking.state == "paused")
        self.go_on.setVisible(is_blanked)

    def show_quiet(self, end: float) -> None:
        """Offer an hour without notices; or to end it, which it does by itself at ``end``, in seconds since 1970."""
        self._quiet_until = end
        clock = QLocale().toString(QDateTime.fromSecsSinceEpoch(int(end)).time(), QLocale.FormatType.ShortFormat)
        words = _("Show notices again (quiet until {time})").format(time=clock)
        self.quiet.setText(words if end else _("Quiet for an hour"))

    def add_keys(self, window: QWidget) -> None:
        """Have them be done by their keys in ``window``.

        The actions have no keys themselves: the tray's menu would show them, and they do nothing there.
        """
        acts: tuple[tuple[str, Callable[[], object]], ...] = (
            ("Ctrl+Return", self.start_stop.trigger),
            ("Ctrl+Shift+C", self.copy.trigger),
            ("Ctrl+Q", self.quit.trigger),
            ("Ctrl+,", self.settings.trigger),
            ("Ctrl+P", lambda: self._or_go_on(self.pause)),
            ("Ctrl+B", lambda: self._or_go_on(self.blank)),
        )
        for keys, act in acts:
            QShortcut(QKeySequence(keys), window, act)

    def _or_go_on(self, verb: Verb) -> None:
        (self.go_on if self.go_on.isVisible() else verb).trigger()

    def _dress(self) -> None:
        self._look = look = current_look()
        for verb in (self.start_stop, self.copy, self.pause, self.blank, self.go_on):
            verb.setIcon(self._icons.icon(verb.icon_name, look.text, look.muted))
