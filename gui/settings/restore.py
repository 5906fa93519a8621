"""Puts what a backup held in the place of what is kept: all of it, however often it is interrupted.

The files are laid into a folder beside, whole; only at the next start of the program, which has read nothing yet, are
they moved. An interrupted start is followed by another one, which goes on.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from resources.translate import _
from server.access.store import NAME as LINKS
from server.private_files import make_private_folder, replace_private

SETTINGS = "settings.toml"
OWN_FILE = "https.pem"
"""Key and certificate for HTTPS; that module is loaded where they are needed, and this one at every start."""
NAMES = (SETTINGS, LINKS, OWN_FILE)
STAGED = "restoring"
READY = "ready"
"""Written last: without it nothing of what lies there is used."""
KEPT = "before-restore"


def stage(folder: Path, files: Mapping[str, bytes]) -> str:
    """Lay ``files`` ready for the next start; return the folder in which those that they replace will be. Raises
    OSError."""
    staged = folder / STAGED
    discard(folder)
    kept = next(
        name for at in range(1, 10_000) if not (folder / (name := KEPT if at == 1 else f"{KEPT}-{at}")).exists()
    )
    for name, content in files.items():
        replace_private(staged / name, content)
    replace_private(staged / READY, kept.encode())
    return kept


def discard(folder: Path) -> None:
    """Forget what was laid ready. Raises OSError."""
    (folder / STAGED / READY).unlink(missing_ok=True)
    if (folder / STAGED).exists():
        shutil.rmtree(folder / STAGED)


def finish(folder: Path) -> str:
    """Move what was laid ready to its place, keeping what was there; return what to say of it, empty for nothing."""
    staged = folder / STAGED
    try:
        kept = folder / Path((staged / READY).read_text(encoding="ascii")).name
    except (OSError, ValueError):
        with contextlib.suppress(OSError):
            discard(folder)
        return ""
    try:
        make_private_folder(kept)
        for name in NAMES:
            if (staged / name).exists():
                if (folder / name).exists() and not (kept / name).exists():
                    (folder / name).replace(kept / name)
                (staged / name).replace(folder / name)
        discard(folder)
    except OSError as error:
        words = _("The backup could not be restored whole yet ({reason}). Panecast tries again at its next start.")
        return words.format(reason=error.strerror or error)
    return _("The backup was restored. What was there before is in {folder}.").format(folder=kept)
