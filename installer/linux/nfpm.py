"""Makes .rpm and Arch packages with nfpm, from the same files as the .deb."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from installer.linux.deb import DESCRIPTION, SUMMARY, VIDEO_DESCRIPTION, VIDEO_SUMMARY, settle_root
from installer.linux.root import APP, copy_tree, lay_out_notices, lay_out_root
from installer.project import HOMEPAGE, MAINTAINER, VERSION

Packager = Literal["rpm", "archlinux"]
DEPENDS: dict[Packager, list[str]] = {
    # All libraries are in the package; these are files of other programs.
    "rpm": ["xkeyboard-config", "fontconfig"],
    "archlinux": ["xkeyboard-config", "fontconfig"],
}


def make_by_nfpm(
    packager: Packager, tree: Path, video: Path | None, work: Path, dist: Path, epoch: int
) -> Iterator[Path]:
    """Yield the packages of the frozen program ``tree`` and, where there is one, of ``video``.

    Raises:
        subprocess.CalledProcessError: nfpm failed; its words have been printed.
    """
    root = work / packager / "panecast"
    shutil.rmtree(root, ignore_errors=True)
    lay_out_root(tree, root, "rpm" if packager == "rpm" else "arch")
    lay_out_notices(root, "panecast")
    yield _pack(packager, root, "panecast", SUMMARY, DESCRIPTION, DEPENDS[packager], "MIT", dist, epoch)
    if video is not None:
        root = work / packager / "panecast-video"
        shutil.rmtree(root, ignore_errors=True)
        copy_tree(video, root / APP)
        lay_out_notices(root, "panecast-video")
        needs = [f"panecast = {VERSION}" if packager == "rpm" else f"panecast={VERSION}"]
        licence = "GPL-3.0-or-later"
        yield _pack(packager, root, "panecast-video", VIDEO_SUMMARY, VIDEO_DESCRIPTION, needs, licence, dist, epoch)


def _pack(
    packager: Packager,
    root: Path,
    package: str,
    summary: str,
    description: str,
    depends: list[str],
    licence: str,
    dist: Path,
    epoch: int,
) -> Path:
    settle_root(root, epoch)
    recipe = {
        "name": package,
        "arch": {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine()),
        "platform": "linux",
        "version": VERSION,
        "release": "1",
        "maintainer": MAINTAINER,
        "homepage": HOMEPAGE,
        "license": licence,
        "description": f"{summary}\n{description}",
        "depends": depends,
        "contents": [{"src": str(root), "dst": "/", "type": "tree"}],
        "rpm": {"summary": summary, "compression": "zstd"},
    }
    # JSON is YAML too.
    path = root.with_suffix(".yaml")
    path.write_text(json.dumps(recipe, indent=1), encoding="utf-8")
    name = f"{package}-{VERSION}-1-{platform.machine()}.pkg.tar.zst"
    if packager == "rpm":
        name = f"{package}-{VERSION}-1.{platform.machine()}.rpm"
    made = dist / name
    nfpm = Path(sys.executable).with_name("nfpm")
    subprocess.run(
        [nfpm, "package", "--config", path, "--packager", packager, "--target", made],
        check=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)},
        stdout=subprocess.DEVNULL,
    )
    return made
