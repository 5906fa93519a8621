"""Makes the packages:  sh installer/build.sh KIND… [--video]  sets up what this needs and calls it."""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from installer.freeze.finish import list_libraries, settle, strip
from installer.freeze.video import lay_out_video
from installer.linux.archive import make_archive
from installer.linux.deb import make_deb, make_video_deb
from installer.linux.nfpm import make_by_nfpm
from installer.linux.root import NOTICES, SHOWN, copy_tree, tell_inside
from installer.project import TOP, VERSION, BadInput

WORK = TOP / "build"
DIST = TOP / "dist"
FROZEN = WORK / "panecast"
"""The frozen program."""
VIDEO = WORK / "panecast-video"
"""What video adds to it, by the same paths."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be made: kinds of packages, with those of video or without, in files of the time ``epoch``."""

    kinds: tuple[str, ...]
    video: bool
    epoch: int


def freeze(wish: Wish) -> None:
    """Make `FROZEN`, and `VIDEO` where that is wished for."""
    with step("the frozen program"):
        run(
            sys.executable,
            "-m",
            "PyInstaller",
            "--noconfirm",
            "--clean",
            "--log-level=ERROR",
            f"--distpath={WORK}",
            f"--workpath={WORK / 'work'}",
            TOP / "installer" / "freeze" / "panecast.spec",
        )
        strip(FROZEN)
        tell_inside(FROZEN, WORK / "work" / "panecast", FROZEN)
        shutil.copyfile(FROZEN / NOTICES, FROZEN / SHOWN)
        list_libraries(FROZEN / "_internal", "panecast")
        settle(FROZEN, wish.epoch)
    if wish.video:
        with step("the files of video"):
            lay_out_video(VIDEO)
            strip(VIDEO)
            tell_inside(VIDEO, WORK / "work" / "panecast", VIDEO / "panecast-video", video=True)
            list_libraries(VIDEO / "_internal", "panecast-video")
            settle(VIDEO, wish.epoch)


def deb(wish: Wish) -> Iterator[Path]:
    """Make the packages for Debian and its relatives."""
    yield make_deb(FROZEN, WORK, DIST, wish.epoch)
    if wish.video:
        yield make_video_deb(VIDEO, FROZEN, WORK, DIST, wish.epoch)


def tar(wish: Wish) -> Iterator[Path]:
    """Make the archives that run wherever they are unpacked."""
    yield make_archive(FROZEN, "panecast", WORK, DIST, wish.epoch)
    if wish.video:
        yield make_archive(VIDEO, "panecast-video", WORK, DIST, wish.epoch)


def rpm(wish: Wish) -> Iterator[Path]:
    """Make the packages for Fedora, openSUSE and their relatives."""
    yield from make_by_nfpm("rpm", FROZEN, VIDEO if wish.video else None, WORK, DIST, wish.epoch)


def arch(wish: Wish) -> Iterator[Path]:
    """Make the packages for Arch Linux."""
    yield from make_by_nfpm("archlinux", FROZEN, VIDEO if wish.video else None, WORK, DIST, wish.epoch)


def appimage(wish: Wish) -> Iterator[Path]:
    """Make the AppImage's folder and its file system; with a runtime in PANECAST_APPIMAGE_RUNTIME, the AppImage."""
    trees = [FROZEN]
    if wish.video:
        trees.append(WORK / "appimage" / "with-video" / "panecast")
        copy_tree(FROZEN, trees[1])
        shutil.copytree(VIDEO, trees[1], symlinks=True, dirs_exist_ok=True)
    runtime = os.environ.get("PANECAST_APPIMAGE_RUNTIME")
    for tree in trees:
        out = WORK / "appimage"
        run("sh", TOP / "installer" / "appimage" / "appimage.sh", tree, out, *([runtime] if runtime else []))
    for path in sorted(out.glob("*.AppImage")):
        yield Path(shutil.copy2(path, DIST))


def wheel(wish: Wish) -> Iterator[Path]:
    """Make the wheel and the archive of the source."""
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", DIST, TOP, stdout=subprocess.DEVNULL)
    yield from (DIST / f"panecast-{VERSION}-py3-none-any.whl", DIST / f"panecast-{VERSION}.tar.gz")


def windows(wish: Wish) -> Iterator[Path]:
    """Make setup program and archive for Windows."""
    before = {path: path.stat().st_mtime_ns for path in DIST.iterdir()}
    run("sh", TOP / "installer" / "windows" / "build.sh", *(["--video"] if wish.video else []))
    for path in sorted(DIST.iterdir()):
        if path.suffix in (".exe", ".zip") and before.get(path) != path.stat().st_mtime_ns:
            yield path


FROM_FROZEN: dict[str, Callable[[Wish], Iterator[Path]]] = {
    "deb": deb,
    "tar": tar,
    "rpm": rpm,
    "arch": arch,
    "appimage": appimage,
}
KINDS = FROM_FROZEN | {"wheel": wheel, "windows": windows}


def main() -> int:
    """Make what the command line names."""
    parser = argparse.ArgumentParser(prog="installer/build.sh", description="Make packages of Panecast into dist/.")
    parser.add_argument("kinds", nargs="+", choices=(*KINDS, "all"), metavar="KIND", help=f"{', '.join(KINDS)} or all")
    parser.add_argument("--video", action="store_true", help="the packages of video too, which are under the GPL")
    arguments = parser.parse_args()
    kinds = tuple(KINDS) if "all" in arguments.kinds else tuple(dict.fromkeys(arguments.kinds))
    wish = Wish(kinds, arguments.video, int(os.environ["SOURCE_DATE_EPOCH"]))
    if platform.system() != "Linux" and set(kinds) & set(FROM_FROZEN):
        print("build: packages for Linux are made on Linux", file=sys.stderr)
        return 2
    DIST.mkdir(exist_ok=True)
    try:
        if set(kinds) & set(FROM_FROZEN):
            freeze(wish)
        made = []
        for kind in kinds:
            with step(kind):
                made += list(KINDS[kind](wish))
    except (BadInput, subprocess.CalledProcessError) as error:
        print(f"build: {error}", file=sys.stderr)
        return 1
    for path in made:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        path.with_name(f"{path.name}.sha256").write_text(f"{digest}  {path.name}\n", encoding="ascii")
        print(f"{path.stat().st_size / 1e6:7.1f} MB  {path.relative_to(TOP)}")
    return 0


def run(*words: str | os.PathLike[str], stdout: int | None = None) -> None:
    """Run a program to its end. Raises `subprocess.CalledProcessError`."""
    subprocess.run(words, check=True, cwd=TOP, stdout=stdout)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say what is made, and how long it took."""
    began = time.monotonic()
    yield
    print(f"{time.monotonic() - began:7.1f} s   {name}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
