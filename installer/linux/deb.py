"""Makes the packages for Debian and its relatives."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
from datetime import UTC, datetime
from email.utils import format_datetime
from fnmatch import fnmatchcase
from pathlib import Path

from installer.freeze.finish import list_libraries, settle
from installer.linux.root import APP, DOC, NOTICES, SHOWN, copy_tree, lay_out_notices, lay_out_root, tell_inside
from installer.project import HOMEPAGE, MAINTAINER, TOP, VERSION, own_releases

BUNDLED = (
    "libxcb*",
    "libX*",
    "libxkb*",
    "libbsd*",
    "libmd*",
    "libEGL*",
    "libGL*",
    "libOpenGL*",
    "libpython*",
    "libQt6*",
)
"""Libraries that stay in the package. All others come from the system, which mends their faults: OpenSSL first.
Those of X stay because a dozen small packages more would have to be installed on systems without a desktop, and those
of OpenGL because Debian's bring drivers and a compiler along."""

SUMMARY = "show any window of this computer in any browser"
DESCRIPTION = """\
Pick windows or a screen from a live list, press Start, and open the link on
a phone, a TV or another desk. Covered windows are shown as they are, text
stays sharp, and nothing can be seen that was not shared.
"""
VIDEO_SUMMARY = "video for Panecast, by FFmpeg and x264"
VIDEO_DESCRIPTION = """\
With this package Panecast sends H.264 video while much of a picture moves.
It holds PyAV with FFmpeg and x264 and is under the GNU General Public
License; Panecast itself is not, and works without it.
"""


def make_deb(tree: Path, work: Path, dist: Path, epoch: int) -> Path:
    """Return ``dist``/panecast_VERSION_MACHINE.deb, which holds the frozen program ``tree``.

    Raises:
        subprocess.CalledProcessError: a tool of Debian's failed; its words have been printed.
    """
    root = work / "deb" / "panecast"
    shutil.rmtree(root, ignore_errors=True)
    lay_out_root(tree, root, "deb")
    lay_out_notices(root, "panecast")
    app, doc = root / APP, root / DOC / "panecast"
    drop_libraries_of_the_system(app / "_internal")
    list_libraries(app / "_internal", "panecast")
    tell_inside(app, work / "work" / "panecast", doc, dep5=True)
    (app / SHOWN).write_bytes((doc / NOTICES).read_bytes())
    depends = [*linked_packages(app, work), "xkb-data"]
    fields = {
        "Depends": ", ".join(sorted(depends)),
        # Pictures in a Wayland session; from Debian 13 on the library has another name.
        "Recommends": "libpipewire-0.3-0 | libpipewire-0.3-0t64",
        "Suggests": "x11-xserver-utils, panecast-video",
    }
    return _pack(root, "panecast", SUMMARY, DESCRIPTION, fields, dist, epoch)


def make_video_deb(video: Path, tree: Path, work: Path, dist: Path, epoch: int) -> Path:
    """Return ``dist``/panecast-video_VERSION_MACHINE.deb, which lays ``video`` over the program's files."""
    root = work / "deb" / "panecast-video"
    shutil.rmtree(root, ignore_errors=True)
    copy_tree(video, root / APP)
    lay_out_notices(root, "panecast-video")
    tell_inside(root / APP, work / "work" / "panecast", root / DOC / "panecast-video", video=True, dep5=True)
    depends = [*linked_packages(root / APP, work), f"panecast (= {VERSION})"]
    return _pack(
        root, "panecast-video", VIDEO_SUMMARY, VIDEO_DESCRIPTION, {"Depends": ", ".join(sorted(depends))}, dist, epoch
    )


def drop_libraries_of_the_system(bundle: Path) -> None:
    """Take out of ``bundle`` the libraries that its packages will bring. Qt's are links to files in folders below."""
    for path in sorted(bundle.glob("lib*.so*")):
        if not path.is_symlink() and not any(fnmatchcase(path.name, pattern) for pattern in BUNDLED):
            path.unlink()


def linked_packages(app: Path, work: Path) -> list[str]:
    """Return the packages, with the versions they need to have, of the libraries that files below ``app`` lack."""
    folder = work / "deb" / "shlibdeps"
    (folder / "debian").mkdir(parents=True, exist_ok=True)
    control = "Source: panecast\n\nPackage: panecast\nArchitecture: any\n"
    (folder / "debian" / "control").write_text(control, encoding="ascii")
    files = [path for path in sorted(app.rglob("*")) if is_elf(path)]
    libraries = [path for path in files if ".so" in path.name]
    told = _output(
        "dpkg-shlibdeps",
        "-O",
        "--ignore-missing-info",
        "--warnings=0",
        *(f"-l{folder}" for folder in sorted({path.parent for path in libraries})),
        # It would name the packages of libraries that are there all the same.
        *(f"-x{package}" for package in packages_of({path.name for path in libraries})),
        *(f"-e{path}" for path in files),
        folder=folder,
    )
    return [name.strip() for name in told.strip().removeprefix("shlibs:Depends=").split(",")]


def packages_of(libraries: set[str]) -> list[str]:
    """Return the packages of this machine that have ``libraries``, given by their names."""
    paths = {
        str(Path(line.rpartition("=> ")[2]).resolve())
        for line in _output("/sbin/ldconfig", "-p").splitlines()
        if line.split()[0] in libraries
    }
    if not paths:
        return []
    # As it was installed: /lib is a link to /usr/lib now.
    paths |= {path.removeprefix("/usr") for path in paths}
    told = subprocess.run(
        ("dpkg-query", "--search", *sorted(paths)), capture_output=True, text=True, check=False
    ).stdout
    return sorted({line.partition(":")[0] for line in told.splitlines()})


def _output(*words: str, folder: Path | None = None) -> str:
    return subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True).stdout


def is_elf(path: Path) -> bool:
    """Tell whether ``path`` is a program or a library of Linux."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _pack(
    root: Path, package: str, summary: str, description: str, fields: dict[str, str], dist: Path, epoch: int
) -> Path:
    machine = _output("dpkg", "--print-architecture").strip()
    doc = root / DOC / package
    doc.mkdir(parents=True, exist_ok=True)
    (doc / "changelog.gz").write_bytes(gzip.compress(changelog(package, epoch).encode(), 9, mtime=0))
    overrides = root / "usr/share/lintian/overrides" / package
    overrides.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(TOP / "installer" / "linux" / f"{package}.lintian-overrides", overrides)
    size = sum(-(-path.lstat().st_size // 1024) for path in root.rglob("*") if not path.is_dir())
    control = {
        "Package": package,
        "Version": VERSION,
        "Architecture": machine,
        "Maintainer": MAINTAINER,
        "Installed-Size": str(size),
        **fields,
        "Section": "net",
        "Priority": "optional",
        "Homepage": HOMEPAGE,
        "Description": summary + "".join(f"\n {line}" for line in description.splitlines()),
    }
    settle_root(root, epoch)
    meta = root / "DEBIAN"
    meta.mkdir()
    (meta / "control").write_text("".join(f"{key}: {text}\n" for key, text in control.items()), encoding="utf-8")
    sums = [
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(root).as_posix()}\n"
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink() and meta not in path.parents
    ]
    (meta / "md5sums").write_text("".join(sums), encoding="utf-8")
    settle(meta, epoch)
    for path in meta.iterdir():
        path.chmod(0o644)
    os.utime(root, (epoch, epoch))
    deb = dist / f"{package}_{VERSION}_{machine}.deb"
    # The bytes do not depend on how many threads compress them: the blocks are as large with one.
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", root, deb],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return deb


def settle_root(root: Path, epoch: int) -> None:
    """Give everything below ``root`` the modes and times of a package; programs keep being programs."""
    for path in sorted(root.rglob("*"), reverse=True):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path == root / APP / "panecast" else 0o644)
        os.utime(path, (epoch, epoch), follow_symlinks=False)


def changelog(package: str, epoch: int) -> str:
    """Return the changelog in Debian's form, one entry for each release; `BadInput` as `own_releases` raises it."""
    entries = []
    for release in own_releases():
        day = datetime.fromtimestamp(epoch, UTC)
        if release.day is not None:
            day = datetime(release.day.year, release.day.month, release.day.day, tzinfo=UTC)
        entries.append(
            f"{package} ({release.version}) unstable; urgency=medium\n\n"
            f"  * Release {release.version}; see {HOMEPAGE}/changelog#{release.version}\n\n"
            f" -- {MAINTAINER}  {format_datetime(day)}\n"
        )
    return "\n".join(entries)
