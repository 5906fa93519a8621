"""The program without a desktop blanks its pictures while the computer is locked."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.capture.platforms.fake_logind import FakeLogind, message_bus
from tests.helpers.x11.desktop import PROJECT


@contextmanager
def serving(bus: str, *arguments: str) -> Iterator[str]:
    """Have ``panecast serve`` with the demo picture while the block lasts; yields its address."""
    command = [sys.executable, "-m", "gui", "serve", "--share", "demo", "--port", "0", "--print-url", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "XDG_SESSION_ID"}
    environment["DBUS_SYSTEM_BUS_ADDRESS"] = bus
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


async def is_hidden(url: str) -> bool:
    """Tell whether a fresh picture is refused because the computer is locked."""

    def look() -> bool:
        try:
            with urllib.request.urlopen(f"{url}/snapshot/demo.png", timeout=10):
                return False
        except urllib.error.HTTPError as refusal:
            return "The computer is locked." in refusal.read().decode()

    return await asyncio.to_thread(look)


@pytest.mark.parametrize(("arguments", "blanks"), [((), True), (("--no-blank-when-locked",), False)])
async def test_serve_blanks_while_locked_unless_told_otherwise(
    tmp_path: Path, arguments: tuple[str, ...], blanks: bool
) -> None:
    with message_bus(tmp_path) as bus:
        logind = FakeLogind(bus)
        await logind.open()
        logind.locked = True
        with serving(bus, *arguments) as url:
            await asyncio.wait_for(logind.asked.wait(), 10)
            await logind.settle()
            if blanks:
                async with asyncio.timeout(20):
                    while not await is_hidden(url):
                        pass
                logind.hint(locked=False)
                async with asyncio.timeout(20):
                    while await is_hidden(url):
                        pass
            else:
                assert not await is_hidden(url)
        logind.close()
