"""The wheel and the sdist: what is in them, and that it runs beside foreign modules of the same names."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path

import pytest

from server import __version__
from tests.browser.parts import eventually
from tests.helpers.ports import free_port
from tests.helpers.x11.desktop import XServer
from tests.install.building import FOLDERS, PROJECT, Built, build, fetch, serving_demo

LARGEST = 1_200_000
"""Bytes of the wheel. 850,000 are the source as it is, what is said in German, and what a wheel says of itself."""
IMPORT_ALL = """
import importlib, pkgutil, panecast
names = [module.name for module in pkgutil.walk_packages(panecast.__path__, "panecast.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(panecast.__file__, len(names))
"""


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
        # Catalogues as translators write them are not for the program, which reads the compiled ones.
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".po"
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


def test_it_serves_pages_pictures_and_its_description(installed: Installed, foreign: Path, xserver: XServer) -> None:
    with serving_demo(installed.panecast, foreign) as address:
        page, script = fetch(f"{address}/"), fetch(f"{address}/viewer/watch.js")
        picture, description = fetch(f"{address}/snapshot/demo.jpg"), fetch(f"{address}/openapi.json")

    assert b"<html" in page
    assert b"import" in script
    assert picture.startswith(b"\xff\xd8\xff")
    assert f'"{__version__}"'.encode() in description


@pytest.mark.panel
def test_its_panel_opens_and_shares_the_demo_window(
    installed: Installed, foreign: Path, xserver: XServer, tmp_path: Path
) -> None:
    options = ("--demo", "--print-url", "--port", str(free_port()), "--config-dir", tmp_path / "settings")
    command = [installed.panecast, *options]
    environment = os.environ | {"QT_QPA_PLATFORM": "xcb"}
    with subprocess.Popen(command, cwd=foreign, env=environment, stdout=subprocess.PIPE, text=True) as app:
        try:
            assert app.stdout is not None
            address = app.stdout.readline().strip().rstrip("/")
            eventually(lambda: b"Panecast demo" in fetch(f"{address}/api/windows"))
        finally:
            app.terminate()

    assert app.returncode == 0


def test_an_editable_install_has_the_tree_as_it_is(tmp_path: Path) -> None:
    script = "import sys; from hatchling.build import build_editable; print(build_editable(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    with zipfile.ZipFile(tmp_path / done.stdout.split()[-1]) as wheel:
        files = {name: wheel.read(name).decode() for name in wheel.namelist() if ".dist-info/" not in name}
        entries = wheel.read(f"panecast-{__version__}.dist-info/entry_points.txt").decode()

    assert files == {"_panecast.pth": str(PROJECT)}
    assert "panecast = gui.__main__:main" in entries


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
