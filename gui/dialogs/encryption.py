"""The window about encryption: the switch, the fingerprint to compare, and files of the person's own."""

from __future__ import annotations

from functools import partial
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
from resources.formats import day, listed
from resources.translate import N_, _

if TYPE_CHECKING:
    from server.net.certificates import Certificate

WHAT = N_(
    "When on, nobody on the network can see what you share. Browsers will warn once; continue only if their "
    "fingerprint matches this one."
)
NONE_YET = N_("Created the first time you share with encryption on.")
HALF = N_("Both files are needed: the certificate and its key.")
OWN = N_("Your own certificate and key (PEM files); leave both empty to use the one that Panecast makes:")


class EncryptionWindow(FittedDialog):
    """Shows `Encryption` and takes wishes.

    Signals:
        switched: encrypt or not.
        files_requested: paths of certificate and key.
    """

    help_page = "network#encryption"

    switched = Signal(bool)
    files_requested = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("encryptionWindow")
        self.setWindowTitle(_("Encryption"))
        self.setMinimumWidth(560)
        self.switch = QCheckBox(_("&Encrypt what is sent (HTTPS)"))
        self.switch.setObjectName("encrypt")
        self.switch.toggled.connect(self.switched)
        what = _muted(_(WHAT))
        self.fingerprint = QLabel()
        self.fingerprint.setObjectName("fingerprint")
        self.fingerprint.setAccessibleName(_("Fingerprint of the certificate (SHA-256)"))
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
        layout.addWidget(_muted(_(OWN)))
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
        self.about.setText(_(NONE_YET) if found is None else about(found))
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
        for row, (words, name, title, field) in enumerate(
            (
                (_("&Certificate"), _("Certificate"), _("Choose the certificate file"), self.certificate),
                (_("&Key"), _("Key"), _("Choose the key file"), self.key),
            )
        ):
            label = QLabel(words)
            label.setBuddy(field)
            field.setAccessibleName(name)
            choose = QPushButton(_("Choose…"))
            choose.setAutoDefault(False)
            choose.setAccessibleName(title)
            choose.clicked.connect(partial(self._choose, field, title))
            files.addWidget(label, row, 0)
            files.addWidget(field, row, 1)
            files.addWidget(choose, row, 2)
        return files

    def _buttons(self) -> QHBoxLayout:
        self.use = QPushButton(_("&Use these files"))
        self.use.setObjectName("useFiles")
        self.use.setAutoDefault(False)
        self.use.clicked.connect(self._use)
        close = QPushButton(_("Close"))
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
        self.problem.setText(_(HALF) if is_half else "")
        self.problem.setVisible(is_half)
        if not is_half:
            self.files_requested.emit(chain, key)

    def _choose(self, field: QLineEdit, title: str, checked: bool = False) -> None:
        dialog = QFileDialog(self, title)
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
    if certificate.is_own:
        words = _("Made by Panecast, valid until {day}, for {names}")
    else:
        words = _("From {file}, valid until {day}, for {names}")
    until = day(certificate.not_after.timestamp())
    file = "" if certificate.is_own else certificate.chain_file.name
    return words.format(file=file, day=until, names=listed(certificate.names))


def _muted(words: str) -> QLabel:
    label = QLabel(words)
    label.setObjectName("muted")
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
