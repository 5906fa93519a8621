"""A link as a code to scan, large, in a window of its own."""

from __future__ import annotations

import io

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.widgets.screen_fit import FittedDialog, room_of
from resources.translate import _

EDGE = 320
"""Least logical pixels of the code: to be scanned from the other side of a desk."""
BESIDE = 176
"""Logical pixels of the height that words and button take."""
LEAST_EDGE = 160


class QrDialog(FittedDialog):
    """Shows an address as a QR code.

    The part after ``#`` lets in everybody who has it, and stands in the code alone.
    """

    help_page = "phones-and-tvs#code"

    def __init__(self, url: str, parent: QWidget | None = None, name: str = "") -> None:
        """``name`` is that of the link."""
        super().__init__(parent)
        self.setObjectName("qrDialog")
        self.setWindowTitle(_("Scan to watch: {name}").format(name=name) if name else _("Scan to watch"))
        plain, hash_sign, _secret = url.partition("/#")
        code = QLabel()
        # Half a code in sight is none: on a low screen it is smaller.
        edge = max(LEAST_EDGE, min(EDGE, room_of(self).height() - BESIDE - 3 * self.fontMetrics().height()))
        code.setPixmap(qr_pixmap(url, edge, self.devicePixelRatioF()))
        code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        code.setAccessibleName(_("QR code of {address}").format(address=plain))
        address = _centred(f"{plain}/#t=…" if hash_sign else plain)
        address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        address.setStyleSheet("font-weight: 600;")
        layout = QVBoxLayout()
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(8)
        layout.addWidget(code)
        layout.addWidget(address)
        hint = ""
        if "localhost" in url or "127.0.0.1" in url:
            hint = _("This link works on this computer only.")
        elif hash_sign:
            hint = _("Anyone who scans this code can watch via “{name}”.").format(name=name)
        if hint:
            words = _centred(hint)
            words.setObjectName("addressHint")
            layout.addWidget(words)
        close = QPushButton(_("Close"))
        close.clicked.connect(self.accept)
        end = QHBoxLayout()
        end.addStretch(1)
        end.addWidget(close)
        end.addStretch(1)
        self.lay_out(layout, end)


def show_qr(url: str, parent: QWidget, name: str = "") -> QrDialog:
    """Show ``url`` as a code, without blocking."""
    dialog = QrDialog(url, parent, name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    # exec() would run a loop inside the loop that serves the viewers.
    dialog.open()
    return dialog


def qr_pixmap(text: str, edge: int, ratio: float = 1.0) -> QPixmap:
    """Return ``text`` as a QR code of at least ``edge`` logical pixels, in whole pixels for each of its squares.

    Black on white in light and dark alike: cameras expect it.
    """
    # Here and not above: most starts show no code.
    import segno

    code = segno.make(text, error="m", micro=False)
    squares = code.symbol_size(border=3)[0]
    out = io.BytesIO()
    code.save(out, kind="png", scale=-(-round(edge * ratio) // squares), border=3)
    pixmap = QPixmap()
    pixmap.loadFromData(out.getvalue(), "PNG")
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def _centred(text: str) -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label
