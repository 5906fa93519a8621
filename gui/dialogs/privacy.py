"""The privacy dialog: what is never shown, and what happens while nobody looks. Shows settings, emits wishes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from capture.platforms.keys import Keys
from capture.privacy.exclusions import STARTING_LIST
from capture.reason import Reason
from gui.core.settings import Settings
from gui.panel.controls import Choice
from gui.widgets.fixed import is_fixed
from gui.widgets.part_names import name_choice, name_fields
from gui.widgets.screen_fit import FittedDialog
from resources.formats import lasting
from resources.translate import N_, _

PROGRAM = Qt.ItemDataRole.UserRole
LOCKS = (
    (N_("Blank everything until it is unlocked"), "blank"),
    (N_("Blank everything until I resume"), "blank_and_wait"),
    (N_("Keep sharing"), "nothing"),
)
REMINDERS = (0, 30, 60, 120)
"""Minutes; 0 is never."""
DEEDS = ((N_("Blank everything"), "blank"), (N_("Pause"), "pause"))


class PrivacyDialog(FittedDialog):
    """Everything about privacy that is set once.

    Signals:
        requested: name and value of a setting.
    """

    help_page = "hide-and-mask"

    requested = Signal(str, object)

    def __init__(self, parent: QWidget | None = None, unkept: Mapping[str, Reason] | None = None) -> None:
        """``unkept`` says of settings where this system does not keep to them."""
        super().__init__(parent)
        self.setObjectName("privacyDialog")
        self.setWindowTitle(_("Privacy"))
        self.unkept = {setting: _muted(reason.words) for setting, reason in (unkept or {}).items()}
        self._settings = Settings()
        self._question: QMessageBox | None = None
        self._added = ""
        self.programs = QListWidget()
        self.programs.setObjectName("neverShown")
        self.programs.setAccessibleName(_("Hidden programs"))
        self.programs.setToolTip(
            _("Viewers never see windows of selected programs, not even when you share the desktop")
        )
        self.programs.setMinimumHeight(168)
        self.programs.itemChanged.connect(self._tick)
        self.programs.currentItemChanged.connect(self._allow_removing)
        self.name = Choice()
        self.name.setObjectName("programName")
        self.name.setEditable(True)
        name_fields(self.name, _("Program to add"))
        self.name.setInsertPolicy(Choice.InsertPolicy.NoInsert)
        self.name.setToolTip(_("Choose a program that is running, or type its name"))
        self.add = _button("addProgram", _("&Add"), _("Hide windows of this program from viewers"))
        self.add.clicked.connect(self._add)
        self.remove = _button("removeProgram", _("&Remove"), _("Remove a program that you added"))
        self.remove.clicked.connect(self._remove)
        self.titles = self._check("hideTitles", _("&Hide window titles from viewers"), "hide_titles")
        self.titles.setToolTip(_("Viewers see the program's name instead, also in their browser's tabs and in the log"))
        self.border = self._check("border", _("&Border around what is shared"), "border")
        self.border.setToolTip(_("A thin frame on this computer's screen; viewers of a window don't see it"))
        self.locked = self._choice(
            "whenLocked",
            _("While this computer is locked"),
            ((_(words), value) for words, value in LOCKS),
            "when_locked",
        )
        self.remind = self._choice(
            "remindAfter", _("Remind me that I am sharing"), map(_reminder, REMINDERS), "remind_after"
        )
        self.deed = self._choice(
            "hotKeyDoes", _("What the hot key does"), ((_(words), value) for words, value in DEEDS), "hot_key_does"
        )
        self.hot_key = QKeySequenceEdit()
        self.hot_key.setObjectName("hotKey")
        name_fields(self.hot_key, _("Hot key"))
        self.hot_key.setMaximumSequenceLength(1)
        self.hot_key.setMinimumWidth(
            self.fontMetrics().horizontalAdvance(
                QKeySequence("Ctrl+Alt+Shift+B").toString(QKeySequence.SequenceFormat.NativeText)
            )
            + 48
        )
        self.hot_key.setToolTip(_("Works in every program: press once to hide, again to resume"))
        self.hot_key.editingFinished.connect(self._take_keys)
        self.no_key = _button("noHotKey", _("&None"), _("Use no hot key"))
        self.no_key.clicked.connect(self._take_no_key)
        self.hot_key_fault = QLabel()
        self.hot_key_fault.setObjectName("hotKeyFault")
        self.hot_key_fault.setWordWrap(True)
        self.hot_key_fault.hide()
        self._lay_out()
        name_choice(self.deed, self.deed.accessibleName())

    def show_settings(self, settings: Settings, running: Iterable[str]) -> None:
        """Show ``settings``; ``running`` names the programs that have windows now."""
        self._settings = settings
        with QSignalBlocker(self.programs):
            self._fill(settings)
        typed = self.name.currentText()
        self.name.clear()
        self.name.addItems(sorted({name for name in running if name}, key=str.casefold))
        self.name.setEditText(typed)
        for box, value in ((self.titles, settings.hide_titles), (self.border, settings.border)):
            with QSignalBlocker(box):
                box.setChecked(value)
        for choice, wanted in (
            (self.locked, settings.when_locked),
            (self.remind, settings.remind_after),
            (self.deed, settings.hot_key_does),
        ):
            with QSignalBlocker(choice):
                choice.setCurrentIndex(max(0, choice.findData(wanted)))
        if not self.hot_key.hasFocus():
            self.hot_key.setKeySequence(QKeySequence.fromString(settings.hot_key))
        self._allow_removing()

    def parts(self) -> Mapping[str, tuple[QWidget, ...]]:
        """Return the controls of each setting."""
        return {
            "never_shown": (self.name, self.add, self.remove),
            "shown_anyway": (self.programs,),
            "hide_titles": (self.titles,),
            "border": (self.border,),
            "when_locked": (self.locked,),
            "remind_after": (self.remind,),
            "hot_key": (self.hot_key, self.no_key),
            "hot_key_does": (self.deed,),
        }

    def say_fault(self, words: str) -> None:
        """Say why the hot key does nothing; empty when it works."""
        self.hot_key_fault.setText(words)
        self.hot_key_fault.setVisible(bool(words))

    def _lay_out(self) -> None:
        heading = QLabel(_("HIDDEN PROGRAMS"))
        heading.setObjectName("section")
        adding = QHBoxLayout()
        adding.setSpacing(8)
        adding.addWidget(self.name, 1)
        adding.addWidget(self.add)
        adding.addWidget(self.remove)
        keys = QHBoxLayout()
        keys.setSpacing(8)
        keys.addWidget(self.hot_key, 1)
        keys.addWidget(self.no_key)
        keys.addWidget(self.deed)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.addRow(_("While &locked"), self.locked)
        if "when_locked" in self.unkept:
            form.addRow("", self.unkept["when_locked"])
        form.addRow(_("R&emind me"), self.remind)
        key_label = QLabel(_("Hot &key"))
        key_label.setBuddy(self.hot_key)
        form.addRow(key_label, keys)
        form.addRow("", self.hot_key_fault)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        away = QLabel(_("MORE"))
        away.setObjectName("section")
        close = QPushButton(_("Close"))
        close.setObjectName("closePrivacy")
        close.setAutoDefault(False)
        close.clicked.connect(self.accept)
        layout = QVBoxLayout()
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(8)
        layout.addWidget(heading)
        layout.addWidget(
            _muted(
                _("These can't be shared and are covered when you share the desktop. So are Panecast's own windows.")
            )
        )
        self._add_unkept(layout, "never_shown")
        layout.addWidget(self.programs, 1)
        layout.addLayout(adding)
        layout.addSpacing(16)
        layout.addWidget(away)
        layout.addWidget(self.titles, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.border, 0, Qt.AlignmentFlag.AlignLeft)
        self._add_unkept(layout, "border")
        layout.addSpacing(8)
        layout.addLayout(form)
        end = QHBoxLayout()
        end.addStretch(1)
        end.addWidget(close)
        self.lay_out(layout, end)
        self.setMinimumWidth(528)

    def _add_unkept(self, layout: QVBoxLayout, setting: str) -> None:
        if setting in self.unkept:
            layout.addWidget(self.unkept[setting])

    def _fill(self, settings: Settings) -> None:
        """List the person's own programs, then those that come with the app."""
        chosen = self.programs.currentItem()
        # What was just added is what is looked for next; else a button would act on what was chosen before.
        added, self._added = self._added, ""
        kept = added or (None if chosen is None else chosen.data(PROGRAM))
        place = self.programs.verticalScrollBar().value()
        self.programs.clear()
        for program in (*settings.never_shown, *STARTING_LIST):
            is_own = program in settings.never_shown
            item = QListWidgetItem(
                program if is_own else _("{program}  ·  on the built-in list").format(program=program)
            )
            item.setData(PROGRAM, program)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            is_hidden = is_own or program not in settings.shown_anyway
            item.setCheckState(Qt.CheckState.Checked if is_hidden else Qt.CheckState.Unchecked)
            self.programs.addItem(item)
            if program == kept:
                self.programs.setCurrentItem(item)
        self.programs.verticalScrollBar().setValue(place)
        if added:
            self.programs.scrollToItem(self.programs.currentItem())

    def _tick(self, item: QListWidgetItem) -> None:
        program = str(item.data(PROGRAM))
        is_hidden = item.checkState() is Qt.CheckState.Checked
        if program in self._settings.never_shown:
            # Unticking what one has added oneself is removing it.
            if not is_hidden:
                self._wish_programs(tuple(each for each in self._settings.never_shown if each != program))
        elif is_hidden:
            self._wish_shown(tuple(each for each in self._settings.shown_anyway if each != program))
        else:
            with QSignalBlocker(self.programs):
                item.setCheckState(Qt.CheckState.Checked)
            self._ask(program)

    def _ask(self, program: str) -> None:
        """Ask, without blocking, whether a program that keeps secrets is really to be shown."""
        question = self._question = QMessageBox(self)
        question.setObjectName("showAnyway")
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.setIcon(QMessageBox.Icon.Warning)
        question.setWindowTitle(_("Privacy"))
        question.setText(_("Show windows of “{program}”?").format(program=program))
        question.setInformativeText(
            _(
                "Programs of this kind keep passwords and keys. If you share the desktop, viewers would see everything "
                "in their windows, and their windows could be shared."
            )
        )
        keep = question.addButton(_("Keep hidden"), QMessageBox.ButtonRole.RejectRole)
        keep.setObjectName("keepHidden")
        show = question.addButton(_("Show anyway"), QMessageBox.ButtonRole.AcceptRole)
        show.setObjectName("showIt")
        question.setDefaultButton(keep)
        question.setEscapeButton(keep)
        question.accepted.connect(lambda: self._wish_shown((*self._settings.shown_anyway, program)))
        question.open()

    def _add(self) -> None:
        name = " ".join(self.name.currentText().split())
        if not any(letter.isalnum() for letter in name):
            self.name.setFocus()
            return
        self.name.setEditText("")
        self._added = name
        if name in STARTING_LIST:
            self._wish_shown(tuple(each for each in self._settings.shown_anyway if each != name))
        elif name not in self._settings.never_shown:
            self._wish_programs((name, *self._settings.never_shown))

    def _remove(self) -> None:
        item = self.programs.currentItem()
        if item is not None:
            program = item.data(PROGRAM)
            self._wish_programs(tuple(each for each in self._settings.never_shown if each != program))

    def _allow_removing(self) -> None:
        item = self.programs.currentItem()
        is_own = item is not None and item.data(PROGRAM) in self._settings.never_shown
        self.remove.setEnabled(is_own and not is_fixed(self.remove))

    def _wish_programs(self, programs: tuple[str, ...]) -> None:
        self.requested.emit("never_shown", programs)

    def _wish_shown(self, programs: tuple[str, ...]) -> None:
        self.requested.emit("shown_anyway", programs)

    def _take_keys(self) -> None:
        text = self.hot_key.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        if text:
            try:
                Keys.parse(text)
            except ValueError as fault:
                self.say_fault(str(fault))
                return
        self.say_fault("")
        if text != self._settings.hot_key:
            self.requested.emit("hot_key", text)

    def _take_no_key(self) -> None:
        self.hot_key.clear()
        self._take_keys()

    def _check(self, name: str, text: str, setting: str) -> QCheckBox:
        box = QCheckBox(text)
        box.setObjectName(name)
        box.toggled.connect(lambda on: self.requested.emit(setting, on))
        return box

    def _choice(self, name: str, title: str, entries: Iterable[tuple[str, object]], setting: str) -> Choice:
        choice = Choice()
        choice.setObjectName(name)
        choice.setAccessibleName(title)
        for text, value in entries:
            choice.addItem(text, value)
        choice.currentIndexChanged.connect(lambda at: self.requested.emit(setting, choice.itemData(at)))
        return choice


def _reminder(minutes: int) -> tuple[str, int]:
    return (_("After {time}").format(time=lasting(minutes)) if minutes else _("Never")), minutes


def _muted(words: str) -> QLabel:
    made = QLabel(words)
    made.setObjectName("muted")
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    return made


def _button(name: str, text: str, hint: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(hint)
    # Return in a field beside it is not meant for it.
    button.setAutoDefault(False)
    return button
