"""The log of the running app: where it lies, what it holds, and what is said where it cannot be written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.parts import eventually, running_app
from tests.helpers.ports import free_port
from tests.helpers.x11.desktop import XServer

ROOT = Path(__file__).parents[2]
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Return a starter of the app, without any display, with its settings in ``config``."""

    def run(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        return subprocess.Popen(
            [sys.executable, "-m", "gui", *arguments],
            cwd=ROOT,
            env=kept | {"QT_QPA_PLATFORM": "offscreen"} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return run


def shared(start: Start, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start the app and return it once it shares."""
    app = start("--port", str(free_port()), "--share", "demo", "--print-url", *arguments, **environment)
    assert app.stdout is not None
    assert app.stdout.readline().startswith("http://")
    return app


@pytest.mark.panel
def test_without_a_chosen_folder_it_lies_where_the_system_has_logs(start: Start, tmp_path: Path) -> None:
    places = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    app = shared(start, **places)
    app.send_signal(signal.SIGTERM)
    _, errors = app.communicate(timeout=10)

    log = (tmp_path / "state" / "panecast" / "log" / "panecast.log").read_text(encoding="utf-8")
    assert "INFO gui.start: Panecast 0.1.0 begins" in log.replace("INFO __main__", "INFO gui.start")
    assert "INFO server.server: serving at http://localhost:" in log
    # Written to the end, although the end is a short one.
    assert log.splitlines()[-1].endswith("stopped")
    assert app.returncode == 0
    assert "INFO" not in errors
    assert not (tmp_path / "config" / "panecast" / "log").exists()


@pytest.mark.panel
def test_verbose_writes_to_standard_error_too(start: Start, tmp_path: Path) -> None:
    app = shared(start, "--verbose", "--config-dir", str(tmp_path))
    app.send_signal(signal.SIGTERM)
    _, errors = app.communicate(timeout=10)

    assert "INFO server.server: serving at" in errors
    assert "INFO server.server: serving at" in (tmp_path / "log" / "panecast.log").read_text(encoding="utf-8")


@pytest.mark.x11
@pytest.mark.panel
def test_a_log_folder_that_cannot_be_used_is_said_in_the_panel_and_changes_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file, where a folder should be")
    # Else that there is no tray would be said over it.
    (tmp_path / "settings.toml").write_text("knows_no_tray = true\n")
    display = XServer()
    try:
        with running_app(display, tmp_path, "--share", "demo") as app:
            app.find("where", "messageText")
            assert app.ask("text", "messageText").startswith("The log could not be written (")
            assert app.close() == ""
            assert app.process.returncode == 0
    finally:
        display.close()
    assert (tmp_path / "log").read_text() == "a file, where a folder should be"


@pytest.mark.panel
def test_safe_mode_shares_nothing_and_leaves_the_settings_as_they_are(start: Start, tmp_path: Path) -> None:
    before = f'port = {free_port()}\nfps = 7\nhot_key = "Ctrl+F1"\n\n[[shared]]\nkind = "demo"\nid = "demo"\n'
    (tmp_path / "settings.toml").write_text(before)
    folder = ["--config-dir", str(tmp_path)]
    app = start("--safe-mode", *folder)
    try:
        # Else what is meant to ask it may become the copy that runs.
        eventually(lambda: "not running" not in said(start("status", *folder)))
        status = said(start("start", *folder))
        assert "Sharing is on: nothing selected" in status
        assert "safe-mode works from its start on" in said(start("--safe-mode", *folder))
        said(start("share", "demo", *folder))
    finally:
        app.send_signal(signal.SIGTERM)
        app.communicate(timeout=10)

    assert app.returncode == 0
    assert (tmp_path / "settings.toml").read_text() == before
    assert tomllib.loads(before)["fps"] == 7


@pytest.mark.parametrize("more", [["--share", "demo"], ["--demo"]])
def test_safe_mode_and_sharing_at_once_cannot_be_meant(start: Start, tmp_path: Path, more: list[str]) -> None:
    app = start("--safe-mode", *more, "--config-dir", str(tmp_path))
    _, errors = app.communicate(timeout=20)

    assert app.returncode == 2
    assert "--safe-mode shares nothing" in errors


def said(app: subprocess.Popen[str]) -> str:
    output, errors = app.communicate(timeout=60)
    return output + errors
