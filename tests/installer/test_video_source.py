"""The source of what is under the GPL, collected from archives that look as PyAV's do."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from installer.project import BadInput
from installer.video_source import PYAV, RECIPES, archives_of, collect, pinned, tag_of

X264, FFMPEG = b"source of x264", b"source of ffmpeg"
RECIPE = f"""
@dataclass
class Package:
    name: str

codec_group = [
    Package(
        name="x264",
        source_url="https://video.example/x264-b356.tar.bz2",
        sha256="{hashlib.sha256(X264).hexdigest()}",
        build_arguments=["--disable-cli"],
    ),
]
ffmpeg_package = Package(
    name="ffmpeg",
    source_url="https://ffmpeg.example/archive/n8.1.2.tar.gz",
    source_filename="ffmpeg-8.1.2.tar.gz",
    sha256="{hashlib.sha256(FFMPEG).hexdigest()}",
)
"""
LATEST = '{"url": "https://github.com/PyAV-Org/pyav-ffmpeg/releases/download/8.1.2-1/ffmpeg-{platform}.tar.gz"}'


def packed(name: str, text: str) -> bytes:
    """Return an archive of one file in a folder."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        entry = tarfile.TarInfo(f"folder-1.0/{name}")
        entry.size = len(text.encode())
        archive.addfile(entry, io.BytesIO(text.encode()))
    return made.getvalue()


@pytest.fixture
def net() -> dict[str, bytes]:
    """What lies at which address."""
    return {
        PYAV.format(version=pinned()): packed("scripts/ffmpeg-latest.json", LATEST),
        RECIPES.format(tag="8.1.2-1"): packed("scripts/pkg.py", RECIPE),
        "https://video.example/x264-b356.tar.bz2": X264,
        "https://ffmpeg.example/archive/n8.1.2.tar.gz": FFMPEG,
    }


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The archive of Panecast's source."""
    archive = tmp_path / "panecast-1.0.tar.gz"
    archive.write_bytes(b"source of Panecast")
    return archive


def test_all_that_the_recipes_name_is_there_and_said(net: dict[str, bytes], own: Path, tmp_path: Path) -> None:
    out = tmp_path / "source"
    collect(out, own, net.__getitem__)

    names = {path.name for path in out.iterdir()}
    assert names == {
        f"PyAV-{pinned()}.tar.gz",
        "pyav-ffmpeg-8.1.2-1.tar.gz",
        "x264-b356.tar.bz2",
        "ffmpeg-8.1.2.tar.gz",
        own.name,
        "README.txt",
        "SHA256SUMS",
    }
    assert (out / "x264-b356.tar.bz2").read_bytes() == X264
    told = (out / "README.txt").read_text()
    assert all(name in told for name in names - {"README.txt", "SHA256SUMS"})
    for line in (out / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest


def test_archive_that_was_exchanged_is_refused(net: dict[str, bytes], own: Path, tmp_path: Path) -> None:
    net["https://video.example/x264-b356.tar.bz2"] = b"something else"

    with pytest.raises(BadInput, match=r"x264-b356\.tar\.bz2 is not the archive"):
        collect(tmp_path / "source", own, net.__getitem__)


def test_address_that_does_not_answer_is_named(own: Path, tmp_path: Path) -> None:
    def fetch(address: str) -> bytes:
        raise OSError("no way there")

    with pytest.raises(BadInput, match=r"PyAV.* could not be fetched: no way there"):
        collect(tmp_path / "source", own, fetch)


def test_recipes_without_what_is_needed_are_refused() -> None:
    with pytest.raises(BadInput, match="no source of ffmpeg"):
        archives_of(packed("scripts/pkg.py", RECIPE.replace('"ffmpeg"', '"other"')))
    with pytest.raises(BadInput, match="lacks 'sha256'"):
        archives_of(packed("scripts/pkg.py", RECIPE.replace("sha256=", "checksum=")))
    with pytest.raises(BadInput, match="cannot be written"):
        archives_of(packed("scripts/pkg.py", RECIPE.replace("ffmpeg-8.1.2.tar.gz", "../ffmpeg")))
    with pytest.raises(BadInput, match="no address on the net"):
        archives_of(packed("scripts/pkg.py", RECIPE.replace("https://video", "file://video")))
    with pytest.raises(BadInput, match=r"has no scripts/pkg\.py"):
        archives_of(packed("scripts/other.py", RECIPE))


def test_pyav_that_says_no_tag_is_refused() -> None:
    with pytest.raises(BadInput, match="where its libraries come from"):
        tag_of(packed("scripts/ffmpeg-latest.json", "{}"))
