"""After a crash: what the next start says and offers, by mouse, in the running app."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.dialogs.crash_report import COPIED, CrashReportDialog, show_after_crash
from gui.panel.window import Panel
from gui.verbs import Verbs
from gui.widgets.icons import Icons
from server.logs.last_run import MARK, Run
from tests.browser.parts import eventually, running_app
from tests.helpers.x11.desktop import PROJECT, XServer

REPORT = "Panecast did not end properly.\n\nFatal Python error: Segmentation fault"


@pytest.fixture
def display() -> Iterator[XServer]:
    server = XServer()
    yield server
    server.close()


def test_the_report_is_shown_and_copied(qtbot: QtBot) -> None:
    dialog = CrashReportDialog(REPORT)
    qtbot.addWidget(dialog)
    dialog.come_forward()
    assert not dialog.text.isVisible()
    qtbot.mouseClick(dialog.show_report, Qt.MouseButton.LeftButton)
    assert dialog.text.isVisible()
    assert dialog.text.toPlainText() == REPORT
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == REPORT
    assert dialog.hint.text() == COPIED
    qtbot.mouseClick(dialog.show_report, Qt.MouseButton.LeftButton)
    assert not dialog.text.isVisible()
    with qtbot.waitSignal(dialog.safe_start_requested):
        qtbot.mouseClick(dialog.safe_start, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_a_fault_of_the_report_itself_keeps_nobody_from_the_panel(
    qtbot: QtBot, icons: Icons, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(CrashReportDialog, "_buttons")
    panel = Panel(icons, Verbs(icons))
    qtbot.addWidget(panel)
    show_after_crash(REPORT, panel, lambda: None)
    panel.show()

    assert panel.isVisible()
    assert "the report of the last crash could not be shown" in caplog.text


@pytest.mark.x11
@pytest.mark.panel
def test_after_a_crash_the_next_start_says_so_once_and_starts_without_sharing(display: XServer, tmp_path: Path) -> None:
    with running_app(display, tmp_path, "--share", "demo") as app:
        app.find("where", "privacy")
        assert not app.ask("where", "showReport")
        app.process.send_signal(signal.SIGSEGV)
        app.process.communicate(timeout=20)
        assert app.process.returncode == -signal.SIGSEGV
    with running_app(display, tmp_path) as app:
        app.click("where", "showReport")
        app.find("where", "crashText")
        app.click("where", "startWithoutSharing")
        app.process.communicate(timeout=20)
        assert app.process.returncode == 0
    try:
        assert eventually(lambda: said(display, "status", tmp_path)).startswith("Sharing is off.")
        mark = json.loads((tmp_path / "log" / MARK).read_text())
        assert "--safe-mode" in Path("/proc", str(mark["process"]), "cmdline").read_text().split("\0")
    finally:
        assert said(display, "quit", tmp_path) == "Panecast is quitting.\n"
    with running_app(display, tmp_path) as app:
        app.find("where", "privacy")
        assert not app.ask("where", "showReport")
        assert app.close() == ""


@pytest.mark.x11
@pytest.mark.panel
@pytest.mark.parametrize("ending", ["display is killed", "display hangs"])
def test_an_end_with_the_session_is_no_crash(tmp_path: Path, ending: str) -> None:
    display = XServer()
    try:
        with running_app(display, tmp_path, "--share", "demo") as app:
            app.find("where", "privacy")
            assert (tmp_path / "log" / MARK).exists()
            if ending == "display is killed":
                display.kill()
            else:
                display.freeze()
                app.process.terminate()
            app.process.communicate(timeout=20)
            display.thaw()
    finally:
        display.close()

    run = Run(tmp_path / "log")
    run.end()
    assert run.report == ""


def said(display: XServer, command: str, folder: Path) -> str:
    """Return what the copy that runs says, nothing while none does."""
    return subprocess.run(
        [sys.executable, "-m", "gui", command, "--config-dir", str(folder)],
        cwd=PROJECT,
        env=display.environment,
        check=False,
        capture_output=True,
        text=True,
    ).stdout
