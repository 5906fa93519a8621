"""The text for a bug report: what is asked for at once, and nothing that is somebody's own."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from server import __version__
from server.logs.place import NAME, REPORTED_LINES
from tests.helpers.x11.desktop import PROJECT

TOKEN = secrets.token_urlsafe(32)
SETTINGS = f"""
port = 9000
fps = 12
format = "webp"
address = "192.168.7.9"
interface = "wlan0 of Joe"
names = ["screen.joe.example"]
never_shown = ["diary"]
certificate = "/home/joe/{TOKEN}.pem"
future = "{TOKEN}"

[[shared]]
kind = "window"
app = "soffice"
title = "salaries.ods"
"""


def printed(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gui", "doctor", "--report", "--config-dir", str(folder), *more],
        cwd=PROJECT,
        env=os.environ | {"XDG_CURRENT_DESKTOP": "XFCE"},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_it_has_all_that_is_asked_for_and_no_secret(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(SETTINGS)
    (tmp_path / "log").mkdir()
    lines = [
        f"2026-11-30 12:00:00,000 INFO gui: line {at} of salaries.ods for 192.168.7.9, {TOKEN}" for at in range(500)
    ]
    (tmp_path / "log" / NAME).write_text("\n".join(lines) + "\n")
    (tmp_path / "log" / "crash-report.txt").write_text(
        f"Panecast did not end properly.\n\nLookupError: {TOKEN}\n\nThe last lines of its log:\nold ones\n"
    )
    done = printed(tmp_path)
    text = done.stdout

    assert (done.returncode, done.stderr) == (0, "")
    assert f"Panecast {__version__} (python)\nPython 3." in text
    for said in ("PySide6_Essentials 6.", "aiohttp 3.", "Display: ", "XDG_CURRENT_DESKTOP=XFCE", "Port: "):
        assert said in text
    for said in ("fps = 12", "port = 9000", "format = 'webp'", "names = (1)", "shared = (1)", "certificate = (set)"):
        assert said in text.splitlines()
    assert "1 more that this version does not know" in text
    assert "LookupError: …" in text
    assert "old ones" not in text
    log = text.partition("## Log\n\n")[2].splitlines()
    assert len(log) == REPORTED_LINES
    assert log[-1] == "2026-11-30 12:00:00,000 INFO gui: line 499 of s… for 192.168.x.x, …"
    for own in (TOKEN, "salaries", "192.168.7.9", "joe", "Joe", "diary"):
        assert own not in text


def test_without_anything_there_it_says_so_and_makes_nothing(tmp_path: Path) -> None:
    done = printed(tmp_path / "new")

    assert done.returncode == 0
    assert "There is no log." in done.stdout
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("content", [b"[", b"\xff", b"port = [[]]", b"a" + b".a" * 20_000 + b" = 1\n"])
def test_damaged_settings_are_left_as_they_are(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "settings.toml").write_bytes(content)
    done = printed(tmp_path)

    assert done.returncode == 0
    assert "## Log" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["settings.toml"]
    assert (tmp_path / "settings.toml").read_bytes() == content
