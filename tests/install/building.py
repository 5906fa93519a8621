"""Builds the wheel and the sdist, and has what was installed of them serve a picture."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from pathlib import Path

PROJECT = Path(__file__).parents[2]
FOLDERS = ("gui", "server", "capture", "resources")
CONSTRAINTS = PROJECT / "installer/constraints.txt"
EPOCH = {"SOURCE_DATE_EPOCH": "1790000000"}
NO_SOURCE = shutil.ignore_patterns(".git", ".venv", ".cache", ".*_cache", "__pycache__", "*.pyc", "dist", ".hypothesis")


@dataclass(frozen=True)
class Built:
    """What one build made."""

    wheel: Path
    sdist: Path

    def metadata(self) -> Message:
        """Return what the wheel says of itself."""
        with zipfile.ZipFile(self.wheel) as wheel:
            at = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
            return Parser().parsestr(wheel.read(at).decode())


def build(folder: Path, *what: str) -> Built:
    """Build in a copy of the tree in ``folder``; ``what`` are options of the build."""
    tree = folder / "tree"
    shutil.copytree(PROJECT, tree, ignore=NO_SOURCE)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), *what, str(tree)]
    done = subprocess.run(command, env=os.environ | EPOCH, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    wheel, sdist = sorted((folder / "dist").iterdir(), key=lambda path: path.suffix != ".whl")
    return Built(wheel, sdist)


def set_traps(folder: Path) -> None:
    """Lay modules into ``folder`` that are called as our folders are; none of them can be imported."""
    for name in FOLDERS:
        (folder / f"{name}.py").write_text(f"raise ImportError('this is a foreign {name}')\n", encoding="utf-8")


@contextmanager
def serving_demo(panecast: Path, folder: Path) -> Iterator[str]:
    """Have an installed program, started in ``folder``, share its demo picture; give its address."""
    command = [panecast, "serve", "--share", "demo", "--port", "0", "--print-url"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().strip().rstrip("/")
        finally:
            server.terminate()
        assert server.wait(10) == 0


def fetch(address: str) -> bytes:
    """Return what is there."""
    with urllib.request.urlopen(address, timeout=10) as answer:
        return bytes(answer.read())
