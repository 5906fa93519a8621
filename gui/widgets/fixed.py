"""Controls of settings that an administrator has fixed: they cannot be used, and say so."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from gui.settings.policy import FIXED_WORDS
from resources.translate import _

PROPERTY = "fixed"


def fix(parts: Iterable[QWidget | QAction]) -> None:
    """Have nobody use ``parts`` any more; who enables one later asks `is_fixed` first."""
    for part in parts:
        part.setProperty(PROPERTY, True)
        part.setEnabled(False)
        part.setToolTip(_(FIXED_WORDS))
        if isinstance(part, QAction):
            for menu in part.associatedObjects():
                if isinstance(menu, QMenu):
                    menu.setToolTipsVisible(True)


def is_fixed(part: QWidget | QAction) -> bool:
    """Tell whether an administrator has fixed what ``part`` chooses."""
    return bool(part.property(PROPERTY))
