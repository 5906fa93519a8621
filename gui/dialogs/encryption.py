"""The window about encryption: the switch, the fingerprint to compare, and files of the person's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.core.encryption import Encryption
from gui.widgets.screen_fit import FittedDialog

if TYPE_CHECKING:
    from server.net.certificates import Certificate

WHAT = (
    "Nobody on the network can read along. Browsers do not know the certificate that Panecast makes and warn at first: "
    "go on if the fingerprint that they show is this one."
)
NONE_YET = "It is made when you first share encrypted."
HALF = "Both files are needed: the certificate and its key."
OWN = "Your own certificate and key (PEM files); leave both empty for the one that Panecast makes:"


class EncryptionWindow(FittedDialog):
    """Shows `Encryption` and takes wishes.

    Signals:
        switched: encrypt or not.
        files_requested: paths of certificate and key.
    """

    switched = Signal(bool)
    files_requested = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("encryptionWindow")
        self.setWindowTitle("Encryption")
        self.setMinimumWidth(560)
        self.switch = QCheckBox("&Encrypt what is sent (HTTPS)")
        self.switch.setObjectName("encrypt")
        self.switch.toggled.connect(self.switched)
        what = _muted(WHAT)
        self.fingerprint = QLabel()
        self.fingerprint.setObjectName("fingerprint")
        self.fingerprint.setAccessibleName("Fingerprint of the certificate (SHA-256)")
        self.fingerprint.setTextFormat(Qt.TextFormat.PlainText)
        self.fingerprint.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.about = _muted("")
        files = self._files()
        self.problem = QLabel()
        self.problem.setObjectName("formError")
        self.problem.setWordWrap(True)
        buttons = self._buttons()
        layout = QVBoxLayout()
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addWidget(self.switch)
        layout.addWidget(what)
        layout.addWidget(self.fingerprint)
        layout.addWidget(self.about)
        layout.addSpacing(8)
        layout.addWidget(_muted(OWN))
        layout.addLayout(files)
        layout.addWidget(self.problem)
        self.lay_out(layout, buttons)

    def show_encryption(self, encryption: Encryption) -> None:
        """Show what is wished for and what is used."""
        with QSignalBlocker(self.switch):
            self.switch.setChecked(encryption.is_on)
        found = encryption.certificate
        self.fingerprint.setText("" if found is None else in_two_lines(found.fingerprint))
        self.fingerprint.setVisible(found is not None)
        self.about.setText(NONE_YET if found is None else about(found))
        if not self.certificate.hasFocus() and not self.key.hasFocus():
            chain, key = encryption.files
            self.certificate.setText(chain)
            self.key.setText(key)
        self.problem.hide()

    def _files(self) -> QGridLayout:
        self.certificate = QLineEdit()
        self.certificate.setObjectName("certificateFile")
        self.key = QLineEdit()
        self.key.setObjectName("keyFile")
        files = QGridLayout()
        files.setSpacing(8)
        for row, (words, field) in enumerate((("&Certificate", self.certificate), ("&Key", self.key))):
            label = QLabel(words)
            label.setBuddy(field)
            field.setAccessibleName(words.replace("&", ""))
            choose = QPushButton("Choose…")
            choose.setAutoDefault(False)
            choose.setAccessibleName(f"Choose the file of the {words.replace('&', '').lower()}")
            choose.clicked.connect(lambda _=False, field=field: self._choose(field))
            files.addWidget(label, row, 0)
            files.addWidget(field, row, 1)
            files.addWidget(choose, row, 2)
        return files

    def _buttons(self) -> QHBoxLayout:
        self.use = QPushButton("&Use these files")
        self.use.setObjectName("useFiles")
        self.use.setAutoDefault(False)
        self.use.clicked.connect(self._use)
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.use)
        buttons.addStretch(1)
        buttons.addWidget(close)
        return buttons

    def _use(self) -> None:
        chain, key = self.certificate.text().strip(), self.key.text().strip()
        is_half = bool(chain) != bool(key)
        self.problem.setText(HALF if is_half else "")
        self.problem.setVisible(is_half)
        if not is_half:
            self.files_requested.emit(chain, key)

    def _choose(self, field: QLineEdit) -> None:
        dialog = QFileDialog(self, f"Choose the file of the {field.accessibleName().lower()}")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(field.setText)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # Not exec(): that would run a loop within the loop.
        dialog.open()


def in_two_lines(fingerprint: str) -> str:
    """Return ``AA:BB:…`` so that it can be compared by eye."""
    parts = fingerprint.split(":")
    half = (len(parts) + 1) // 2
    return ":".join(parts[:half]) + "\n" + ":".join(parts[half:])


def about(certificate: Certificate) -> str:
    """Return in words whose certificate it is, until when, and for which names."""
    whose = "Made by Panecast" if certificate.is_own else f"From {certificate.chain_file.name}"
    return f"{whose}, good until {certificate.not_after:%d %B %Y}, for {', '.join(certificate.names)}"


def _muted(words: str) -> QLabel:
    label = QLabel(words)
    label.setObjectName("muted")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
