"""Collects the source of the video packages, which their licence asks for:  python -m installer.video_source OUTDIR

PyAV's wheels hold FFmpeg, x264 and more, compiled by the recipes of pyav-ffmpeg, which name each archive of source and
its checksum. All of them, the recipes, PyAV's own source and Panecast's go into OUTDIR, with a README that tells them
apart.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import io
import json
import re
import shutil
import sys
import tarfile
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from installer.project import TOP, VERSION, BadInput

PYAV = "https://github.com/PyAV-Org/PyAV/archive/refs/tags/v{version}.tar.gz"
RECIPES = "https://github.com/PyAV-Org/pyav-ffmpeg/archive/refs/tags/{tag}.tar.gz"
SECONDS = 120
NEEDED = {"ffmpeg", "x264"}
"""Without these two it is not the source of what is given away."""
README = """\
The source of Panecast's video packages, version {version}
{line}

panecast-video, the archive of video and the setup program with video hold PyAV {pyav} with FFmpeg, x264 and other
libraries, and are under the GNU General Public License, version 3 or later, as a whole. This folder has the source of
all of it. The libraries were compiled by scripts/build-ffmpeg.py of {recipes}; wheels of PyAV were made by the
workflows in {pyav_file}; installer/freeze/video.py and installer/windows/video.py of {own} put
stand-ins in the place of codecs that are not used, and installer/build.sh makes the packages.

{files}
"""

Fetch = Callable[[str], bytes]
"""Returns what an address has. Raises `OSError`."""


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive of source that the recipes name: of what it is, its file's name, address and SHA-256."""

    name: str
    file: str
    address: str
    digest: str


def collect(out: Path, own: Path, fetch: Fetch) -> None:
    """Make ``out`` hold the source of the pinned PyAV and of all within it, and ``own``, the archive of Panecast's.

    Raises:
        BadInput: something is not there, or is not what the recipes mean.
    """
    version = pinned()
    pyav = f"PyAV-{version}.tar.gz"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    source = _fetched(fetch, PYAV.format(version=version))
    (out / pyav).write_bytes(source)
    tag = tag_of(source)
    recipes = f"pyav-ffmpeg-{tag}.tar.gz"
    recipe = _fetched(fetch, RECIPES.format(tag=tag))
    (out / recipes).write_bytes(recipe)
    whose = {own.name: f"Panecast {VERSION}", pyav: f"PyAV {version}", recipes: f"recipes and patches, {tag}"}
    shutil.copyfile(own, out / own.name)
    for archive in archives_of(recipe):
        data = _fetched(fetch, archive.address)
        if hashlib.sha256(data).hexdigest() != archive.digest:
            raise BadInput(f"{archive.address} is not the archive that the recipes mean.")
        (out / archive.file).write_bytes(data)
        whose[archive.file] = f"{archive.name}, from {archive.address}"
    files = "\n".join(f"{name}\n    {words}" for name, words in whose.items())
    title = README.partition("\n")[0].format(version=VERSION)
    told = README.format(
        version=VERSION, line="=" * len(title), pyav=version, recipes=recipes, pyav_file=pyav, own=own.name, files=files
    )
    (out / "README.txt").write_text(told, encoding="utf-8")
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(out.iterdir())
        if path.name != "SHA256SUMS"
    ]
    (out / "SHA256SUMS").write_text("".join(sums), encoding="ascii")


def pinned() -> str:
    """Return the version of PyAV that packages are made with."""
    pins = (TOP / "installer" / "constraints.txt").read_text(encoding="utf-8")
    found = re.search(r"^av==(\S+)", pins, re.MULTILINE)
    if found is None:
        raise BadInput("installer/constraints.txt names no version of PyAV (av).")
    return found[1]


def tag_of(source: bytes) -> str:
    """Return the tag of pyav-ffmpeg that the archive of PyAV's ``source`` takes its libraries from."""
    told = json.loads(_member(source, "scripts/ffmpeg-latest.json"))
    found = re.search(r"/pyav-ffmpeg/releases/download/([^/]+)/", str(told.get("url", "")))
    if found is None:
        raise BadInput("PyAV's scripts/ffmpeg-latest.json does not say where its libraries come from.")
    return found[1]


def archives_of(recipe: bytes) -> tuple[Archive, ...]:
    """Return all archives that the recipes name, in order of their names; ``recipe`` is the archive of pyav-ffmpeg."""
    found = sorted(set(_packages(_member(recipe, "scripts/pkg.py").decode())), key=lambda archive: archive.name)
    lacking = NEEDED - {archive.name for archive in found}
    if lacking:
        raise BadInput(f"The recipes in scripts/pkg.py name no source of {', '.join(sorted(lacking))}.")
    return tuple(found)


def _packages(recipes: str) -> Iterator[Archive]:
    for node in ast.walk(ast.parse(recipes)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Package":
            told = {each.arg: each.value.value for each in node.keywords if isinstance(each.value, ast.Constant)}
            try:
                name, address, digest = (str(told[key]) for key in ("name", "source_url", "sha256"))
            except KeyError as error:
                raise BadInput(f"A recipe in scripts/pkg.py, line {node.lineno}, lacks {error}.") from error
            file = str(told.get("source_filename") or "") or address.rpartition("/")[2]
            if "/" in file or file.startswith("."):
                raise BadInput(f"A recipe in scripts/pkg.py, line {node.lineno}, has a file that cannot be written.")
            if not address.startswith(("https://", "http://")):
                raise BadInput(f"A recipe in scripts/pkg.py, line {node.lineno}, names no address on the net.")
            if name not in file.lower():
                file = f"{name}-{file}"
            yield Archive(name, file, address, digest)


def _member(archive: bytes, name: str) -> bytes:
    """Return a file of an archive that has one folder on top."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        for each in opened:
            if each.isfile() and each.name.partition("/")[2] == name:
                file = opened.extractfile(each)
                assert file is not None
                return file.read()
    raise BadInput(f"An archive of PyAV's has no {name}.")


def _fetched(fetch: Fetch, address: str) -> bytes:
    print(address, file=sys.stderr, flush=True)
    try:
        return fetch(address)
    except OSError as error:
        raise BadInput(f"{address} could not be fetched: {error}") from error


def over_the_net(address: str) -> bytes:
    """Return what an address has. Raises `OSError`."""
    # Addresses of other kinds have been refused.
    asked = urllib.request.Request(address, headers={"User-Agent": f"panecast-release/{VERSION}"})  # noqa: S310
    with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310
        return bytes(answer.read())


def main() -> int:
    """Collect into the folder that the command line names."""
    parser = argparse.ArgumentParser(description="Collect the source of the video packages.")
    parser.add_argument("folder", type=Path, metavar="OUTDIR")
    own = TOP / "dist" / f"panecast-{VERSION}.tar.gz"
    parser.add_argument("--own", type=Path, default=own, metavar="SDIST", help=f"Panecast's source (default: {own})")
    arguments = parser.parse_args()
    if not arguments.own.is_file():
        print(f"video_source: There is no {arguments.own}. Make it: sh installer/build.sh wheel", file=sys.stderr)
        return 1
    try:
        collect(arguments.folder, arguments.own, over_the_net)
    except BadInput as error:
        print(f"video_source: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
