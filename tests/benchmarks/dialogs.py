"""The whole app with its dialogs opened one after the other; prints what each took as JSON, a line each.

A process of its own: ``python -m tests.benchmarks.dialogs TIMES``. Wants a display with a window manager.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.app import App, StartOptions
from gui.dialogs.settings.column import Column
from gui.dialogs.settings.dialog import SettingsDialog
from gui.loop.gc_on_loop import Collector
from gui.loop.loop import Loop
from gui.start import _application
from server.logs.place import log_folder
from server.logs.recording import Recording
from tests.helpers.ports import free_port

CALM_SECONDS = 0.3
"""Without work for the loop, after which what was begun is over."""
LONGEST_SECONDS = 3.0
START_SECONDS = 5.0
"""After which nothing is left to be done of the start."""
WORK_SECONDS = 0.003
"""Of the thread's processor time in a turn, from which on the turn counts as work: pictures of the panel take less."""

IDLE_SECONDS = 0.0005


class Turns(QObject):
    """Takes notice of every turn of the loop, and how long the longest of them held it.

    A timer that is due at once is served once a turn. Processor time of the thread is noted apart: a machine that has
    other things to do makes turns longer, and not that.

    Attributes:
        held, worked: seconds of the longest turn, by the clock and of the thread's processor time.
        spent: seconds of processor time of all turns that were more than waiting.
        last: when the last turn ended that had work.
    """

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turn)
        self._before = (0.0, 0.0)
        self.held = self.worked = self.spent = self.last = 0.0

    def begin(self) -> None:
        """Count from here on."""
        self._before = (time.perf_counter(), time.thread_time())
        self.held = self.worked = self.spent = 0.0
        self.last = self._before[0]
        self._timer.start(0)

    def end(self) -> None:
        """Count no more."""
        self._timer.stop()

    def _turn(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        held, worked = now[0] - self._before[0], now[1] - self._before[1]
        self.held, self.worked = max(self.held, held), max(self.worked, worked)
        if worked > IDLE_SECONDS:
            self.spent += worked
        if worked > WORK_SECONDS:
            self.last = now[0]
        self._before = now

    def spent_by_now(self) -> float:
        """Return the same, with the turn that is under way."""
        return self.spent + time.thread_time() - self._before[1]


class Painted(QObject):
    """Notices when windows, and parts of them, are painted.

    Attributes:
        first: when each was first, since the last `begin`, and what the loop had spent by then.
    """

    def __init__(self, turns: Turns) -> None:
        super().__init__()
        self._turns = turns
        self.first: dict[int, tuple[float, float]] = {}
        self._is_looking = False

    def begin(self) -> None:
        """Begin anew."""
        self.first.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take notice of a paint."""
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            now = (time.perf_counter(), self._turns.spent_by_now())
            self.first.setdefault(id(watched), now)
            self.first.setdefault(id(watched.window()), now)
        return False


class Watch:
    """Has one thing done after the other, and tells what each took."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._turns = Turns()
        self._painted = Painted(self._turns)
        QApplication.instance().installEventFilter(self._painted)  # type: ignore[union-attr] # there is one

    def follow(self, rows: Column) -> None:
        """Have rows count as seen when they are painted first after they were shown."""
        rows.shown.connect(self._painted.begin)

    async def do(self, name: str, act: Callable[[], object], part: Callable[[], QWidget | None]) -> None:
        """Have ``act`` done by the loop, as a click is, and wait until it is over; print what it took.

        It is seen when ``part()``, a window or a part of one, has been painted first since.
        """
        begun = self._begin()
        done = asyncio.get_running_loop().create_future()

        def run() -> None:
            try:
                act()
            except Exception as fault:  # noqa: BLE001  it ends the measuring
                done.set_exception(fault)
            else:
                done.set_result(None)

        QTimer.singleShot(0, run)
        await done
        seen = spent = 0.0
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            there = part()
            if not seen and there is not None and there.isVisible():
                seen, spent = self._painted.first.get(id(there), (0.0, 0.0))
            if now > max(self._turns.last, seen) + CALM_SECONDS or now > begun + LONGEST_SECONDS:
                break
        self._turns.end()
        found = {
            "seen": seen - begun,
            "seen at work": spent,
            "over": self._turns.last - begun,
            "over at work": self._turns.spent,
            "held": self._turns.held,
            "worked": self._turns.worked,
            "watchdog": self._app.watchdog.worst,
        }
        print(json.dumps({"name": name} | {key: round(value * 1000, 1) for key, value in found.items()}), flush=True)

    def _begin(self) -> float:
        self._painted.begin()
        self._app.watchdog.worst = 0.0
        self._turns.begin()
        return time.perf_counter()


def plain(parent: QWidget) -> QDialog:
    """Return the least that can be opened: a sentence and a button, in the same style."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    button = QPushButton("Close")
    button.clicked.connect(dialog.accept)
    layout = QVBoxLayout(dialog)
    layout.addWidget(QLabel("Nothing to be said here."))
    layout.addWidget(button)
    dialog.show()
    return dialog


def named(name: str) -> QWidget | None:
    """Return the window of that name."""
    return next((each for each in QApplication.topLevelWidgets() if each.objectName() == name), None)


async def measure(app: App, watch: Watch, *, first: bool) -> None:
    """Do everything that is measured once, in turn."""
    panel = app.panel
    mark = "first " if first else ""
    opened: list[QDialog] = []

    def settings() -> SettingsDialog:
        assert app.settings.dialog is not None
        return app.settings.dialog

    def open_plain() -> None:
        opened.append(plain(panel))

    def begin_first_start() -> None:
        app.first_start.open()
        panel.preview.stage.update()

    async def speak(name: str, window: Callable[[], QWidget | None]) -> None:
        for language in ("de", "en"):
            await watch.do(mark + name, lambda: app.settings.wish("language", language), window)  # noqa: B023  at once

    await watch.do(f"{mark}reference", open_plain, lambda: opened[-1])
    opened.pop().accept()
    await asyncio.sleep(CALM_SECONDS)
    await watch.do(f"{mark}settings", app.verbs.settings.trigger, lambda: app.settings.dialog)
    rows = settings().scrolled
    watch.follow(rows)
    await watch.do(f"{mark}letter", lambda: settings().search.insert("l"), lambda: rows.inside)
    for letter in "ock":
        await watch.do(f"{mark}next letter", lambda: settings().search.insert(letter), lambda: rows.inside)  # noqa: B023  at once
    settings().search.clear()
    await asyncio.sleep(CALM_SECONDS)
    for row in range(1, 7):
        await watch.do(f"{mark}page", lambda: settings().pages.setCurrentRow(row), lambda: rows.inside)  # noqa: B023  at once
    await speak("language, settings open", lambda: rows.inside)
    settings().accept()
    await asyncio.sleep(CALM_SECONDS)
    await speak("language", lambda: panel)
    await watch.do(f"{mark}manual", lambda: panel.help_requested.emit("first-steps"), lambda: named("manual"))
    for page in ("who-can-watch", "hide-and-mask"):
        await watch.do(f"{mark}manual page", lambda: panel.help_requested.emit(page), lambda: named("manual"))  # noqa: B023
    manual = named("manual")
    assert manual is not None
    manual.close()
    await watch.do(f"{mark}first start", begin_first_start, lambda: app.first_start.window)
    app.first_start.close()
    await asyncio.sleep(CALM_SECONDS)


async def main(application: QApplication, folder: Path, times: int) -> None:
    """Have the app with its panel, and measure ``times`` times."""
    collector = Collector()
    collector.start()
    (folder / "settings.toml").write_text(f'language = "en"\nport = {free_port()}\n', encoding="utf-8")
    app = App(application, StartOptions(config_dir=folder), Recording(log_folder(folder)))
    app.open()
    await app.settle()
    await asyncio.sleep(START_SECONDS)
    watch = Watch(app)
    for at in range(times):
        await measure(app, watch, first=at == 0)
    await app.close()
    collector.stop()


if __name__ == "__main__":
    made = _application()
    loop = Loop(made)
    asyncio.set_event_loop(loop)
    loop.set_default_executor(ThreadPoolExecutor(2, thread_name_prefix="default"))
    with tempfile.TemporaryDirectory() as name, loop:
        loop.run_until_complete(main(made, Path(name), int(sys.argv[1])))
