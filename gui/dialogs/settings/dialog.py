"""The dialog of all settings, made from their declarations: seven pages, and a search over all of them.

The rows of the page in sight are made at once, the others one by one afterwards; so it opens soon, and finds soon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from capture.reason import NOTHING, Reason
from gui.core.settings import Settings
from gui.dialogs.settings.extra import Extra, ExtraRow, on_page
from gui.dialogs.settings.list_editor import Offer, plain_button
from gui.dialogs.settings.row import Row
from gui.settings.declared import PAGES, Declaration, Page
from gui.settings.words import is_hit, searched
from gui.widgets.screen_fit import FittedDialog, Scrolled
from resources.translate import _, ngettext

LINE = 12
"""Pixels by which what stands in one line may be higher or lower."""
SIZE = QSize(560, 480)
"""Of the rows, as they would like it, for letters of the usual size."""


class Rows(Scrolled):
    """What scrolls beside the names of the pages."""

    def sizeHint(self) -> QSize:
        """Return a size that does not depend on what is found: the dialog stays as large as it is."""
        line = self.fontMetrics().height() / 16
        return QSize(round(SIZE.width() * max(1.0, line)), round(SIZE.height() * max(1.0, line)))


class SearchField(QLineEdit):
    """Where words are typed.

    Signals:
        left_downwards: the arrow down was pressed, and nothing is typed.
    """

    left_downwards = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Have the arrow down lead out of it."""
        if event.key() == Qt.Key.Key_Down and not self.text():
            self.left_downwards.emit()
        else:
            super().keyPressEvent(event)


class SettingsDialog(FittedDialog):
    """Shows all settings and takes wishes.

    Signals:
        wished: key and value of one that the person wants otherwise.
        undo_requested: the key of the setting whose last change is taken back; empty for what was done last.
        reset_requested: the key of a setting that becomes what it is by default; empty for all of them.
    """

    wished = Signal(str, object)
    undo_requested = Signal(str)
    reset_requested = Signal(str)

    def __init__(
        self,
        declared: Mapping[str, Declaration],
        defaults: Settings,
        fixed: frozenset[str],
        offers: Mapping[str, Offer],
        extras: Sequence[Extra] = (),
        parent: QWidget | None = None,
        unkept: Mapping[str, Reason] | None = None,
    ) -> None:
        """``fixed`` are keys that an administrator has fixed; ``offers`` has what some are chosen from, ``unkept``
        where this system does not keep to them.
        """
        super().__init__(parent)
        self.setObjectName("settingsDialog")
        self.setWindowTitle(_("Settings"))
        self._defaults = defaults
        self._fixed = fixed
        self._unkept = unkept or {}
        self._offers = offers
        self._settings = defaults
        self._undoable: frozenset[str] = frozenset()
        self._typed = ""
        self._parts: dict[Page, list[Declaration | Extra]] = {
            page: [
                *on_page(extras, page, first=True),
                *(each for each in declared.values() if each.page == page),
                *on_page(extras, page, first=False),
            ]
            for page in PAGES
        }
        self._texts = {
            _id(part): searched(part) if isinstance(part, Declaration) else part.searched
            for parts in self._parts.values()
            for part in parts
        }
        self._keys = tuple(key for key, each in declared.items() if not each.is_own)
        self._order = {part: at for at, part in enumerate(self._texts)}
        self._made: dict[str, QWidget] = {}
        self.rows: dict[str, Row] = {}
        self._blocks: dict[Page, QVBoxLayout] = {}
        self._filling = QTimer(self)
        self._filling.setInterval(0)
        self._filling.timeout.connect(self._make_next)
        self._lay_out()
        self.pages.setCurrentRow(0)
        self.search.setFocus()

    @property
    def page(self) -> Page:
        """Return the page that is shown, or was before the search."""
        return tuple(PAGES)[max(0, self.pages.currentRow())]

    @property
    def is_filled(self) -> bool:
        """Tell whether all rows are made."""
        return len(self._made) == len(self._texts)

    def show_settings(self, settings: Settings, undoable: frozenset[str], undo_words: str) -> None:
        """Show ``settings``; ``undoable`` are keys of those that were changed, ``undo_words`` what was done last."""
        self._settings, self._undoable = settings, undoable
        for row in self.rows.values():
            self._show_value(row)
        self.undo.setEnabled(bool(undo_words))
        self.undo.setToolTip(undo_words or _("Nothing was changed yet"))
        self.reset.setEnabled(bool(self.changed_keys()))

    def show_page(self, page: Page) -> None:
        """Show the rows of one page."""
        self.search.clear()
        self.pages.setCurrentRow(tuple(PAGES).index(page))
        self._show_hits()

    def say(self, key: str, problem: str) -> None:
        """Say beside a setting why it cannot be what was wished for; an empty text says nothing."""
        if key in self.rows:
            self.rows[key].say(problem)

    def tell(self, words: str) -> None:
        """Say something about all of them, below the rows."""
        self.told.setText(words)
        self.told.setVisible(bool(words))

    def changed_keys(self) -> tuple[str, ...]:
        """Return the settings that are not what they are by default, and may be."""
        return tuple(key for key in self._keys if self._is_changed(key))

    def showEvent(self, event: QShowEvent) -> None:
        """Make the rows of the page in sight, then the others."""
        super().showEvent(event)
        if not event.spontaneous():
            self._filling.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Make no more."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._filling.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Have Escape leave the search first, then the dialog."""
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            self.search.setFocus()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 (Qt's name)
        """Have Tab go through the parts as they are seen: rows that were made later stand between others."""
        parts = [part for part in self.findChildren(QWidget) if _takes_tab(part)]
        now = self.focusWidget()
        if now not in parts:
            return super().focusNextPrevChild(forward)
        parts.sort(key=self._place)
        part = parts[(parts.index(now) + (1 if forward else -1)) % len(parts)]
        part.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        if self.scrolled.inside.isAncestorOf(part):
            self.scrolled.ensureWidgetVisible(part)
        return True

    def _place(self, part: QWidget) -> tuple[int, int, int]:
        """Return where a part comes in reading order."""
        inside = self.scrolled.inside
        middle = part.mapTo(self, part.rect().center())
        if part is self.pages:
            return 1, 0, 0
        if not inside.isAncestorOf(part):
            return (0 if part is self.search else 3), 0, middle.x()
        return 2, middle.y() // LINE, middle.x()

    def _lay_out(self) -> None:
        self.search = SearchField()
        self.search.setObjectName("settingsSearch")
        self.search.setPlaceholderText(_("Search settings"))
        self.search.setAccessibleName(_("Search settings"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.pages = QListWidget()
        self.pages.setObjectName("pages")
        self.search.left_downwards.connect(self.pages.setFocus)
        self.pages.setAccessibleName(_("Pages"))
        self.pages.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.pages.addItems([_(title) for title in PAGES.values()])
        widest = max(self.fontMetrics().horizontalAdvance(_(title)) for title in PAGES.values())
        self.pages.setFixedWidth(widest + 48)
        self.pages.currentRowChanged.connect(self._choose_page)
        self.pages.itemClicked.connect(self.search.clear)
        self.found = QLabel()
        self.found.setObjectName("muted")
        self.found.setTextFormat(Qt.TextFormat.PlainText)
        self.found.setWordWrap(True)
        self.found.setContentsMargins(0, 0, 0, 8)
        self.found.hide()
        column = QVBoxLayout()
        column.setContentsMargins(16, 0, 4, 8)
        column.setSpacing(0)
        column.addWidget(self.found)
        for page, title in PAGES.items():
            column.addWidget(self._block(page, _(title)))
        column.addStretch(1)
        self.scrolled = Rows(column, shrinks=False)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.pages)
        middle.addWidget(self.scrolled, 1)
        self.told = QLabel()
        self.told.setObjectName("settingsTold")
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.setWordWrap(True)
        self.told.hide()
        layout = QVBoxLayout()
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(self.search)
        layout.addLayout(middle, 1)
        layout.addWidget(self.told)
        self.lay_out(layout, self._buttons())
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self._go_to_search)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self.undo.click)
        for keys, step in (("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
            QShortcut(QKeySequence(keys), self, lambda step=step: self._turn(step))

    def _block(self, page: Page, title: str) -> QFrame:
        block = QFrame()
        layout = self._blocks[page] = QVBoxLayout(block)
        layout.setContentsMargins(0, 0, 0, 12)
        layout.setSpacing(0)
        name = QLabel(title)
        name.setObjectName("headline")
        name.setContentsMargins(0, 0, 0, 8)
        layout.addWidget(name)
        block.hide()
        return block

    def _buttons(self) -> QHBoxLayout:
        self.undo = plain_button(_("&Undo"), _("Undo the last change"))
        self.undo.setObjectName("undoSetting")
        self.undo.clicked.connect(lambda: self.undo_requested.emit(""))
        self.undo.setEnabled(False)
        self.reset = plain_button(_("&Reset all…"), _("Reset all settings"))
        self.reset.setObjectName("resetSettings")
        self.reset.setToolTip(_("Make every setting what it is by default"))
        self.reset.clicked.connect(lambda: self.reset_requested.emit(""))
        close = plain_button(_("Close"), _("Close"))
        close.setObjectName("closeSettings")
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.undo)
        foot.addWidget(self.reset)
        foot.addStretch(1)
        foot.addWidget(close)
        return foot

    def _turn(self, step: int) -> None:
        self.search.clear()
        self.pages.setCurrentRow((self.pages.currentRow() + step) % len(PAGES))

    def _go_to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _search(self, typed: str) -> None:
        self._typed = typed.strip()
        self._show_hits()

    def _choose_page(self) -> None:
        if self._typed:
            self.search.clear()
        else:
            self._show_hits()

    def _show_hits(self) -> None:
        """Show the rows of the page, or those that were found, as far as they are made."""
        self.scrolled.inside.setUpdatesEnabled(False)
        page, count = self.page, 0
        for each, parts in self._parts.items():
            shown = [part for part in parts if self._is_shown(each, part)]
            count += len(shown)
            if each == page and not self._typed:
                for part in parts:
                    self._make(each, part)
            for part in parts:
                if (made := self._made.get(_id(part))) is not None:
                    made.setVisible(part in shown)
            block = self._blocks[each].parentWidget()
            assert block is not None
            block.setVisible(bool(shown))
        self.found.setVisible(bool(self._typed))
        self._show_choice()
        if self._typed:
            words = ngettext("{count} setting found", "{count} settings found", count).format(count=count)
            self.found.setText(words if count else _("No setting matches “{words}”.").format(words=self._typed))
        self.scrolled.verticalScrollBar().setValue(0)
        self.scrolled.inside.setUpdatesEnabled(True)

    def _show_choice(self) -> None:
        """Mark the page that is shown; what was found is of all of them."""
        if self._typed:
            self.pages.clearSelection()
        else:
            self.pages.setCurrentItem(self.pages.currentItem())

    def _is_shown(self, page: Page, part: Declaration | Extra) -> bool:
        return is_hit(self._typed, self._texts[_id(part)]) if self._typed else page == self.page

    def _make_next(self) -> None:
        """Make one row that is not there yet: those that are looked for first."""
        missing = [(page, part) for page, parts in self._parts.items() for part in parts if _id(part) not in self._made]
        if not missing:
            self._filling.stop()
            return
        page, part = next((each for each in missing if self._is_shown(*each)), missing[0])
        self._make(page, part)
        # Done now, it does not hold the first search.
        for child in self._made[_id(part)].findChildren(QWidget):
            child.ensurePolished()

    def _make(self, page: Page, part: Declaration | Extra) -> None:
        if _id(part) in self._made:
            return
        made: QWidget
        if isinstance(part, Extra):
            made = ExtraRow(part)
        else:
            made = row = Row(
                part,
                getattr(self._defaults, part.key),
                self._offers,
                is_fixed=part.key in self._fixed,
                unkept=self._unkept.get(part.key, NOTHING),
            )
            row.wished.connect(self.wished)
            row.undo_requested.connect(self.undo_requested)
            row.reset_requested.connect(self.reset_requested)
            self.rows[part.key] = row
            self._show_value(row)
        made.setVisible(self._is_shown(page, part))
        made_here = (_id(each) for each in self._parts[page] if _id(each) in self._made)
        at = 1 + sum(self._order[each] < self._order[_id(part)] for each in made_here)
        self._made[_id(part)] = made
        self._blocks[page].insertWidget(at, made)

    def _show_value(self, row: Row) -> None:
        key = row.declaration.key
        row.show_value(getattr(self._settings, key), can_undo=key in self._undoable)

    def _is_changed(self, key: str) -> bool:
        return key not in self._fixed and getattr(self._settings, key) != getattr(self._defaults, key)


def _takes_tab(part: QWidget) -> bool:
    is_tab = bool(part.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return is_tab and part.isVisible() and part.isEnabled() and part.focusProxy() is None


def _id(part: Declaration | Extra) -> str:
    return part.key if isinstance(part, Declaration) else f"+{part.label}"
