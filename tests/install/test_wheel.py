"""The wheel and the sdist: what is in them, and that it runs beside foreign modules of the same names."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from server import __version__
from tests.helpers.x11.desktop import XServer

PROJECT = Path(__file__).parents[2]
FOLDERS = ("gui", "server", "capture", "resources")
LARGEST = 650_000
"""Bytes of the wheel. 615,000 are the source as it is, with what is said in it, and what a wheel says of itself."""
NO_SOURCE = shutil.ignore_patterns(".git", ".venv", ".cache", ".*_cache", "__pycache__", "*.pyc", "dist", ".hypothesis")
IMPORT_ALL = """
import importlib, pkgutil, panecast
names = [module.name for module in pkgutil.walk_packages(panecast.__path__, "panecast.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(panecast.__file__, len(names))
"""


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


@dataclass(frozen=True)
class Installed:
    """An environment that has the wheel, and beside it only what ours has of other people's."""

    folder: Path

    @property
    def python(self) -> Path:
        """Return its Python."""
        return self.folder / "bin/python"

    @property
    def panecast(self) -> Path:
        """Return the command."""
        return self.folder / "bin/panecast"

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run something to its end, outside of the tree."""
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, timeout=60)


def build(folder: Path, *what: str) -> Built:
    """Build in a copy of the tree in ``folder``; ``what`` are options of the build."""
    tree = folder / "tree"
    shutil.copytree(PROJECT, tree, ignore=NO_SOURCE)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), *what, str(tree)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1790000000"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    wheel, sdist = sorted((folder / "dist").iterdir(), key=lambda path: path.suffix != ".whl")
    return Built(wheel, sdist)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The sdist, and the wheel made of it, as both are published."""
    return build(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    there = Installed(folder)
    purelib = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    # No .pth file is read in there, so that the tree, which one of them names, is not found.
    (Path(purelib) / "others.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(there.python), "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, str(built.wheel)], check=True)
    return there


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """On PYTHONPATH, modules that are called as our folders are; none of them can be imported."""
    for name in FOLDERS:
        (tmp_path / f"{name}.py").write_text(f"raise ImportError('this is a foreign {name}')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


@pytest.fixture
def address(installed: Installed, foreign: Path, xserver: XServer) -> Iterator[str]:
    """Where the installed program shares its demo picture."""
    command = [installed.panecast, "serve", "--share", "demo", "--port", "0", "--print-url"]
    with subprocess.Popen(command, cwd=foreign, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()
        assert server.wait(10) == 0


def test_the_version_stands_in_one_place(built: Built, installed: Installed) -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    told = installed.run(sys.executable, "-I", PROJECT / "installer/version.py")

    assert "version" not in project["project"]
    assert told.stdout == f"{__version__}\n"
    assert built.metadata()["Version"] == __version__
    assert built.wheel.name == f"panecast-{__version__}-py3-none-any.whl"
    assert built.sdist.name == f"panecast-{__version__}.tar.gz"
    assert installed.run(installed.panecast, "--version").stdout == f"panecast {__version__}\n"
    assert importlib.metadata.version("panecast") == __version__


def test_the_wheel_is_one_package_with_all_that_is_in_the_tree(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        packed = [name for name in wheel.namelist() if ".dist-info/" not in name]
    tree = [
        path.relative_to(PROJECT).as_posix()
        for folder in FOLDERS
        for path in (PROJECT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]

    added = [f"panecast/{name}" for name in ("__init__.py", "__main__.py", "py.typed")]
    assert sorted(packed) == sorted([f"panecast/{name}" for name in tree] + added)
    assert built.wheel.stat().st_size <= LARGEST


def test_all_of_it_is_imported_beside_foreign_modules(installed: Installed, foreign: Path) -> None:
    done = installed.run(installed.python, "-c", IMPORT_ALL)

    assert done.returncode == 0, done.stderr
    file, count = done.stdout.split()
    assert Path(file).is_relative_to(installed.folder)
    assert int(count) > 200


def test_it_answers_as_a_module_too(installed: Installed, foreign: Path) -> None:
    done = installed.run(installed.python, "-m", "panecast", "--version")

    assert done.stdout == f"panecast {__version__}\n"


def test_started_where_it_is_installed_it_finds_all_that_lies_there(installed: Installed) -> None:
    """The folder in which it is started is kept out of what it runs, unless it is its own."""
    own = next(installed.folder.glob("lib/*/site-packages"))
    script = "import sys; from panecast.gui import current_folder as c; c.keep_out(); print(sys.path)"
    done = subprocess.run(
        [installed.python, "-c", script], cwd=own, capture_output=True, text=True, check=True, timeout=60
    )

    assert str(own) in done.stdout
    assert "''" not in done.stdout


def test_its_doctor_looks_at_this_computer(installed: Installed, foreign: Path, xserver: XServer) -> None:
    done = installed.run(installed.panecast, "doctor")

    assert done.stderr == ""
    assert "Window manager" in done.stdout


def test_it_serves_pages_pictures_and_its_description(address: str, built: Built) -> None:
    found = {}
    for path in ("/", "/snapshot/demo.jpg", "/openapi.json", "/viewer/watch.js", "/favicon.ico"):
        with urllib.request.urlopen(address.rstrip("/") + path, timeout=10) as answer:
            found[path] = answer.read()

    assert b"<html" in found["/"]
    assert found["/snapshot/demo.jpg"].startswith(b"\xff\xd8\xff")
    assert f'"{__version__}"'.encode() in found["/openapi.json"]


def test_the_same_source_makes_the_same_bytes(built: Built, tmp_path: Path) -> None:
    """In another folder, and the wheel from the tree itself, while the other one was made of the sdist."""
    again = build(tmp_path / "another folder", "--sdist", "--wheel")

    assert again.wheel.read_bytes() == built.wheel.read_bytes()
    assert again.sdist.read_bytes() == built.sdist.read_bytes()


def test_the_sdist_has_what_building_and_testing_takes(built: Built) -> None:
    with tarfile.open(built.sdist) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
        said = sdist.extractfile(f"panecast-{__version__}/PKG-INFO")
        assert said is not None
        metadata = Parser().parsestr(said.read().decode())
    needed = {
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "installer/constraints.txt",
        "tests/conftest.py",
    }
    needed |= {"installer/wheel_hook.py", "docs/architecture.md", "tsconfig.json", "tests/page/viewer.mjs"}

    assert needed <= names
    assert [name for name in names if re.match(r"\.(git/|venv|cache)", name)] == []
    assert metadata.as_string() == built.metadata().as_string()
