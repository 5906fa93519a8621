"""What was picked in the desktop's dialog, kept in the settings folder, readable by its owner alone."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from capture.platforms.picks import Pick, Picks
from server.private_files import put_aside, read_private, replace_private

log = logging.getLogger(__name__)

FILE = "picked.json"
MOST_BYTES = 256 * 1024
MOST_PICKS = 100


class PickFile:
    """Keeps picks in a file of ``folder``. Used by one thread; a fault goes to the log, and what is known stays."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def load(self) -> Picks:
        try:
            content, _ = read_private(self._path, MOST_BYTES)
            picks = msgspec.json.decode(content, type=Picks)
        except FileNotFoundError:
            return Picks()
        except (OSError, msgspec.DecodeError, UnicodeError) as fault:
            log.warning("what was picked cannot be read: %s", fault)
            self._keep_aside()
            return Picks()
        return checked(picks)

    def save(self, picks: Picks) -> None:
        try:
            replace_private(self._path, msgspec.json.encode(picks))
        except OSError as fault:
            log.warning("what was picked cannot be kept: %s", fault)

    def _keep_aside(self) -> None:
        try:
            put_aside(self._path)
        except OSError as fault:
            log.warning("%s stays where it is: %s", FILE, fault)


def checked(picks: Picks) -> Picks:
    """Return ``picks`` without those that cannot be, and with a following number that none of them has."""
    each: dict[int, Pick] = {}
    for pick in picks.each[:MOST_PICKS]:
        if pick.number > 0 and pick.number not in each and pick.width >= 0 and pick.height >= 0:
            each[pick.number] = pick
    return Picks(tuple(each.values()), max(picks.following, 1, *(number + 1 for number in each)))
