"""The wheel and the sdist as other people's programs take them: pip, pipx, uv, twine, and who builds it anew."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from server import __version__
from tests.helpers.x11.desktop import XServer
from tests.install.building import CONSTRAINTS, EPOCH, PROJECT, Built, fetch, serving_demo

pytestmark = [pytest.mark.packages, pytest.mark.timeout(900)]


def run(*command: str | Path, cwd: Path | None = None, **environment: str) -> str:
    """Run a program that has to succeed, and return what it prints."""
    settings = os.environ | {"PIP_CONSTRAINT": str(CONSTRAINTS), "UV_CONSTRAINT": str(CONSTRAINTS)} | environment
    done = subprocess.run(command, cwd=cwd, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of pipx, twine and uv."""
    folder = tmp_path_factory.mktemp("tools")
    run(sys.executable, "-m", "venv", folder)
    run(folder / "bin/python", "-m", "pip", "install", "-q", "-r", PROJECT / "installer/wheel-tools.txt")
    return folder / "bin"


@pytest.fixture(scope="module", params=["pip", "pipx", "uv"])
def panecast(request: pytest.FixtureRequest, built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, installed from the wheel with all that it needs."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "pip":
        run(sys.executable, "-m", "venv", folder)
        run(folder / "bin/python", "-m", "pip", "install", "-q", built.wheel)
        return folder / "bin/panecast"
    tools: Path = request.getfixturevalue("tools")
    if request.param == "pipx":
        places = {"PIPX_HOME": str(folder / "home"), "PIPX_BIN_DIR": str(folder / "bin")}
        run(tools / "pipx", "install", "--python", sys.executable, built.wheel, **places)
    else:
        places = {"UV_TOOL_DIR": str(folder / "home"), "UV_TOOL_BIN_DIR": str(folder / "bin")}
        run(tools / "uv", "tool", "install", "--python", sys.executable, built.wheel, **places)
    return folder / "bin/panecast"


def test_what_they_install_runs(panecast: Path, foreign: Path, xserver: XServer) -> None:
    assert run(panecast, "--version", cwd=foreign) == f"panecast {__version__}\n"
    assert "Window manager" in run(panecast, "doctor", cwd=foreign)
    with serving_demo(panecast, foreign) as address:
        assert fetch(f"{address}/snapshot/demo.jpg").startswith(b"\xff\xd8\xff")


def test_uvx_runs_it_without_an_installation(tools: Path, built: Built, foreign: Path) -> None:
    uvx = (tools / "uvx", "--python", sys.executable, "--from", built.wheel)

    assert run(*uvx, "panecast", "--version", cwd=foreign) == f"panecast {__version__}\n"


def test_twine_has_nothing_to_object(tools: Path, built: Built) -> None:
    assert run(tools / "twine", "--no-color", "check", "--strict", built.wheel, built.sdist).count("PASSED") == 2


@pytest.fixture
def unpack(built: Built, tmp_path: Path) -> Callable[[], Path]:
    """Unpack the sdist, and return the folder of the source."""

    def unpacked() -> Path:
        with tarfile.open(built.sdist) as sdist:
            sdist.extractall(tmp_path, filter="data")
        return tmp_path / built.sdist.name.removesuffix(".tar.gz")

    return unpacked


def test_a_build_with_tools_of_its_own_makes_the_same_wheel(
    unpack: Callable[[], Path], built: Built, tmp_path: Path
) -> None:
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path / "dist", unpack(), **EPOCH)

    assert (tmp_path / "dist" / built.wheel.name).read_bytes() == built.wheel.read_bytes()


def test_the_tests_in_the_sdist_run_where_it_is_unpacked(unpack: Callable[[], Path]) -> None:
    source = unpack()
    tests = ("tests/test_house.py", "tests/installer/test_wheel_hook.py", "tests/server/protocol")

    place = run(sys.executable, "-c", "import server; print(server.__file__)", cwd=source)
    assert Path(place.strip()).is_relative_to(source)  # and not what is installed for development
    assert " passed" in run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, cwd=source)
    if shutil.which("node"):
        run("node", "--test", "tests/page/view.test.mjs", cwd=source)
