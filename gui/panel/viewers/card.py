"""Who is watching: a table that folds away while nobody does, and by its button."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui.core.access_state import AccessViewState, Parted, PendingRequest
from gui.core.state import AppState, ViewerRow
from gui.panel.viewers.model import DATA, END, LEFT_OUT, TITLES, WATCHES, Row, ViewerModel, widest_words
from gui.panel.viewers.traffic import GRAPH_WIDTH, TrafficDelegate
from gui.widgets.fold import Fold
from gui.widgets.help import HelpButton
from gui.widgets.part_names import name_menu
from resources.formats import and_more, listed, rate
from resources.translate import _, ngettext

ROW_HEIGHT = 36
ROOM = ((820, 4), (740, 3), (660, 2))
"""From which height of the panel on, in logical pixels, how many rows are seen at once; below, it is folded: list and
preview need the room."""
UNFOLDED_ROWS = 2
"""So many are seen where there is little room and the person unfolded it."""
MOST_NAMED = 4
FIGURES_MS = 1000

ROW_OF = "rowOf"
"""A property of buttons: the id of their row."""


class Viewers(QFrame):
    """The card at the bottom.

    Signals:
        disconnect_requested: remove the viewer with this id.
        forget_requested, block_requested: part from this `ViewerRow` for good: from the device, or from the address.
        answer_requested: see the question of somebody who asks.
        allow_requested: let in again this device that was disconnected.
        figures_requested: the rates shown are a second old.
    """

    disconnect_requested = Signal(str)
    forget_requested = Signal(object)
    block_requested = Signal(object)
    answer_requested = Signal()
    allow_requested = Signal(str)
    figures_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._fold = Fold()
        self._fold.pressed.connect(self._take_fold)
        self._state = AppState()
        self._asking: tuple[PendingRequest, ...] = ()
        self._parted: tuple[Parted, ...] = ()
        self.model = ViewerModel()
        self.table = QTableView()
        self.table.setObjectName("viewers")
        self.table.setModel(self.model)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.verticalHeader().hide()
        self._row_height = max(ROW_HEIGHT, self.fontMetrics().height() + 20)
        self.table.verticalHeader().setMinimumSectionSize(self._row_height)
        self.table.verticalHeader().setDefaultSectionSize(self._row_height)
        head = self.table.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(WATCHES, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(END, QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(DATA, QHeaderView.ResizeMode.Fixed)
        self.table.setItemDelegateForColumn(DATA, TrafficDelegate(self.table))
        head.setMinimumSectionSize(44)
        self.model.rowsInserted.connect(self._add_buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 0, 6)
        layout.setSpacing(4)
        upper = QHBoxLayout()
        upper.setSpacing(4)
        upper.addWidget(self._fold, 1)
        upper.addWidget(HelpButton("who-can-watch#viewers", self))
        layout.addLayout(upper)
        layout.addWidget(self.table)
        self._poll = QTimer(self)
        self._poll.setInterval(FIGURES_MS)
        self._poll.timeout.connect(self._sample)
        self.translate()

    def translate(self) -> None:
        """Say everything in the language in use."""
        self._fold.name(_("Show the table of viewers"), _("Hide the table of viewers"))
        self.table.setAccessibleName(_("Viewers"))
        metrics, head = self.fontMetrics(), self.table.horizontalHeader()
        widest = max(metrics.horizontalAdvance(words) for words in (_("Disconnect"), _("Allow again"), _("Answer…")))
        head.resizeSection(END, widest + metrics.horizontalAdvance("⋯") + 88)
        head.resizeSection(DATA, metrics.horizontalAdvance(rate(999_000)) + GRAPH_WIDTH + 32)
        self.model.translate()
        if self.model.views:
            self._add_buttons(QModelIndex(), 0, len(self.model.views) - 1)
        self._choose_columns()
        self.show_state(self._state)

    def show_state(self, state: AppState) -> None:
        """Show who is watching, or a sentence when nobody is."""
        self._state = state
        self._show_rows()

    def show_access(self, access_controller: AccessViewState) -> None:
        """Show who asks to watch, too, and who was disconnected."""
        asking, parted = (
            tuple(map(PendingRequest, access_controller.questions)),
            tuple(map(Parted, access_controller.dismissed)),
        )
        if (asking, parted) != (self._asking, self._parted):
            self._asking, self._parted = asking, parted
            self._show_rows()

    def _show_rows(self) -> None:
        state = self._state
        focus = self.window().focusWidget()
        focused_row = "" if focus is None else focus.property(ROW_OF)
        self.model.show((*self._asking, *state.viewers, *self._parted))
        count = len(state.viewers)
        self._fold.heading.setText(_("WATCHING · {count}").format(count=count) if count else _("WATCHING"))
        if focused_row and focused_row not in {view.id for view in self.model.views}:
            # The button that was pressed has gone with its row: Qt would move on to another one, such as Pause.
            self.setFocus()
        self._fit()
        self._run_poll()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run_poll()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._poll.stop()

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        self._fit()
        self._choose_columns()

    def _fit(self) -> None:
        """Show as many rows as there is room for, or only the line above them."""
        views, height = self.model.views, self.window().height()
        rows = min(len(views), next((rows for least, rows in ROOM if height >= least), 0))
        if self._fold.is_requested_open is not None:
            rows = min(len(views), rows or UNFOLDED_ROWS) if self._fold.is_requested_open else 0
        self.table.setVisible(rows > 0)
        words = _folded_words(views) if views else self._sentence(self._state)
        self._fold.show_fold(is_open=rows > 0, is_empty=not views, words=words)
        head = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(head + self._row_height * rows + 2)

    def _take_fold(self) -> None:
        self._fit()
        self._run_poll()

    def _choose_columns(self) -> None:
        """Leave out what a narrow panel has no room for."""
        head = self.table.horizontalHeader()
        kept = [at for at in range(len(TITLES)) if at != WATCHES]
        needs = {at: self._width_of(at) for at in kept}
        for at in LEFT_OUT:
            if sum(needs[each] for each in kept) + head.sectionSizeFromContents(WATCHES).width() * 2 <= self.width():
                break
            kept.remove(at)
        for at in LEFT_OUT:
            self.table.setColumnHidden(at, at not in kept)

    def _width_of(self, column: int) -> int:
        head = self.table.horizontalHeader()
        if head.sectionResizeMode(column) == QHeaderView.ResizeMode.Fixed:
            return head.sectionSize(column)
        return self.fontMetrics().horizontalAdvance(widest_words()[column]) + 24

    def _run_poll(self) -> None:
        wanted = self.isVisible() and bool(self.model.views)
        if wanted != self._poll.isActive():
            self._poll.start() if wanted else self._poll.stop()

    def _add_buttons(self, parent: QModelIndex, first: int, last: int) -> None:
        for at in range(first, last + 1):
            cell = QWidget()
            layout = QHBoxLayout(cell)
            layout.setContentsMargins(4, 0, 12, 0)
            layout.setSpacing(4)
            for button in self._buttons(self.model.views[at]):
                button.setProperty(ROW_OF, self.model.views[at].id)
                layout.addWidget(button)
            self.table.setIndexWidget(self.model.index(at, END), cell)

    def _buttons(self, view: Row) -> tuple[QPushButton, ...]:
        if isinstance(view, PendingRequest):
            answer = QPushButton(_("Answer…"))
            answer.setObjectName("answer")
            answer.setAccessibleName(_("Answer {viewer}").format(viewer=view.place))
            answer.setToolTip(_("Say whether {viewer} may watch").format(viewer=view.place))
            answer.clicked.connect(self.answer_requested)
            return (answer,)
        if isinstance(view, Parted):
            allow = QPushButton(_("Allow again"))
            allow.setObjectName("allowAgain")
            allow.setAccessibleName(_("Allow {viewer} again").format(viewer=view.place))
            allow.setToolTip(
                _("{viewer} was disconnected and can't watch again until you stop sharing, or allow it again").format(
                    viewer=view.place
                )
            )
            allow.clicked.connect(partial(self._wish_allowed, view.dismissal.device_id))
            return (allow,)
        button = QPushButton(_("Disconnect"))
        button.setObjectName("disconnect")
        button.setAccessibleName(_("Disconnect {viewer}").format(viewer=view.place))
        button.setToolTip(
            _("Disconnect {viewer}; it can't watch again until you stop sharing, or allow it again").format(
                viewer=view.place
            )
            if view.sessions[0].viewer.device_id
            else _("Disconnect this page on your own computer; it can be opened again there")
        )
        button.clicked.connect(partial(self._wish_end, view.id))
        if not view.sessions[0].viewer.device_id:
            return (button,)
        more = QPushButton("⋯")
        more.setObjectName("disconnect")
        more.setAccessibleName(_("More about {viewer}").format(viewer=view.place))
        more.setToolTip(_("Keep {viewer} from watching again").format(viewer=view.place))
        menu = QMenu(more)
        name_menu(menu, more.accessibleName())
        menu.addAction(_("Forget this device")).triggered.connect(lambda: self.forget_requested.emit(view))
        menu.addAction(_("Block {viewer}").format(viewer=view.place)).triggered.connect(
            lambda: self.block_requested.emit(view)
        )
        more.setMenu(menu)
        return (button, more)

    def _sample(self) -> None:
        watching = [view for view in self.model.views if isinstance(view, ViewerRow)]
        self.model.history.add({view.id: view.bytes_per_second for view in watching})
        self.figures_requested.emit()

    def _wish_allowed(self, device_id: str, checked: bool = False) -> None:
        self.allow_requested.emit(device_id)

    def _wish_end(self, viewer_id: str, checked: bool = False) -> None:
        self.disconnect_requested.emit(viewer_id)

    @staticmethod
    def _sentence(state: AppState) -> str:
        if not state.is_sharing:
            return _("Viewers will appear here when you start sharing.")
        if not state.shared:
            return _("Nothing is selected, so there is nothing to watch.")
        return _("No one is watching yet. Send someone the link.")


def _folded_words(views: list[Row]) -> str:
    """Return who watches and who asks to, as far as one line tells."""
    asking = [view.address for view in views if isinstance(view, PendingRequest)]
    watching = [view.address for view in views if not isinstance(view, PendingRequest)]
    parts = []
    if asking:
        words = ngettext("{viewers} is waiting for your answer", "{viewers} are waiting for your answer", len(asking))
        parts.append(words.format(viewers=listed(asking)))
    if watching:
        parts.append(and_more(watching, MOST_NAMED))
    return " · ".join(parts)
