"""What Qt says itself, such as *Cancel* in a file dialog, and which way lines run: by the language in use."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtGui import QGuiApplication

from resources.translate import is_mirrored, language


class QtWords:
    """Follows the language in use each time it is told to."""

    def __init__(self) -> None:
        self._translator: QTranslator | None = None

    def follow(self) -> None:
        """Have Qt speak the language in use, and lay out windows as that is read."""
        tag, system = language(), QLocale.system()
        locale = QLocale(tag)
        # The person's own region, where it speaks that language: people in Britain write days otherwise than in the US.
        QLocale.setDefault(system if system.language() == locale.language() else locale)
        QGuiApplication.setLayoutDirection(
            Qt.LayoutDirection.RightToLeft if is_mirrored() else Qt.LayoutDirection.LeftToRight
        )
        before, self._translator = self._translator, QTranslator()
        if before is not None:
            QCoreApplication.removeTranslator(before)
        if self._translator.load(f"qtbase_{tag}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            QCoreApplication.installTranslator(self._translator)
