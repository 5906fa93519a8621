"""Makes the archive that runs wherever it is unpacked."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

from installer.freeze.finish import settle
from installer.linux.root import copy_tree
from installer.project import VERSION


def make_archive(tree: Path, name: str, work: Path, dist: Path, epoch: int) -> Path:
    """Return ``dist``/NAME-VERSION-linux-MACHINE.tar.gz, which holds ``tree`` in a folder panecast-VERSION.

    Archives of the program and of video have the same folder, so that one is unpacked over the other.
    """
    folder = work / "tar" / name / f"panecast-{VERSION}"
    copy_tree(tree, folder)
    settle(folder, epoch)
    path = dist / f"{name}-{VERSION}-linux-{platform.machine()}.tar.gz"
    with path.open("wb") as archive:
        packing = subprocess.Popen(
            (
                "tar",
                "--sort=name",
                "--format=gnu",
                "--owner=0",
                "--group=0",
                "--numeric-owner",
                f"--mtime=@{epoch}",
                f"--directory={folder.parent}",
                "--create",
                folder.name,
            ),
            stdout=subprocess.PIPE,
        )
        subprocess.run(("gzip", "--no-name", "-9"), stdin=packing.stdout, stdout=archive, check=True)
        if packing.wait() != 0:
            raise subprocess.CalledProcessError(packing.returncode, "tar")
    return path
