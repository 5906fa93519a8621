"""The window about further names by which this computer is reached, such as that of a proxy in front of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from gui.widgets.screen_fit import FittedDialog
from resources.translate import N_, _

WHAT = N_(
    "Panecast answers only to names that it knows, so that no website can pass for it. If people reach this computer "
    "by another name, such as that of a reverse proxy or one of your own in the DNS, enter it here. Under that name "
    "everyone needs a link, on this computer too."
)


class HostNamesWindow(FittedDialog):
    """Shows the names and takes others.

    Signals:
        names_requested: what the person wrote, as a tuple of texts, not looked at.
    """

    help_page = "network#names"

    names_requested = Signal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("namesWindow")
        self.setWindowTitle(_("Other names of this computer"))
        self.setMinimumWidth(480)
        what = QLabel(_(WHAT))
        what.setObjectName("muted")
        what.setWordWrap(True)
        self.field = QLineEdit()
        self.field.setObjectName("names")
        self.field.setPlaceholderText("screen.example.org")
        label = QLabel(_("&Names, separated by commas"))
        label.setBuddy(self.field)
        self.problem = QLabel()
        self.problem.setObjectName("formError")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.use = QPushButton(_("&Save"))
        self.use.setObjectName("useNames")
        self.use.setDefault(True)
        self.use.clicked.connect(self._use)
        cancel = QPushButton(_("Cancel"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.use)
        layout = QVBoxLayout()
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addWidget(what)
        layout.addSpacing(8)
        layout.addWidget(label)
        layout.addWidget(self.field)
        layout.addWidget(self.problem)
        self.lay_out(layout, buttons)

    def ask(self, names: tuple[str, ...]) -> None:
        """Show ``names`` and let them be changed."""
        self.field.setText(", ".join(names))
        self.say("")
        self.show()
        self.raise_()
        self.activateWindow()
        self.field.setFocus()

    def say(self, problem: str) -> None:
        """Say what is wrong with the names that were entered; an empty text says nothing."""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _use(self) -> None:
        self.names_requested.emit(tuple(filter(None, (name.strip() for name in self.field.text().split(",")))))
