"""The whole app killed at any moment, and on disks that are full or cannot be written."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from gui.core.settings import Settings
from gui.core.settings_file import SettingsFile
from server.access.store import AccessState, AccessStore
from server.private_files import fresh_name
from tests.helpers.x11.desktop import PROJECT
from tests.load.limits import LATEST_END, disk
from tests.load.parts import LONG

pytestmark = [pytest.mark.panel, pytest.mark.timeout(300)]

KILLS = 25 if LONG else 3
LATEST_SECONDS = 3.0


def free_ports(count: int) -> list[int]:
    """Return ports that nobody has."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@contextlib.contextmanager
def app(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Have the app run while the block lasts, without a display."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    command = [sys.executable, "-m", "gui", *arguments, "--config-dir", str(folder), "--print-url"]
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        env=kept | {"QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def shows(process: subprocess.Popen[str]) -> bool:
    """Tell whether the app shows the demo picture."""
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    trusting = ssl._create_unverified_context()  # noqa: SLF001  nobody vouches for the certificate
    with urllib.request.urlopen(f"{address}/snapshot/demo.jpg", timeout=20, context=trusting) as answer:
        return bool(answer.read(3) == b"\xff\xd8\xff")


def test_killed_at_any_moment_it_starts_again_and_leaves_no_process(tmp_path: Path) -> None:
    """By SIGTERM in turn, which may ask and has to be heard within two seconds, also while it starts."""
    chosen = random.Random(8)
    old, *ports = free_ports(KILLS + 1)
    assert SettingsFile(tmp_path).save(Settings(port=old)) is None
    possible = {old}
    for number, port in enumerate(ports):
        possible.add(port)
        # With the demo window, for that is a process of its own.
        with app(tmp_path, "--demo", "--port", str(port)) as process:
            seen = psutil.Process(process.pid)
            family: set[psutil.Process] = set()
            deadline = time.monotonic() + chosen.uniform(0, LATEST_SECONDS)
            while time.monotonic() < deadline:
                family |= set(seen.children(recursive=True))
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM if number % 2 else signal.SIGKILL)
            process.wait(LATEST_END)
            _, alive = psutil.wait_procs(family, timeout=20)
        assert alive == []
        file = SettingsFile(tmp_path)
        assert file.load().port in possible
        assert file.problems == ()
    with app(tmp_path, "--share", "demo", "--port", str(old)) as process:
        assert shows(process)


def fill(folder: Path) -> None:
    """Leave no room on a disk."""
    with contextlib.suppress(OSError), (folder / "full").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


@pytest.mark.parametrize("is_full", [True, False])
def test_on_a_full_or_write_protected_disk_it_starts_and_shows_and_says_so(tmp_path: Path, is_full: bool) -> None:
    (port,) = free_ports(1)
    settings, access = SettingsFile(tmp_path), AccessStore(tmp_path)
    with disk(tmp_path, "size=64k"):
        assert settings.save(Settings(port=1234)) is None
        assert access.save(AccessState()) is None
        before = {path: path.read_bytes() for path in (settings.path, access.path)}
        if is_full:
            fill(tmp_path)
        else:
            subprocess.run(["mount", "-o", "remount,ro", str(tmp_path)], check=True)
        with app(tmp_path, "--share", "demo", "--port", str(port)) as process:
            assert shows(process)
        reason = "No space left" if is_full else "Read-only"
        assert reason in (settings.save(Settings(port=4321)) or "")
        assert reason in (access.save(AccessState(revoked=("x" * 64,) * 200)) or "")

        assert settings.load().port == 1234
        assert access.load() == AccessState()
        assert {path: path.read_bytes() for path in before} == before


def pipe(path: Path) -> None:
    os.mkfifo(path, 0o600)


def folder(path: Path) -> None:
    path.mkdir()


def giant(path: Path) -> None:
    path.touch(mode=0o600)
    os.truncate(path, 5 << 30)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def nested(path: Path) -> None:
    path.touch(mode=0o600)
    path.write_bytes(b"shared = " + b"[" * 100_000 if path.suffix == ".toml" else b"[" * 100_000)


def odd_values(path: Path) -> None:
    table = 'masks = [nan]\nsplitter = [-1, 4e9]\nmode = "network"\naddress = "\\u0000"\ninterface = "-"\nhttps = 1\n'
    path.write_text(
        table + 'hot_key = "Ctrl"\ngeometry = "/w=="\ncertificate = "\\u0000"\nother = 1e999\n', encoding="utf-8"
    )


Damage = Callable[[Path], None]
DAMAGE: tuple[tuple[str, Damage, Damage, Damage], ...] = (
    # program, settings.toml, access.json, all else
    ("panel", pipe, giant, folder),
    ("panel", odd_values, nested, pipe),
    ("panel", device, folder, folder),
    ("serve", nested, pipe, folder),
)


def things(folder: Path) -> Counter[tuple[int, int]]:
    """Return the kinds and sizes of all that lies in ``folder``, but for what a program that was killed left behind."""
    found = (path.lstat() for path in folder.iterdir() if not path.name.startswith("."))
    return Counter((stat.S_IFMT(each.st_mode), each.st_size) for each in found)


@pytest.mark.parametrize(("program", "settings", "links", "others"), DAMAGE if LONG else (DAMAGE[1], DAMAGE[3]))
def test_whatever_lies_in_its_folder_it_starts_and_shows_and_says_so_and_ends(
    tmp_path: Path, program: str, settings: Damage, links: Damage, others: Damage
) -> None:
    (port,) = free_ports(1)
    settings(tmp_path / "settings.toml")
    links(tmp_path / "access.json")
    for name in ("https.pem", "access.log", "refused.log", "panecast.lock", fresh_name(Path("settings.toml")).name):
        others(tmp_path / name)
    before = things(tmp_path)
    arguments = ("--https",) if program == "serve" else ()
    with app(
        tmp_path, *("serve",) * (program == "serve"), "--share", "demo", "--port", str(port), *arguments
    ) as process:
        assert shows(process)
        process.terminate()
        _, words = process.communicate(timeout=LATEST_END)

    # 1 where the machine was so busy that it had to be cut short.
    assert process.returncode in (0, 1)
    assert "Traceback" not in words
    if program == "serve":
        assert "access.json.bak" in words
        assert "https.pem.bak" in words
    assert not before - things(tmp_path)
