"""The dialog of all settings, made from their declarations: seven pages, and a search over all of them.

It looks for words in the declarations; a row is made when its page, or a search, first wants it, or in a calm moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from capture.reason import NOTHING, Reason
from gui.core.settings import Settings
from gui.dialogs.settings.column import Column
from gui.dialogs.settings.extra import Extra, ExtraRow, on_page
from gui.dialogs.settings.list_editor import Offer, plain_button
from gui.dialogs.settings.row import Row
from gui.settings.declared import PAGES, Declaration, Page
from gui.settings.words import is_hit, searched
from gui.widgets.help import add_help_key, set_help
from gui.widgets.part_names import name_search
from gui.widgets.screen_fit import FittedDialog
from resources.translate import _, ngettext

LINE = 12
"""Pixels by which what stands in one line may be higher or lower."""
HELP: dict[Page, str] = {
    "general": "tray#autostart",
    "pictures": "quality",
    "network": "network",
    "privacy": "hide-and-mask",
    "notices": "notices",
    "keyboard": "pause-and-blank#hot-key",
    "advanced": "trouble#log",
}
"""What the manual says about each page."""


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
        self._defaults = defaults
        self._fixed = fixed
        self._unkept = unkept or {}
        self._offers = offers
        self._settings = defaults
        self._undoable: frozenset[str] = frozenset()
        self._typed = ""
        self._declared = declared
        self._keys = tuple(key for key, each in declared.items() if not each.is_own)
        self._take_parts(extras)
        self.rows: dict[str, Row] = {}
        self._problems: dict[str, str] = {}
        self._focused = ""
        self._lay_out()
        self._say()
        self.pages.setCurrentRow(0)
        self.search.setFocus()

    @property
    def page(self) -> Page:
        """Return the page that is shown, or was before the search."""
        return tuple(PAGES)[max(0, self.pages.currentRow())]

    @property
    def is_settled(self) -> bool:
        """Tell whether all that is wanted is in sight, or below."""
        return self.scrolled.is_settled

    def appear(self) -> None:
        """Come forward as soon as the rows are made that are in sight first."""
        self.scrolled.shown.connect(self._come_forward, Qt.ConnectionType.SingleShotConnection)

    def translate(self, extras: Sequence[Extra]) -> None:
        """Say everything in the language in use, all together once the new rows are made; ``extras`` do so already."""
        focused = self.focusWidget()
        self._focused = next((key for key, row in self.rows.items() if row.isAncestorOf(focused)), "")
        self._take_parts(extras)
        self.rows = {}
        self.scrolled.make_anew(self._on_page)
        self.scrolled.shown.connect(self._arrive, Qt.ConnectionType.SingleShotConnection)
        self._show_hits()

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
        self._problems[key] = problem
        if key in self.rows:
            self.rows[key].say(problem)

    def tell(self, words: str) -> None:
        """Say something about all of them, below the rows."""
        self.told.setText(words)
        self.told.setVisible(bool(words))

    def changed_keys(self) -> tuple[str, ...]:
        """Return the settings that are not what they are by default, and may be."""
        return tuple(key for key in self._keys if self._is_changed(key))

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

    def _take_parts(self, extras: Sequence[Extra]) -> None:
        self._parts: dict[str, Declaration | Extra] = {}
        self._on_page: dict[Page, list[str]] = {}
        for page in PAGES:
            here = {each.key: each for each in self._declared.values() if each.page == page}
            # By their place, for their words are others in another language.
            before, after = (
                {f"{page}{sign}{at}": each for at, each in enumerate(on_page(extras, page, first=first))}
                for sign, first in (("<", True), (">", False))
            )
            self._parts |= before | here | after
            self._on_page[page] = [*before, *here, *after]
        self._texts = {
            name: searched(part) if isinstance(part, Declaration) else part.searched
            for name, part in self._parts.items()
        }

    def _lay_out(self) -> None:
        self.search = SearchField()
        self.search.setObjectName("settingsSearch")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.pages = QListWidget()
        self.pages.setObjectName("pages")
        self.search.left_downwards.connect(self.pages.setFocus)
        self.pages.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.pages.addItems(list(PAGES))
        self.pages.currentRowChanged.connect(self._choose_page)
        self.pages.itemClicked.connect(self.search.clear)
        self.scrolled = Column(self._on_page, HELP, self._make)
        self.found = self.scrolled.head
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
        add_help_key(self)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self._go_to_search)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self.undo.click)
        for keys, step in (("Ctrl+PgDown", 1), ("Ctrl+PgUp", -1)):
            QShortcut(QKeySequence(keys), self, lambda step=step: self._turn(step))

    def _say(self) -> None:
        """Say what stands around the rows."""
        self.setWindowTitle(_("Settings"))
        self.search.setPlaceholderText(_("Search settings"))
        name_search(self.search, _("Search settings"))
        self.pages.setAccessibleName(_("Pages"))
        titles = {page: _(title) for page, title in PAGES.items()}
        for at, title in enumerate(titles.values()):
            self.pages.item(at).setText(title)
        self.pages.setFixedWidth(max(map(self.fontMetrics().horizontalAdvance, titles.values())) + 48)
        self.scrolled.say(titles)
        for button, words, name in (
            (self.undo, _("&Undo"), _("Undo the last change")),
            (self.reset, _("&Reset all…"), _("Reset all settings")),
            (self.shut, _("Close"), _("Close")),
        ):
            button.setText(words)
            button.setAccessibleName(name)
        self.reset.setToolTip(_("Make every setting what it is by default"))

    def _buttons(self) -> QHBoxLayout:
        self.undo, self.reset, self.shut = (plain_button("", "") for _number in range(3))
        self.undo.setObjectName("undoSetting")
        self.undo.clicked.connect(lambda: self.undo_requested.emit(""))
        self.undo.setEnabled(False)
        self.reset.setObjectName("resetSettings")
        self.reset.clicked.connect(lambda: self.reset_requested.emit(""))
        self.shut.setObjectName("closeSettings")
        self.shut.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.undo)
        foot.addWidget(self.reset)
        foot.addStretch(1)
        foot.addWidget(self.shut)
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
        """Show the rows of the page, or those that were found."""
        set_help(self, HELP[self.page])
        self._show_choice()
        if not self._typed:
            self.scrolled.want(self._on_page[self.page])
            return
        hits = [name for name, text in self._texts.items() if is_hit(self._typed, text)]
        words = ngettext("{count} setting found", "{count} settings found", len(hits)).format(count=len(hits))
        self.scrolled.want(hits, words if hits else _("No setting matches “{words}”.").format(words=self._typed))

    def _show_choice(self) -> None:
        """Mark the page that is shown; what was found is of all of them."""
        if self._typed:
            self.pages.clearSelection()
        else:
            self.pages.setCurrentItem(self.pages.currentItem())

    def _come_forward(self) -> None:
        self.show()
        self.raise_()
        self.activateWindow()

    def _arrive(self) -> None:
        """Have all else speak as the new rows do, in the turn in which they are shown."""
        self._say()
        if self._focused in self.rows:
            self.rows[self._focused].control.setFocus()

    def _make(self, name: str) -> QWidget:
        """Return a new row."""
        part = self._parts[name]
        if isinstance(part, Extra):
            return ExtraRow(part)
        row = Row(
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
        row.say(self._problems.get(part.key, ""))
        return row

    def _show_value(self, row: Row) -> None:
        key = row.declaration.key
        row.show_value(getattr(self._settings, key), can_undo=key in self._undoable)

    def _is_changed(self, key: str) -> bool:
        return key not in self._fixed and getattr(self._settings, key) != getattr(self._defaults, key)


def _takes_tab(part: QWidget) -> bool:
    is_tab = bool(part.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return is_tab and part.isVisible() and part.isEnabled() and part.focusProxy() is None
