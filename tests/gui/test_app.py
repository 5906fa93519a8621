"""The whole app on the offscreen platform, with the demo picture as the only source."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.ports import free_port

ROOT = Path(__file__).parents[2]


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Return a starter of the app as a program of its own, without any display."""

    def run(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        return subprocess.Popen(
            [sys.executable, "-m", "gui", "--config-dir", str(tmp_path), *arguments],
            cwd=ROOT,
            env=kept | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return run


def lightly(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run the program; its last line is what it loaded and need not have."""
    program = """
import sys
from gui.__main__ import main
try:
    code = main(sys.argv[1:])
except SystemExit as end:
    code = end.code
heavy = ("PySide6", "numpy", "aiohttp", "qasync", "gui.app", "gui.panel", "capture.feed", "asyncio")
print([name for name in heavy if name in sys.modules])
sys.exit(code)
"""
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, check=False, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("module", ["gui.start", "server.serve", "gui.dialogs.settings.files"])
def test_what_few_need_is_not_loaded_at_the_start_nor_for_the_settings(module: str) -> None:
    few = ("av", "cryptography", "segno", "PIL", "gui.windows", "gui.dialogs.settings.dialog")
    program = f"import sys, {module}; print([name for name in {few} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)

    assert done.stdout == "[]\n"


@pytest.mark.panel
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_app_shares_prints_the_address_and_ends_on_a_signal(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path, ending: signal.Signals
) -> None:
    port = free_port()
    app = start("--share", "demo", "--print-url", "--port", str(port), QT_QPA_PLATFORM="offscreen")
    assert app.stdout is not None
    assert app.stdout.readline() == f"http://localhost:{port}\n"
    with socket.create_connection(("127.0.0.1", port), timeout=5) as visitor:
        visitor.sendall(f"GET /api/windows HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while part := visitor.recv(4096):
            answer += part
    if ending is signal.SIGINT:
        second = start("--share", "demo", "--print-url")
        said, _ = second.communicate(timeout=20)
        assert (second.returncode, said) == (0, f"http://localhost:{port}\n")
    app.send_signal(ending)
    _, errors = app.communicate(timeout=10)

    assert b'"count":1' in answer.replace(b" ", b"")
    assert app.returncode == 0
    assert "Traceback" not in errors
    assert f"port = {port}" in (tmp_path / "settings.toml").read_text(encoding="utf-8")


@pytest.mark.panel
def test_closed_panel_gives_back_what_its_pictures_took(tmp_path: Path) -> None:
    program = """
import sys
import gui.app
import gui.windows
from gui.__main__ import main

class Closed(gui.app.App):
    def open(self):
        super().open()
        self._loop.call_soon(self.panel.hide)

def give_back():
    print("given back", flush=True)

gui.windows.give_back = give_back
import gui.start
gui.start.App = Closed
sys.exit(main(sys.argv[1:]))
"""
    with subprocess.Popen(
        [sys.executable, "-c", program, "--config-dir", tmp_path, "--port", str(free_port())],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
    ) as app:
        assert app.stdout is not None
        assert app.stdout.readline() == "given back\n"
        app.terminate()
    assert app.returncode == 0


def test_without_a_display_it_says_so_in_words(start: Callable[..., subprocess.Popen[str]]) -> None:
    app = start(QT_QPA_PLATFORM="")
    _, errors = app.communicate(timeout=20)

    assert app.returncode == 1
    assert "no display" in errors
    assert "Traceback" not in errors


def test_display_that_does_not_answer_is_named(start: Callable[..., subprocess.Popen[str]]) -> None:
    app = start(QT_QPA_PLATFORM="xcb", DISPLAY=":47110")
    _, errors = app.communicate(timeout=20)

    assert app.returncode == 1
    assert ":47110" in errors
    assert "Traceback" not in errors


def test_rule_that_means_nothing_is_refused(start: Callable[..., subprocess.Popen[str]]) -> None:
    app = start("--share", "planet", QT_QPA_PLATFORM="offscreen")
    _, errors = app.communicate(timeout=20)

    assert app.returncode == 2
    assert "planet" in errors


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], 0),
        (["--help"], 0),
        (["share", "--help"], 0),
        (["status"], 3),
        (["stop"], 3),
        (["unshare", "planet"], 2),
        (["shrae", "desktop"], 2),
    ],
)
def test_what_needs_no_panel_loads_none(tmp_path: Path, arguments: list[str], code: int) -> None:
    done = lightly([*arguments, *(["--config-dir", str(tmp_path / "new")] if code == 3 else [])])

    assert done.returncode == code, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
    assert not (tmp_path / "new").exists()


def test_a_mistyped_command_is_answered_with_the_nearest() -> None:
    done = lightly(["shrae", "desktop"])

    assert "Did you mean: panecast share?" in done.stderr


@pytest.mark.parametrize("option", ["--config-dir {folder}", "--config-dir={folder}"])
def test_the_folder_may_stand_before_the_command(tmp_path: Path, option: str) -> None:
    done = lightly([*option.format(folder=tmp_path / "new").split(), "status"])

    assert done.returncode == 3
    assert "unrecognized" not in done.stderr


@pytest.mark.panel
def test_ctrl_c_ends_it_while_it_is_still_loading(start: Callable[..., subprocess.Popen[str]]) -> None:
    app = start("--share", "demo", QT_QPA_PLATFORM="offscreen", PYTHONPROFILEIMPORTTIME="1")
    assert app.stderr is not None
    loaded = next(line for line in app.stderr if "shiboken6" in line)
    app.send_signal(signal.SIGINT)
    output, errors = app.communicate(timeout=10)

    assert loaded
    assert app.returncode == -signal.SIGINT
    assert output == ""
    assert "Traceback" not in errors


async def test_watchdog_sees_a_held_loop(caplog: pytest.LogCaptureFixture) -> None:
    import time

    from gui.loop.monitor import Watchdog

    watchdog = Watchdog()
    caplog.set_level(logging.DEBUG, "gui.loop.monitor")
    watchdog.start()
    await asyncio.sleep(0.06)
    time.sleep(0.2)  # noqa: ASYNC251 (holding the loop is the point)
    await asyncio.sleep(0.06)
    watchdog.stop()

    assert watchdog.worst > 0.1
    # A busy machine may hold it as well; each is told once.
    told = [record for record in caplog.records if "was held" in record.message]
    assert watchdog.stalls == len(told) >= 1
    # The person at the terminal can mend nothing of it: it is in the log, and standard error has warnings.
    assert {record.levelno for record in told} == {logging.INFO}


@pytest.mark.panel
def test_without_streams_it_shares_and_a_second_start_ends_with_its_code(tmp_path: Path) -> None:
    """A program without a console on Windows has none."""
    port = free_port()
    command = [sys.executable, "-m", "gui", "--config-dir", str(tmp_path), "--share", "demo", "--print-url"]
    without = ["sh", "-c", 'exec <&- >&- 2>&-; exec "$@"', "sh", *command]
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment = kept | {"QT_QPA_PLATFORM": "offscreen"}
    app = subprocess.Popen([*without, "--port", str(port)], cwd=ROOT, env=environment)
    try:
        deadline = time.monotonic() + 30
        while not _health(port):
            assert app.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        for more, code in (([], 0), (["--verbose"], 1)):
            second = subprocess.run([*without, *more], cwd=ROOT, env=environment, check=False, timeout=30)
            assert second.returncode == code
    finally:
        app.terminate()
    assert app.wait(20) == 0


def _health(port: int) -> bytes:
    """Return the answer of the app at ``port``; nothing as long as there is none."""
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
        return bytes(answer.read())
    return b""
