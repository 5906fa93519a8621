"""Earlier versions, taken out of the history of the project, as programs that start and that read and write settings.

``python -m tests.gui.core.old_versions`` adds to `settings_files` what commits with other settings than the one before
write.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from gui.core.settings_file import SettingsFile
from gui.settings.policy import Policy
from tests.gui.core.every_setting import every_setting

PROJECT = Path(__file__).parents[3]
PLACES = (
    "gui/settings.py",
    "gui/core/settings.py",
    "gui/core/settings_file.py",
    "gui/core/remembered.py",
    "gui/settings",
)
"""Where settings have been declared, read and written."""
PARTS = ("gui", "server", "capture", "resources", "pyproject.toml")
FIND = """
import sys
from pathlib import Path

import msgspec

try:
    from gui.core.settings_file import SettingsFile
except ImportError:
    try:
        from gui.core.settings import SettingsFile
    except ImportError:
        from gui.settings import SettingsFile
file = SettingsFile(Path(sys.argv[1]))
found = file.load()
"""
CHANGE = f"""{FIND}
assert file.save(msgspec.structs.replace(found, quality=int(sys.argv[2]))) is None
"""
WRITE_ANEW = f"""{FIND}
new = SettingsFile(Path(sys.argv[2]))
new.load()
assert new.save(found) is None
print(*sorted(found.__struct_fields__))
"""
FILES = Path(__file__).parent / "settings_files"
SIGTERM_BIT = 1 << (signal.SIGTERM - 1)
START_SECONDS = 90.0


def commits() -> tuple[str, ...]:
    """Return all commits that changed the settings, the oldest first; empty without the project's history."""
    command = ["git", "log", "--reverse", "--no-merges", "--format=%h", "--", *PLACES]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    return tuple(done.stdout.split()) if done.returncode == 0 else ()


@dataclass(frozen=True)
class OldVersion:
    """The program as it was at a commit, unpacked in a folder."""

    folder: Path

    @classmethod
    def unpacked(cls, commit: str, folder: Path) -> OldVersion:
        """Take it out of the history."""
        listed = ["git", "ls-tree", "--name-only", commit]
        names = subprocess.run(listed, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.split()
        command = ["git", "archive", commit, *(name for name in PARTS if name in names)]
        content = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            archive.extractall(folder, filter="data")
        return cls(folder)

    def set_quality(self, config: Path, quality: int) -> None:
        """Read the settings, change one, and write them."""
        self._run(CHANGE, str(config), str(quality))

    def write_anew(self, config: Path, to: Path) -> frozenset[str]:
        """Read the settings, write all of them into another folder, and return which there are."""
        return frozenset(self._run(WRITE_ANEW, str(config), str(to)).split())

    def _run(self, script: str, *arguments: str) -> str:
        command = [sys.executable, "-c", script, *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start_and_end(self, config: Path, log: Path) -> int:
        """Start the app without a screen, end it once it runs, and return its exit code."""
        command = [sys.executable, "-m", "gui", "--config-dir", str(config), "--minimized"]
        with (
            log.open("wb") as output,
            subprocess.Popen(command, cwd=self.folder, env=self._environment, stdout=output, stderr=output) as process,
        ):
            deadline = time.monotonic() + START_SECONDS
            while process.poll() is None and not _minds_its_end(process.pid):
                if time.monotonic() > deadline:
                    process.kill()
                    raise AssertionError(f"it does not come up: {log.read_text(encoding='utf-8', errors='replace')}")
                time.sleep(0.02)
            process.terminate()
            return process.wait(START_SECONDS)

    @property
    def _environment(self) -> dict[str, str]:
        # Nothing of this desktop, and the folder before the version that is installed.
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {"PYTHONPATH": str(self.folder), "QT_QPA_PLATFORM": "offscreen"}


def _minds_its_end(pid: int) -> bool:
    """Tell whether a process has something of its own to do when it is asked to end: its loop runs."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return False
    caught = next((line.split()[1] for line in text.splitlines() if line.startswith("SigCgt:")), "0")
    return bool(int(caught, 16) & SIGTERM_BIT)


def add_files() -> None:
    """Write the files that are not there yet: what has an older form loads, so none is written again."""
    before: frozenset[str] = frozenset()
    for commit in commits():
        with tempfile.TemporaryDirectory() as folder:
            version = OldVersion.unpacked(commit, Path(folder, "version"))
            today, new = Path(folder, "today"), Path(folder, "new")
            assert SettingsFile(today, Policy()).save(every_setting()) is None
            keys = version.write_anew(today, new)
            if keys != before and not (FILES / f"{commit}.toml").exists():
                print(commit, *sorted(keys - before))
                shutil.copyfile(new / "settings.toml", FILES / f"{commit}.toml")
            before = keys


if __name__ == "__main__":
    add_files()
