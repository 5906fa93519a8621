"""The real app, with one addition: it tells on standard input's request where its parts are on the screen.

``where NAME`` answers ``x y width height`` of a widget; ``text NAME`` what a label says; ``value NAME`` what a slider
is at; ``row ID`` the place of a source's check box, ``card ID`` that of its card in the first start; ``at NAME VALUE``
the point of a slider's value; ``item NAME NUMBER`` the place of one of a combo box's choices, in its open list;
``typed NAME`` the same as ``where``, while keys come to the widget's window; ``clipboard`` what is in that; ``worst``
the longest time the loop was held, in milliseconds. An empty answer: not there.
"""

from __future__ import annotations

import asyncio
import sys
import threading

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QSlider, QStyle, QStyleOptionSlider, QWidget

import gui.app
import gui.start
from gui.__main__ import main


class DrivenApp(gui.app.App):
    """The app, answering questions."""

    def open(self) -> None:
        super().open()
        loop = asyncio.get_running_loop()

        def listen() -> None:
            for line in sys.stdin:
                loop.call_soon_threadsafe(self._reply, line.split())

        threading.Thread(target=listen, daemon=True).start()

    def _reply(self, words: list[str]) -> None:
        print("=", self._answer(*words), flush=True)

    def _answer(self, word: str, name: str = "", value: str = "0") -> str:
        if word == "worst":
            worst, self.watchdog.worst = self.watchdog.worst, 0.0
            return f"{worst * 1000:.1f}"
        if word == "clipboard":
            return QApplication.clipboard().text()
        if word == "row":
            rows = self.panel.sources.list
            return _place(rows.viewport(), rows.check_rect(name))
        if word == "card":
            first_start = self.first_start.window
            cards = None if first_start is None else first_start.what.cards
            return "" if cards is None else _place(cards.viewport(), cards.card_rect(name))
        widget = self.panel if name == "panel" else _find(name)
        if widget is None or not widget.isVisible():
            return ""
        if word == "text":
            assert isinstance(widget, QLabel)
            return widget.text()
        if word == "value":
            assert isinstance(widget, QSlider)
            return str(widget.value())
        if word == "at":
            assert isinstance(widget, QSlider)
            return _place(widget, _handle(widget, int(value)))
        if word == "typed" and not widget.isActiveWindow():
            return ""
        if word == "item":
            assert isinstance(widget, QComboBox)
            choices = widget.view()
            index = choices.model().index(int(value), 0)
            return _place(choices.viewport(), choices.visualRect(index)) if choices.isVisible() else ""
        return _place(widget, widget.rect())


def _find(name: str) -> QWidget | None:
    """Return the part of that name that can be seen, in whichever of our windows."""
    found = (part for window in QApplication.topLevelWidgets() for part in window.findChildren(QWidget, name))
    return next((part for part in found if part.isVisible()), None)


def _place(widget: QWidget, rect: QRect) -> str:
    if rect.isEmpty():
        return ""
    corner: QPoint = widget.mapToGlobal(rect.topLeft())
    return f"{corner.x()} {corner.y()} {rect.width()} {rect.height()}"


def _handle(slider: QSlider, value: int) -> QRect:
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    option.sliderPosition = option.sliderValue = value
    return slider.style().subControlRect(
        QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, slider
    )


if __name__ == "__main__":
    gui.start.App = DrivenApp
    sys.exit(main())
