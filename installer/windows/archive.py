"""Makes a zip file of a folder, the same bytes from the same files:  python installer/windows/archive.py FOLDER TOP ZIP

In the archive everything lies in the folder TOP; an empty TOP has it on top. Times are those of ``SOURCE_DATE_EPOCH``.
"""

from __future__ import annotations

import os
import sys
import time
import zipfile
from pathlib import Path


def write_archive(folder: Path, top: str, archive: Path, epoch: int) -> None:
    """Pack everything below ``folder``; ``epoch`` (seconds, from 1980 on) is the time of all files."""
    stamp = time.gmtime(epoch)[:6]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = path.relative_to(folder).as_posix()
                entry = zipfile.ZipInfo(f"{top}/{name}" if top else name, stamp)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                file.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    write_archive(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(os.environ["SOURCE_DATE_EPOCH"]))
