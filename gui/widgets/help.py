"""The way from a part of a window to its page of the manual: F1, and a “?” beside it.

A part names its page in a property; the nearest one around what has the keyboard is meant. The wish goes up to the
first window around that can pass it on, which is the panel.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QSize
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QToolButton, QWidget

from resources.translate import _

PROPERTY = "help"
FIRST = "first-steps"


class HelpButton(QToolButton):
    """A “?” that leads to a page. Not on the way of the Tab key, for F1 does the same from the part beside it."""

    def __init__(self, page: str, part: QWidget | None = None) -> None:
        """``page`` is ``name`` or ``name#anchor``; F1 in ``part`` leads there too."""
        super().__init__()
        self.page = page
        self.setObjectName("helpButton")
        self.setText("?")
        self.translate()
        self.setFocusPolicy(self.focusPolicy().NoFocus)
        self.clicked.connect(lambda: ask_help(self, self.page))
        if part is not None:
            set_help(part, page)

    def translate(self) -> None:
        """Say everything in the language in use."""
        self.setAccessibleName(_("Help"))
        self.setToolTip(_("What the manual says about this (F1)"))

    def minimumSizeHint(self) -> QSize:
        """Return the size that it has: squeezed, its mark would be cut."""
        return self.sizeHint()


def set_help(part: QWidget, page: str) -> None:
    """Have F1 lead to ``page`` while ``part``, or something in it, has the keyboard."""
    part.setProperty(PROPERTY, page)


def help_of(part: QWidget | None) -> str:
    """Return the page about ``part``."""
    return next((str(each.property(PROPERTY)) for each in _around(part) if each.property(PROPERTY)), FIRST)


def ask_help(part: QWidget, page: str) -> None:
    """Have the manual opened at ``page``; without effect where no window around ``part`` passes that on."""
    passing = next((each for each in _around(part) if hasattr(each, "help_requested")), None)
    if passing is not None:
        passing.help_requested.emit(page)


def add_help_key(window: QWidget) -> None:
    """Have F1 lead to the page about what has the keyboard in ``window``."""
    QShortcut(QKeySequence(QKeySequence.StandardKey.HelpContents), window, lambda: _ask_here(window))


def _ask_here(window: QWidget) -> None:
    # Qt's stubs do not know that there may be none.
    focus: QWidget | None = window.focusWidget()
    part = window if focus is None else focus
    ask_help(part, help_of(part))


def _around(part: QWidget | None) -> Iterator[QWidget]:
    while part is not None:
        yield part
        part = part.parentWidget()
