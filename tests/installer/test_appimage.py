"""The AppImage: its folder, its file system, and the whole file where there is a runtime."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from installer.project import APPLICATION, TOP, VERSION

NAME = f"panecast-{VERSION}-{platform.machine()}"

pytestmark = pytest.mark.skipif(shutil.which("mksquashfs") is None, reason="needs mksquashfs (Debian: squashfs-tools)")


Made = tuple[Path, subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A frozen program, as small as can be: it prints its name and its arguments."""
    folder = tmp_path_factory.mktemp("tree") / "frozen panecast"
    (folder / "_internal").mkdir(parents=True)
    program = folder / "panecast"
    program.write_text(
        '#!/bin/sh\necho "${0##*/}" "$@"\ncat "$(dirname "$(readlink -f "$0")")/_internal/installed-as"\n'
    )
    program.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program with the sign of a runtime; it mounts nothing."""
    content = bytearray(Path("/bin/true").read_bytes())
    content[8:11] = b"AI\x02"
    path = tmp_path_factory.mktemp("runtime") / "runtime"
    path.write_bytes(content)
    return path


def make(*words: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", TOP / "installer" / "appimage" / "appimage.sh", *words],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHON": sys.executable, "SOURCE_DATE_EPOCH": "1767225600"},
    )


@pytest.fixture(scope="module")
def without(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """What is made without a runtime, and what was said."""
    out = tmp_path_factory.mktemp("without") / "out"
    return out, make(tree, out)


@pytest.fixture(scope="module")
def whole(tree: Path, runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """What is made with a runtime, in a folder of another length, and what was said."""
    out = tmp_path_factory.mktemp("with") / "another out"
    return out, make(tree, out, runtime)


def test_the_folder_starts_from_anywhere_and_has_what_desktops_look_for(whole: Made, tmp_path: Path) -> None:
    out, _ = whole
    moved = tmp_path / "moved here"
    shutil.copytree(out / "panecast.AppDir", moved, symlinks=True)

    said = subprocess.run([moved / "AppRun", "--share", "a b"], check=True, capture_output=True, text=True, cwd="/")

    assert said.stdout == "panecast --share a b\nappimage\n"
    for name in (f"{APPLICATION}.desktop", f"{APPLICATION}.svg", ".DirIcon"):
        assert (moved / name).is_file()


def test_without_a_runtime_it_says_what_is_missing(without: Made) -> None:
    out, made = without

    assert made.returncode == 0, made.stderr
    assert made.stdout == f"{out / NAME}.squashfs\n"
    assert (
        made.stderr == "appimage: no AppImage was made, for that needs a type 2 runtime as a file, named behind OUT.\n"
    )


def test_two_builds_are_equal(without: Made, whole: Made) -> None:
    one, two = (folder / f"{NAME}.squashfs" for folder, _ in (without, whole))

    assert one.read_bytes() == two.read_bytes()


def test_with_a_runtime_there_is_one_file_that_can_be_run(whole: Made, runtime: Path) -> None:
    out, made = whole
    file = out / f"{NAME}.AppImage"

    assert (made.returncode, made.stderr) == (0, "")
    assert os.access(file, os.X_OK)
    offset = str(runtime.stat().st_size)
    listed = subprocess.run(
        ["unsquashfs", "-o", offset, "-lc", file], check=True, capture_output=True, text=True
    ).stdout
    assert "squashfs-root/AppRun" in listed.splitlines()


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("tree", "is no frozen program"),
        ("runtime", "is no AppImage runtime of type 2"),
        ("missing", "there is no runtime"),
    ],
)
def test_wrong_files_are_said(tree: Path, tmp_path: Path, broken: str, words: str) -> None:
    given = Path("/bin/true")
    if broken == "tree":
        tree = tree / "_internal"
    elif broken == "missing":
        given = tmp_path / "nothing"

    made = make(tree, tmp_path, given)

    assert made.returncode == 1
    assert words in made.stderr
