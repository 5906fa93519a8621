"""The whole app killed at any moment, and on disks that are full or cannot be written."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from gui.settings import Settings, SettingsFile
from server.access_store import AccessFile, Kept
from tests.loads.parts import LONG
from tests.x11.desktop import PROJECT

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
    command = [sys.executable, "-m", "gui", "--config-dir", str(folder), "--print-url", *arguments]
    with subprocess.Popen(
        command, cwd=PROJECT, env=kept | {"QT_QPA_PLATFORM": "offscreen"}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def shows(process: subprocess.Popen[str]) -> bool:
    """Tell whether the app shows the demo picture."""
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    with urllib.request.urlopen(f"{address}/snapshot/demo.jpg", timeout=20) as answer:
        return bool(answer.read(3) == b"\xff\xd8\xff")


def test_killed_at_any_moment_it_starts_again_and_leaves_no_process(tmp_path: Path) -> None:
    chosen = random.Random(8)
    old, *ports = free_ports(KILLS + 1)
    assert SettingsFile(tmp_path).save(Settings(port=old)) is None
    possible = {old}
    for port in ports:
        possible.add(port)
        # With the demo window, for that is a process of its own.
        with app(tmp_path, "--demo", "--port", str(port)) as process:
            seen = psutil.Process(process.pid)
            family: set[psutil.Process] = set()
            deadline = time.monotonic() + chosen.uniform(0, LATEST_SECONDS)
            while time.monotonic() < deadline:
                family |= set(seen.children(recursive=True))
                time.sleep(0.01)
            process.kill()
            process.wait()
            _, alive = psutil.wait_procs(family, timeout=20)
        assert alive == []
        file = SettingsFile(tmp_path)
        assert file.load().port in possible
        assert file.problems == ()
    with app(tmp_path, "--share", "demo", "--port", str(old)) as process:
        assert shows(process)


@contextlib.contextmanager
def disk(folder: Path, options: str) -> Iterator[None]:
    """Have a small disk at ``folder`` while the block lasts."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only the administrator may mount a disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("this machine does not let a disk be mounted")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> None:
    """Leave no room on a disk."""
    with contextlib.suppress(OSError), (folder / "full").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


@pytest.mark.parametrize("is_full", [True, False])
def test_on_a_full_or_write_protected_disk_it_starts_and_shows_and_says_so(tmp_path: Path, is_full: bool) -> None:
    (port,) = free_ports(1)
    settings, access = SettingsFile(tmp_path), AccessFile(tmp_path)
    with disk(tmp_path, "size=64k"):
        assert settings.save(Settings(port=1234)) is None
        assert access.save(Kept()) is None
        before = {path: path.read_bytes() for path in (settings.path, access.path)}
        if is_full:
            fill(tmp_path)
        else:
            subprocess.run(["mount", "-o", "remount,ro", str(tmp_path)], check=True)
        with app(tmp_path, "--share", "demo", "--port", str(port)) as process:
            assert shows(process)
        reason = "No space left" if is_full else "Read-only"
        assert reason in (settings.save(Settings(port=4321)) or "")
        assert reason in (access.save(Kept(revoked=("x" * 64,) * 200)) or "")

        assert settings.load().port == 1234
        assert access.load() == Kept()
        assert {path: path.read_bytes() for path in before} == before


def test_damaged_files_are_kept_and_it_starts_and_shows(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    settings = SettingsFile(tmp_path)
    settings.path.write_bytes(b"port = = \xff")
    with app(tmp_path, "--share", "demo", "--port", str(port)) as process:
        assert shows(process)

    assert (tmp_path / "settings.toml.bak").read_bytes() == b"port = = \xff"
