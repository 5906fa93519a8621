"""A column of rows in blocks, one for each page: each row is made when it is first wanted. Knows no settings.

Rows that have room in sight are made out of sight, in turns of the loop, and shown together; those below follow in
further turns. So no turn holds the loop, and nobody sees a page come in pieces. Once nothing happens for a moment, the
rows of the other pages are made, one a turn: a search may want any of them, and is to find while words are typed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.settings.declared import Page
from gui.widgets.help import HelpButton, set_help
from gui.widgets.screen_fit import Scrolled

SIZE = QSize(560, 480)
"""Of the rows, as they would like it, for letters of the usual size."""
TURN_SECONDS = 0.004
"""After which a turn of the loop gets no further row; one takes 2 to 5 ms."""

CALM_MS = 250
"""After which rows are made that nobody has wanted yet."""
BATCH = 6
"""Rows below, that a turn shows; each takes 0.5 ms, and all are laid out anew."""


class Block(QFrame):
    """The rows of one page, below its name and the way to its page of the manual."""

    def __init__(self, help_page: str) -> None:
        super().__init__()
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(0, 0, 0, 12)
        self.rows.setSpacing(0)
        self.name = QLabel()
        self.name.setObjectName("headline")
        self.help = HelpButton(help_page)
        set_help(self, help_page)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 8, 8)
        head.setSpacing(8)
        head.addWidget(self.name)
        head.addWidget(self.help)
        head.addStretch(1)
        self.rows.addLayout(head)
        self.hide()


class Column(Scrolled):
    """Shows the rows that are wanted.

    Signals:
        shown: what was wanted last is in sight.

    Attributes:
        head: a sentence above all rows; hidden while it is empty.
    """

    shown = Signal()

    def __init__(
        self, keys: Mapping[Page, Sequence[str]], helps: Mapping[Page, str], make: Callable[[str], QWidget]
    ) -> None:
        """``keys`` are the rows in their order, ``helps`` pages of the manual; ``make`` makes the row of a key."""
        self.head = QLabel()
        self.head.setObjectName("muted")
        self.head.setTextFormat(Qt.TextFormat.PlainText)
        self.head.setWordWrap(True)
        self.head.setContentsMargins(0, 0, 0, 8)
        self.head.hide()
        self._blocks = {page: Block(helps[page]) for page in keys}
        column = self._lines = QVBoxLayout()
        column.setContentsMargins(16, 0, 4, 8)
        column.setSpacing(0)
        column.addWidget(self.head)
        for block in self._blocks.values():
            column.addWidget(block)
        column.addStretch(1)
        super().__init__(column, shrinks=False)
        self._make = make
        self._order(keys)
        self._made: dict[str, QWidget] = {}
        self._old: list[QWidget] = []
        self._wanted: tuple[str, ...] = ()
        self._sentence = ""
        self._count = 0
        self._is_due = self._keeps_place = self._fills = False
        self._turns = QTimer(self)
        self._turns.setInterval(0)
        self._turns.timeout.connect(self._turn)
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.timeout.connect(self._fill)

    @property
    def is_settled(self) -> bool:
        """Tell whether all that is wanted is in sight, or below."""
        return not self._is_due and (self._fills or not self._turns.isActive())

    @property
    def made(self) -> Mapping[str, QWidget]:
        """Return the rows that were made so far."""
        return self._made

    def sizeHint(self) -> QSize:
        """Return a size that does not depend on what is found: the dialog stays as large as it is."""
        line = max(1.0, self.fontMetrics().height() / 16)
        return QSize(round(SIZE.width() * line), round(SIZE.height() * line))

    def say(self, titles: Mapping[Page, str]) -> None:
        """Name the pages."""
        for page, block in self._blocks.items():
            block.name.setText(titles[page])
            block.help.translate()

    def want(self, keys: Sequence[str], sentence: str = "") -> None:
        """Show the rows ``keys``, which are in their order, below ``sentence``: at once if those in sight are made."""
        self._wanted, self._sentence = tuple(keys), sentence
        self._rouse()
        self._is_due, self._keeps_place = True, bool(self._old)
        if self._missing() is None:
            self._swap()
        else:
            self._turns.start()

    def make_anew(self, keys: Mapping[Page, Sequence[str]]) -> None:
        """Have new rows in the place of all that there are, which stay in sight until then."""
        self._order(keys)
        self._rouse()
        self._old += self._made.values()
        self._made = {}
        self._is_due = self._keeps_place = True
        self._turns.start()

    def _rouse(self) -> None:
        """Have what is wanted come before what may be wanted."""
        self._fills = False
        self._calm.stop()

    def _fill(self) -> None:
        self._fills = True
        self._turns.start()

    def _order(self, keys: Mapping[Page, Sequence[str]]) -> None:
        self._pages = {key: page for page, names in keys.items() for key in names}
        self._places = {key: at for at, key in enumerate(self._pages)}

    def showEvent(self, event: QShowEvent) -> None:
        """Go on where it was hidden before all was made."""
        super().showEvent(event)
        if not event.spontaneous():
            self._turns.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Make no more."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._turns.stop()
            self._calm.stop()

    def _turn(self) -> None:
        if self._fills:
            self._add_next()
            return
        begun = time.perf_counter()
        while time.perf_counter() - begun < TURN_SECONDS:
            if self._is_due:
                key = self._missing()
                if key is None:
                    self._swap()
                    return
                self._add(key)
            else:
                key = next((each for each in self._wanted if each not in self._made), None)
                if key is None:
                    self._show_more()
                    return
                self._add(key)

    def _missing(self) -> str | None:
        """Return the first row that is missing of those that have room in sight; None if there is none."""
        rest = self._in_room()
        return next((key for key in rest if key not in self._made), None)

    def _in_room(self) -> list[str]:
        """Return the wanted rows as far as there is room for them, up to the first that is not made."""
        room = self.viewport().size() if self.isVisible() else self.sizeHint()
        found: list[str] = []
        height = 0
        for key in self._wanted:
            found.append(key)
            row = self._made.get(key)
            if row is None:
                break
            # One row more than there is room for: the bar has to be there from the first moment on.
            if height > room.height() and not self._keeps_place:
                break
            height += row.heightForWidth(room.width()) if row.hasHeightForWidth() else row.sizeHint().height()
        return found

    def _add(self, key: str) -> None:
        """Make a row, out of sight."""
        if key in self._made:
            return
        row, page = self._make(key), self._pages[key]
        row.hide()
        before = sum(self._places[each] < self._places[key] for each in self._made if self._pages[each] == page)
        self._made[key] = row
        self._blocks[page].rows.insertWidget(1 + before, row)
        # Done now, it does not hold the turn in which they are shown.
        row.ensurePolished()
        for child in row.findChildren(QWidget):
            child.ensurePolished()

    def _swap(self) -> None:
        """Show those that have room in sight, and nothing else."""
        self._is_due = False
        self.inside.setUpdatesEnabled(False)
        shown = self._in_room()
        self._count = len(shown)
        self._show_rows(set(shown))
        for row in self._old:
            row.hide()
            row.deleteLater()
        self._old = []
        self.head.setText(self._sentence)
        self.head.setVisible(bool(self._sentence))
        if not self._keeps_place:
            self.verticalScrollBar().setValue(0)
        self._keeps_place = False
        self.inside.setUpdatesEnabled(True)
        self._turns.start()
        self.shown.emit()

    def _show_more(self) -> None:
        """Show some of those below."""
        if self._count < len(self._wanted):
            self._count += BATCH
            self._show_rows(set(self._wanted[: self._count]))
        else:
            self._turns.stop()
            self._calm.start(CALM_MS)

    def _add_next(self) -> None:
        """Make a row that nobody has wanted yet."""
        key = next((each for each in self._pages if each not in self._made), None)
        if key is None:
            self._rouse()
            self._turns.stop()
        else:
            self._add(key)

    def _show_rows(self, keys: set[str]) -> None:
        """Show the rows ``keys``, which are made, and hide the others."""
        layouts = [block.rows for block in self._blocks.values()]
        layouts.append(self._lines)
        # Each row that comes or goes would have all of them laid out; so that is done once, afterwards.
        for layout in layouts:
            layout.setEnabled(False)
        for key, row in self._made.items():
            row.setVisible(key in keys)
        for page, block in self._blocks.items():
            block.setVisible(any(self._pages[key] == page for key in keys))
        for layout in layouts:
            layout.setEnabled(True)
            layout.invalidate()
        for block in self._blocks.values():
            block.updateGeometry()
        # Now: rows would be squeezed into the height of those that were there for as long as what scrolls has it.
        QCoreApplication.sendEvent(self, QEvent(QEvent.Type.LayoutRequest))
