"""Nothing is run that lies in the folder in which Panecast is started, whatever it is called."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from gui import current_folder
from gui.desktop import restart
from gui.trial.process import TrialProcess
from tests.browser.parts import eventually
from tests.helpers.ports import free_port
from tests.helpers.x11.desktop import PROJECT, XServer

PANECAST = Path(sys.executable).with_name("panecast")
EARLY = ("gui", "server", "capture", "resources", "sitecustomize", "usercustomize", "json", "asyncio")
"""What Python imports before the first line of Panecast, so that only a script can keep it away."""
LATE = ("msgspec", "tomllib", "qasync", "xcffib", "PySide6", "Xlib", "aiohttp", "html", "colorsys")
PROGRAMS = (
    "python", "python3", "sh", "dash", "bash", "env", "ps", "grep", "sed", "cat", "cksum", "dirname", "id", "uname",
    "gcc", "cc", "ld", "objdump", "ldconfig", "xrandr", "xprop", "xset", "xdg-open", "fc-match", "dbus-launch",
    "dpkg-query", "apt-get", "sudo", "Xvfb", "xauth", "mktemp", "mkfifo", "setsid",
)  # fmt: skip
TRAP = "from pathlib import Path\nPath({told!r}).open('a').write({name!r} + chr(10))\n"


@pytest.fixture
def sprung(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """The current folder is full of traps, also of programs; return what tells which were sprung."""
    folder, told = tmp_path / "downloads", tmp_path / "sprung"
    folder.mkdir()
    for name in (*EARLY, *LATE):
        (folder / name).mkdir()
        for module in ("__init__", "__main__", "demo_window", "app", "cli", "doctor", "single", "QtCore"):
            trap = TRAP.format(told=str(told), name=f"{name}.{module}")
            (folder / name / f"{module}.py").write_text(trap, encoding="utf-8")
    for program in PROGRAMS:
        path = folder / program
        path.write_text(f"#!/bin/sh\necho {program} >>{told}\n", encoding="utf-8")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f":.:../downloads:{os.environ['PATH']}:")
    monkeypatch.chdir(folder)
    return lambda: told.read_text(encoding="utf-8") if told.exists() else ""


def windows(url: str) -> list[str]:
    """Return the titles of what is shared there."""
    with urllib.request.urlopen(f"{url}/api/windows", timeout=10) as answer:
        return [source["title"] for source in json.load(answer)["windows"]]


def test_what_is_looked_up_comes_from_absolute_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", "lib", str(tmp_path), str(tmp_path / "lib"), str(PROJECT)])
    monkeypatch.setenv("PATH", f":.:bin:{tmp_path / 'bin'}:../bin:")
    current_folder.keep_out()

    assert sys.path == [str(tmp_path / "lib"), str(PROJECT)]
    assert os.environ["PATH"] == str(tmp_path / "bin")
    monkeypatch.setenv("PATH", ".")
    current_folder.keep_out()
    assert os.environ["PATH"] == os.defpath


def test_only_three_parts_start_a_program() -> None:
    """A further one has to be started isolated too, and to be tested as these are."""
    starts = re.compile(
        r"\b(subprocess\.(?!list2cmdline)|QProcess|multiprocessing|create_subprocess|posix_spawn|os\.(exec|spawn|system|popen))"
    )
    modules = (path for folder in ("capture", "server", "gui") for path in (PROJECT / folder).rglob("*.py"))

    starting = {path.name for path in modules if starts.search(path.read_text(encoding="utf-8"))}
    assert starting == {"demo.py", "process.py", "restart.py"}


def test_the_windows_to_try_on_are_our_own(sprung: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", ":")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.delenv("DISPLAY", raising=False)
    with TrialProcess():
        pass

    assert sprung() == ""


def test_the_program_that_starts_anew_is_our_own(sprung: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", ":")
    monkeypatch.setattr(sys, "path", ["", ".", *sys.path])
    done = subprocess.run(restart.command(["--version"]), capture_output=True, text=True, check=False)

    assert sprung() == ""
    assert done.stdout.startswith("panecast "), done.stderr


@pytest.mark.panel
@pytest.mark.x11
def test_the_demo_is_our_own(sprung: Callable[[], str], tmp_path: Path, xserver: XServer) -> None:
    port = free_port()
    command = [PANECAST, "--demo", "--print-url", "--port", str(port), "--config-dir", tmp_path / "settings"]
    environment = os.environ | {"QT_QPA_PLATFORM": "xcb"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as app:
        try:
            assert app.stdout is not None
            url = app.stdout.readline().strip()
            eventually(lambda: "Panecast demo" in windows(url))
            started = [each.cmdline() for each in psutil.Process(app.pid).children(recursive=True)]
        finally:
            app.terminate()

    assert sprung() == ""
    assert app.returncode == 0
    # A library may look for another one by a program of the system, for a moment.
    pythons = [command[1:] for command in started if Path(command[0]).name.startswith("python")]
    assert [words[:3] for words in pythons] == [["-I", str(PROJECT / "gui/desktop/demo_window.py"), "--follow"]]


@pytest.mark.x11
def test_nor_is_a_program_or_module_of_it_when_path_and_pythonpath_have_empty_entries(
    sprung: Callable[[], str], monkeypatch: pytest.MonkeyPatch, xserver: XServer
) -> None:
    for name in EARLY:
        Path(name).rename(f"{name}-away")
    monkeypatch.setenv("PYTHONPATH", ":")
    command = [PANECAST, "serve", "--share", "desktop", "--port", "0", "--print-url"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        said = server.stdout.readline()
        server.terminate()

    assert sprung() == ""
    assert said.startswith("http://")
    assert server.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="these are for Debian")
def test_the_script_that_sets_up_and_runs_it_is_as_careful(
    sprung: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", ":")
    command = ["/bin/sh", PROJECT / "installer/run.sh", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert sprung() == ""
    assert done.stdout.startswith("panecast "), done.stderr
