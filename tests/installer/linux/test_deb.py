from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from installer.linux.deb import changelog, drop_libraries_of_the_system, is_elf, linked_packages, packages_of
from server import __version__

needs_debian = pytest.mark.skipif(shutil.which("dpkg-shlibdeps") is None, reason="dpkg-dev is not installed")


def test_libraries_that_debian_mends_leave_the_bundle(tmp_path: Path) -> None:
    for name in (
        "libssl.so.3",
        "libglib-2.0.so.0",
        "libxcb-shm.so.0",
        "libGL.so.1",
        "libpython3.11.so.1.0",
        "notes.txt",
    ):
        (tmp_path / name).touch()
    (tmp_path / "libQt6Core.so.6").symlink_to("PySide6/Qt/lib/libQt6Core.so.6")
    wheel = tmp_path / "numpy.libs"
    wheel.mkdir()
    (wheel / "libscipy_openblas.so").touch()

    drop_libraries_of_the_system(tmp_path)

    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert left == {
        "libxcb-shm.so.0",
        "libGL.so.1",
        "libpython3.11.so.1.0",
        "libQt6Core.so.6",
        "notes.txt",
        "numpy.libs",
        "numpy.libs/libscipy_openblas.so",
    }


@needs_debian
def test_depends_are_what_is_linked_and_not_there(tmp_path: Path) -> None:
    app, work = tmp_path / "app", tmp_path / "work"
    app.mkdir()
    code = tmp_path / "code.c"
    code.write_text("int main(void) { return 0; }\n", encoding="ascii")
    ssl = next(Path("/usr/lib").glob("*/libssl.so.3"))
    xcb = next(Path("/usr/lib").glob("*/libxcb.so.1"))
    # Both by their paths: this machine has no headers.
    subprocess.run(["gcc", "-Wl,--no-as-needed", "-o", app / "program", code, ssl, xcb], check=True)

    without = linked_packages(app, work)
    shutil.copy(xcb, app / "libxcb.so.1")
    beside = linked_packages(app, work)

    assert {name.split()[0] for name in without} >= {"libc6", "libssl3", "libxcb1"}
    assert "libxcb1" not in {name.split()[0] for name in beside}
    assert "libssl3" in {name.split()[0] for name in beside}


@needs_debian
def test_packages_of_libraries_are_those_that_brought_them() -> None:
    assert packages_of({"libxcb.so.1", "libnowhere.so.9"}) == ["libxcb1"]
    assert packages_of({"libnowhere.so.9"}) == []


def test_programs_and_libraries_are_told_from_texts(tmp_path: Path) -> None:
    (tmp_path / "text.so").write_text("no library", encoding="ascii")
    (tmp_path / "link").symlink_to(sys.executable)

    assert is_elf(Path(sys.executable).resolve())
    assert not is_elf(tmp_path / "text.so")
    assert not is_elf(tmp_path / "link")
    assert not is_elf(tmp_path)


def test_changelog_has_debians_form() -> None:
    first, *_ = changelog("panecast", 1_790_000_000).splitlines()

    assert first == f"panecast ({__version__}) unstable; urgency=medium"
    done = subprocess.run(
        ["dpkg-parsechangelog", "--file", "-", "--show-field", "Version"],
        input=changelog("panecast", 1_790_000_000),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == (__version__, "")
