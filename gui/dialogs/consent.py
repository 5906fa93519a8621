"""Asks the person at this computer who may watch, in a small window that takes the keyboard from nobody."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.core.access_state import AccessViewState
from gui.core.state import place_words
from gui.widgets.style import current_look, style_sheet
from resources.translate import _, ngettext
from server.access.consent import ANSWERABLE_SECONDS, SILENCE_SECONDS, Question
from server.access.control import BY_PIN

TICK_MS = 1000
MARGIN = 24
WIDTH = 392
WANTED_SHOWN = 3


def wanted_words(wanted: tuple[str, ...]) -> str:
    """Return what somebody asks for, one thing a line, and how many more there are."""
    if not wanted:
        return _("Nothing that is shared now")
    lines = [each if len(each) <= 48 else f"{each[:47]}…" for each in wanted[:WANTED_SHOWN]]
    more = len(wanted) - WANTED_SHOWN
    if more > 0:
        lines.append(ngettext("and {count} more", "and {count} more", more).format(count=more))
    return "\n".join(lines)


def by_words(question: Question) -> str:
    """Return what somebody uses to get in."""
    return _("Using the PIN") if question.by == BY_PIN else _("Using the link “{name}”").format(name=question.by)


def question_words(question: Question) -> str:
    """Return a question as a notice says it: all that its card says."""
    words = _("{address} ({browser}) is waiting for your answer.")
    asking = words.format(address=place_words(question.address), browser=question.browser)
    return "\n".join((asking, by_words(question), wanted_words(question.wanted)))


class QuestionCard(QFrame):
    """One question.

    Signals:
        answered: ``allow``, ``once`` or ``deny``.
    """

    answered = Signal(str)

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.setObjectName("card")
        self.question = question
        title = QLabel(_("Let this device watch?"))
        title.setObjectName("headline")
        who = _plain(f"{place_words(question.address)} · {question.browser}")
        who.setStyleSheet("font-weight: 600;")
        by = _plain(by_words(question))
        by.setObjectName("muted")
        what = _plain(wanted_words(question.wanted))
        self.left = QLabel()
        self.left.setObjectName("muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, round(SILENCE_SECONDS))
        self.bar.setFixedHeight(4)
        self.bar.setAccessibleName(_("Time left to answer"))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self.buttons: dict[str, QPushButton] = {}
        for answer, words, tip in (
            # No letters to press: a window that comes by itself must not take one that is meant for another.
            ("allow", _("Allow"), _("This device can watch, now and later")),
            ("once", _("Allow once"), _("This device can watch until it leaves")),
            ("deny", _("Deny"), _("This device sees nothing")),
        ):
            button = QPushButton(words)
            button.setObjectName(answer)
            button.setToolTip(tip)
            button.setAccessibleName(f"{words} {question.address}")
            button.clicked.connect(partial(self._answer, answer))
            buttons.addWidget(button, 1)
            self.buttons[answer] = button
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        for part in (title, who, by, what):
            layout.addWidget(part)
        layout.addLayout(buttons)
        layout.addWidget(self.bar)
        layout.addWidget(self.left)

    def show_left(self, seconds: float) -> None:
        """Show how long there is to answer."""
        whole = max(0, round(seconds))
        self.bar.setValue(whole)
        self.left.setText(_("Declined automatically in {seconds} s").format(seconds=whole))

    def set_answerable(self, is_answerable: bool) -> None:
        """Have the buttons do something, or nothing."""
        for button in self.buttons.values():
            button.setEnabled(is_answerable)

    def _answer(self, answer: str, checked: bool = False) -> None:
        self.answered.emit(answer)


class HeldKeys(QObject):
    """Keeps keys from pressing a button that were down before they could mean it: a press counts when it begins here,
    and one that repeats itself never does.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._begun: set[int] = set()

    def forget(self) -> None:
        """Take no key for pressed that is down now."""
        self._begun.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let through what a press of its own makes of a key, and nothing else that would press a button."""
        if not isinstance(event, QKeyEvent) or event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return False
        if event.type() == QEvent.Type.KeyPress:
            if event.isAutoRepeat():
                self._begun.discard(event.key())
                if isinstance(watched, QPushButton):
                    watched.setDown(False)
                return True
            self._begun.add(event.key())
            return False
        if event.type() == QEvent.Type.KeyRelease and not event.isAutoRepeat():
            was_begun = event.key() in self._begun
            self._begun.discard(event.key())
            return not was_begun
        return event.isAutoRepeat()


class ConsentWindow(QWidget):
    """All open questions, the oldest on top; there while there are any.

    After every change of what is where, nothing can be pressed for a moment: what a hand is on its way to was another
    button, or none.

    Signals:
        answered: the question's id, and ``allow``, ``once`` or ``deny``.
    """

    answered = Signal(int, str)

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """``now`` is the clock that questions end by."""
        super().__init__()
        self.setObjectName("consent")
        self.setWindowTitle(_("Someone wants to watch"))
        # On top and without the keyboard: a person who types on must not allow something by it.
        self.setWindowFlags(Qt.WindowType.Tool | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.CustomizeWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._now = now
        self._is_dressing = False
        self._cards: dict[int, QuestionCard] = {}
        self._keys = HeldKeys(self)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(8, 8, 8, 8)
        self._column.setSpacing(8)
        # On a small screen the questions scroll: each is whole, or out of sight.
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(inside)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(self._scroll)
        self.setFixedWidth(WIDTH)
        self._guard = QTimer(self)
        self._guard.setSingleShot(True)
        self._guard.setInterval(round(ANSWERABLE_SECONDS * 1000))
        self._guard.timeout.connect(self._free)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._count)
        self._restyle()

    @property
    def cards(self) -> tuple[QuestionCard, ...]:
        """Return the questions as they are shown."""
        return tuple(self._cards.values())

    def show_access(self, state: AccessViewState) -> None:
        """Show the questions of ``state``, and go when there are none."""
        asked = {question.id for question in state.questions}
        is_changed = asked != self._cards.keys()
        for gone in self._cards.keys() - asked:
            card = self._cards.pop(gone)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        for question in state.questions:
            if question.id not in self._cards:
                card = self._cards[question.id] = QuestionCard(question)
                card.answered.connect(partial(self.answered.emit, question.id))
                self._column.addWidget(card)
                card.show()  # else it counts for nothing while the window's height is worked out
                for button in card.buttons.values():
                    button.installEventFilter(self._keys)
        if not self._cards:
            self.hide()
            return
        self._count()
        if is_changed:
            self._hold()
        self._fit()
        if not self.isVisible():
            self.show()

    def come_forward(self) -> None:
        """Take the keyboard, because the person wishes to answer."""
        if self._cards:
            self.show()
            self._hold()
            self.raise_()
            self.activateWindow()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._hold()
        self._fit()
        self._tick.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and not self._is_dressing:
            self._restyle()

    def _hold(self) -> None:
        """Have nothing pressed for a moment."""
        self._keys.forget()
        self._guard.start()
        for card in self.cards:
            card.set_answerable(False)

    def _free(self) -> None:
        for card in self.cards:
            card.set_answerable(True)
        if self.cards and self.isActiveWindow():
            self.cards[0].buttons["deny"].setFocus()

    def _count(self) -> None:
        for card in self._cards.values():
            card.show_left(card.question.until - self._now())

    def _fit(self) -> None:
        """Be as high as all questions, or as the screen where they are higher, and lie in its corner."""
        # Lines are broken by the width that there is, so their height is known only for that.
        high = self._column.heightForWidth(WIDTH)
        screen = QGuiApplication.primaryScreen()
        if screen is not None:
            room = screen.availableGeometry()
            high = min(high, room.height() - 2 * MARGIN)
            self.move(room.right() - WIDTH - MARGIN, max(room.top(), room.bottom() - high - MARGIN))
        self.setFixedHeight(high)

    def _restyle(self) -> None:
        # Setting a style sheet changes the palette, which would call this again.
        self._is_dressing = True
        self.setStyleSheet(style_sheet(current_look()))
        self._is_dressing = False


def _plain(text: str) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setText(text)
    return label
