"""Windows as far as wine has it: a drive C of its own, in which programs are installed, started and looked at."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil

PROJECT = Path(__file__).parents[2]
SCRIPTS = PROJECT / "installer" / "windows"
FOLDER = PROJECT / ".cache" / "wine"
UNINSTALL = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Panecast"
RUN = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"


class Wine:
    """A system that is set up anew; `close` ends all of it.

    Attributes:
        drive: its drive C, as this machine sees it.
        user: the folder of its only user, likewise.
    """

    def __init__(self, name: str, display: str) -> None:
        subprocess.run(["sh", SCRIPTS / "wine-root.sh", FOLDER], check=True)
        self._prefix = f"/root/{name}"
        self.drive = FOLDER / "root" / self._prefix.lstrip("/") / "drive_c"
        self.user = self.drive / "users" / "root"
        self._environment = {
            "HOME": "/root",
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "DISPLAY": display,
            "WINEPREFIX": self._prefix,
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
        }
        # Holds the namespaces open, in which everything else is run.
        self._holder = subprocess.Popen(["sh", SCRIPTS / "in-wine.sh", FOLDER, "sleep", "infinity"])
        self._inside = self._pid_of_sleep()
        self.shell("wineboot --init && wineserver --wait", seconds=120)
        # Windows has a part that wine lacks; the stand-in is that of the wine in which the program was frozen.
        self.shell("cp /root/prefix/drive_c/windows/system32/icuuc.dll $WINEPREFIX/drive_c/windows/system32/")

    def close(self) -> None:
        """End all that runs there, and forget the drive."""
        self._holder.kill()
        self._holder.wait()
        subprocess.run(["rm", "-rf", self.drive.parent], check=True)

    def shell(self, line: str, seconds: float = 60) -> str:
        """Run a line of sh beside wine and return what it prints; it has to succeed."""
        done = subprocess.run(
            self._entering("sh", "-c", line),
            env=self._environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run(self, program: Path | str, *arguments: str, seconds: float = 120) -> tuple[int, str]:
        """Run a program for Windows to its end; return its exit code, and what it prints."""
        # By a pipe: Python does not start under wine where its output goes to a file.
        done = subprocess.run(
            self._entering("wine", self.inside(program), *arguments),
            env=self._environment,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
        )
        return done.returncode, done.stdout.decode("cp1252").replace("\r\n", "\n")

    def start(self, program: Path | str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a program for Windows."""
        return subprocess.Popen(
            self._entering("wine", self.inside(program), *arguments),
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def running(self, program: Path) -> list[int]:
        """Return the numbers, on this machine, of the processes of a program there."""
        return [each.pid for each in psutil.process_iter(["name"]) if self._runs(each, program)]

    def value(self, key: str, name: str) -> str:
        """Return what is written in the registry, empty for nothing."""
        code, said = self.run("reg", "query", key, "/v", name)
        return said.split(name, 1)[1].split(maxsplit=1)[1].strip() if code == 0 else ""

    def keeps_key(self, key: str) -> bool:
        """Tell whether the registry has that key."""
        return self.run("reg", "query", key)[0] == 0

    def write(self, key: str, name: str, text: str) -> None:
        """Write a text into the registry."""
        assert self.run("reg", "add", key, "/v", name, "/d", text, "/f")[0] == 0

    def inside(self, program: Path | str) -> str:
        """Return the path of a file on its drive, or in the project, as programs there know it."""
        if isinstance(program, str):
            return program
        if program.is_relative_to(self.drive):
            return "C:\\" + str(program.relative_to(self.drive)).replace("/", "\\")
        return "Z:\\project\\" + str(program.relative_to(PROJECT)).replace("/", "\\")

    def _entering(self, *command: str) -> list[str]:
        return ["nsenter", "-t", str(self._inside), "--mount", "--pid", "--root", "--wd=/", *command]

    def _runs(self, process: psutil.Process, program: Path) -> bool:
        try:
            words = process.cmdline()
        except psutil.Error:
            return False
        return bool(words) and words[0].casefold() == self.inside(program).casefold()

    def _pid_of_sleep(self) -> int:
        found: list[int] = []

        def is_there() -> bool:
            found[:] = [
                each.pid for each in psutil.Process(self._holder.pid).children(recursive=True) if each.name() == "sleep"
            ]
            return bool(found)

        wait_until(is_there, 20)
        return found[0]


def wait_until(true: Callable[[], object], seconds: float) -> float:
    """Wait until something is true, and return how long that took; it fails when it does not come about in time."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, f"not within {seconds:g} s"
        time.sleep(0.05)
    return time.monotonic() - began
