"""Asks for what a link is to be: its name, what it shows, until when, for how many devices."""

from __future__ import annotations

import time

from PySide6.QtCore import QDateTime, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from capture.source import Source
from gui.core.access_state import EVERYTHING
from gui.core.link_text import DAY, HOUR, WEEK, LinkOptions, end_of_day, rule_words
from gui.core.state import title_words
from gui.panel.controls import Choice, Moment
from gui.widgets.screen_fit import FittedDialog
from resources.translate import _
from server.access.links import NAME_LIMIT, Link, clean_name
from server.sharing import ShareRule

LIST_HEIGHT = 128
DEVICES = (1, 2, 3, 5, 10, 20, 50)
"""How many a link can be for; more choice would be more to read."""


class LinkForm(FittedDialog):
    """The form, for a new link or for one that is there.

    Signals:
        requested: a `LinkOptions`, and whether the link is to be copied then. The form stays: they may not be possible.
    """

    help_page = "who-can-watch#new-link"

    requested = Signal(object, bool)

    def __init__(
        self,
        shared: tuple[Source, ...],
        parent: QWidget | None = None,
        link: Link | None = None,
        *,
        can_copy: bool = False,
    ) -> None:
        """``link`` is what is to be changed, None for a new one; ``can_copy``: links have an address now."""
        super().__init__(parent)
        self.setObjectName("linkForm")
        self.setWindowTitle(_("New link") if link is None else _("Change “{name}”").format(name=link.name))
        self.setMinimumWidth(440)
        self.name = QLineEdit()
        self.name.setObjectName("linkName")
        self.name.setMaxLength(NAME_LIMIT)
        self.name.setPlaceholderText(_("Who or what it's for, e.g. “TV”"))
        self.name.setMinimumWidth(self.fontMetrics().horizontalAdvance(self.name.placeholderText()) + 32)
        # Beside the field that it is about.
        self.name_error = QLabel(_("Give the link a name"))
        self.name_error.setObjectName("formError")
        self.name_error.hide()
        self.name.textEdited.connect(self.name_error.hide)
        self.shows = Choice()
        self.shows.addItem(_("Everything that is shared"), False)
        self.shows.addItem(_("Only these sources"), True)
        self.shows.currentIndexChanged.connect(self._adapt)
        self.sources = QListWidget()
        self.sources.setObjectName("linkSources")
        self.sources.setAccessibleName(_("Sources that the link shows"))
        self.sources.setFixedHeight(LIST_HEIGHT)
        self.sources.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list(shared, () if link is None or link.scope == EVERYTHING else link.scope)
        self.expiry = Choice()
        for words in (
            _("Never"),
            _("In one hour"),
            _("At the end of today"),
            _("In one week"),
            _("Custom date and time"),
        ):
            self.expiry.addItem(words)
        self.expiry.currentIndexChanged.connect(self._adapt)
        self.when = Moment(QDateTime.currentDateTime().addSecs(int(DAY)))
        self.when.setMinimumDateTime(QDateTime.currentDateTime())
        self.when.setAccessibleName(_("Time when the link expires"))
        self.devices = Choice()
        self.devices.addItem(_("Any number"), None)
        for number in DEVICES:
            self.devices.addItem(str(number), number)
        self.asks = QCheckBox(_("&Ask me about each new device"))
        self.error = QLabel()
        self.error.setObjectName("formError")
        self.error.setWordWrap(True)
        self.error.hide()
        self._form = QFormLayout()
        self._is_new = link is None
        self.make = QPushButton(_("C&reate link") if link is None else _("&Save"))
        self.make_and_copy = QPushButton(_("Create and c&opy"))
        self.make_and_copy.setEnabled(can_copy)
        self.make_and_copy.setToolTip(
            _("Create the link and put it on the clipboard")
            if can_copy
            else _("Links can be copied while you share with your network")
        )
        self._lay_out()
        if link is not None:
            self._fill_in(link, time.time())
        self._adapt()

    def say(self, words: str) -> None:
        """Say why the wish is not possible."""
        self.error.setText(words)
        self.error.setVisible(bool(words))

    def wish(self, now: float) -> LinkOptions:
        """Return what the form says at the time ``now`` (seconds since the epoch)."""
        items = [self.sources.item(row) for row in range(self.sources.count())]
        ticked = [item for item in items if item.checkState() == Qt.CheckState.Checked]
        scope = tuple(item.data(Qt.ItemDataRole.UserRole) for item in ticked)
        expires = (None, now + HOUR, end_of_day(now), now + WEEK, float(self.when.dateTime().toSecsSinceEpoch()))
        return LinkOptions(
            self.name.text().strip(),
            scope if self.shows.currentData() else EVERYTHING,
            expires[self.expiry.currentIndex()],
            self.devices.currentData(),
            self.asks.isChecked(),
        )

    def _list(self, shared: tuple[Source, ...], scope: tuple[ShareRule, ...]) -> None:
        """List what is shared now and, ticked, what the link shows, also where that is not open now."""
        left = list(scope)
        for source in shared:
            rule = ShareRule.for_source(source)
            # A window's title may have become another one since the link was made.
            meant = [each for each in left if each.kind == rule.kind and each.matches(source)]
            self._add(title_words(source), rule, bool(meant))
            left = [each for each in left if each not in meant]
        for rule in left:
            self._add(rule_words(rule, shared), rule, True)

    def _add(self, words: str, rule: ShareRule, is_ticked: bool) -> None:
        item = QListWidgetItem(words)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
        item.setCheckState(Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)
        item.setData(Qt.ItemDataRole.UserRole, rule)
        item.setToolTip(words)  # a long title ends in an ellipsis
        self.sources.addItem(item)

    def _fill_in(self, link: Link, now: float) -> None:
        self.name.setText(link.name)
        self.shows.setCurrentIndex(int(link.scope != EVERYTHING))
        if link.expires is not None:
            self.expiry.setCurrentIndex(self.expiry.count() - 1)
            if not link.is_over(now):
                self.when.setDateTime(QDateTime.fromSecsSinceEpoch(int(link.expires)))
        if link.most_devices is not None and link.most_devices not in DEVICES:
            self.devices.addItem(str(link.most_devices), link.most_devices)
        self.devices.setCurrentIndex(self.devices.findData(link.most_devices))
        self.asks.setChecked(link.asks)

    def _lay_out(self) -> None:
        main = self.make_and_copy if self.make_and_copy.isEnabled() and self._is_new else self.make
        main.setObjectName("allow")
        main.setDefault(True)
        self.make.clicked.connect(lambda: self._wish(copies=False))
        self.make_and_copy.clicked.connect(lambda: self._wish(copies=True))
        cancel = QPushButton(_("&Cancel"))
        cancel.clicked.connect(self.reject)
        form = self._form
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        named = QVBoxLayout()
        named.setSpacing(4)
        named.addWidget(self.name)
        named.addWidget(self.name_error)
        name_label = QLabel(_("&Name"))
        name_label.setBuddy(self.name)
        form.addRow(name_label, named)
        form.addRow(_("&Shows"), self.shows)
        form.addRow("", self.sources)
        form.addRow(_("&Ends"), self.expiry)
        form.addRow("", self.when)
        form.addRow(_("&Devices"), self.devices)
        form.addRow("", self.asks)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.make)
        if self._is_new:
            buttons.addWidget(self.make_and_copy)
        layout = QVBoxLayout()
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addWidget(self.error)
        self.lay_out(layout, buttons)

    def _wish(self, copies: bool) -> None:
        wish = self.wish(time.time())
        is_named = bool(clean_name(wish.name))
        self.name_error.setVisible(not is_named)
        if not is_named:
            self.name.setFocus()
        elif not wish.scope:
            self.say(_("Select at least one source for the link to show. Only what is shared now can be selected."))
        else:
            self.requested.emit(wish, copies)

    def _adapt(self) -> None:
        self._form.setRowVisible(self.sources, bool(self.shows.currentData()))
        self._form.setRowVisible(self.when, self.expiry.currentIndex() == self.expiry.count() - 1)
        self.fit()
