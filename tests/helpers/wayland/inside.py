"""Programs that run in a system of their own, and share with this one the network, processes, and ``/tmp``."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

MOUNTS = """
set -eu
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount --bind /tmp "$1/tmp"
mkdir -p /tmp/.X11-unix
echo ready
exec sleep infinity
"""
"""Locks of displays are in ``/tmp``: an X server in there is not to take the number of one out here."""


class Inside:
    """The system in the folder ``root``, with mounts that nobody else sees; `close` ends what was started.

    What connects to it from here is seen as any other process: there are no namespaces but that of mounts.
    """

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self._root = root
        self._environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"} | dict(environment)
        self._running: list[subprocess.Popen[bytes]] = []
        self._holder = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", MOUNTS, "sh", root], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != b"ready\n":
            raise RuntimeError(f"{root} could not be entered")

    def start(self, log: Path, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a program; what it writes is in the file ``log``."""
        enter = ("nsenter", f"--target={self._holder.pid}", "--mount", "chroot", str(self._root))
        with log.open("ab") as output:
            made = subprocess.Popen(
                [*enter, *command],
                env=self._environment | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._running.append(made)
        return made

    def close(self) -> None:
        """End all that was started, the last one first."""
        for program in (*reversed(self._running), self._holder):
            program.kill()
            program.wait()
        self._running.clear()
        if self._holder.stdout is not None:
            self._holder.stdout.close()
