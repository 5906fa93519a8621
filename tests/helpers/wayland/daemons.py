"""PipeWire and its session manager, in a folder of their own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.capture.platforms.fake_logind import message_bus
from tests.helpers.waiting import wait_for

MISSING = next((name for name in ("pipewire", "wireplumber", "dbus-daemon") if shutil.which(name) is None), None)


class PipeWire:
    """The two daemons.

    Attributes:
        folder: XDG_RUNTIME_DIR, in which the socket and the bus are.
        bus: the address of the bus.
    """

    def __init__(self, folder: Path, bus: str) -> None:
        self.folder = folder
        self.bus = bus
        self._running: list[subprocess.Popen[bytes]] = []

    @property
    def socket(self) -> Path:
        return self.folder / "pipewire-0"

    def start(self) -> None:
        environment = os.environ | {
            "XDG_RUNTIME_DIR": str(self.folder),
            "DBUS_SESSION_BUS_ADDRESS": self.bus,
            "HOME": str(self.folder),
        }
        for name in ("pipewire", "wireplumber"):
            with (self.folder / f"{name}.log").open("ab") as log:
                self._running.append(
                    subprocess.Popen([name], env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
                )
            wait_for(self._is_answering)

    def stop(self) -> None:
        while self._running:
            daemon = self._running.pop()
            daemon.kill()
            daemon.wait()
        self.socket.unlink(missing_ok=True)

    def remote(self) -> int:
        """Return the descriptor of a new connection, as a portal hands it out."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.socket))
            connection.setblocking(False)
            return connection.detach()

    def _is_answering(self) -> bool:
        try:
            os.close(self.remote())
        except OSError:
            return False
        return True


@contextmanager
def pipewire_of(folder: Path) -> Iterator[PipeWire]:
    """Have both run while the block lasts."""
    folder.chmod(0o700)
    with message_bus(folder) as bus:
        made = PipeWire(folder, bus)
        made.start()
        try:
            yield made
        finally:
            made.stop()
