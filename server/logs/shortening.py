"""What a log may say of people: secrets not at all, addresses and titles of windows so that nobody reads them.

A log is passed on with a report of a fault, often in public.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from pathlib import Path

from server.redact import QUERY, SECRET_LIKE

LONGEST, LONGEST_LINE = 16_384, 2048
"""Characters of one entry, and of one of its lines; what is longer is cut. Both bound the time that it takes."""
LONGEST_ADDRESS = 80
TITLES_KEPT = 512
"""Titles that are looked for, the newest; a window may be spoken of after it has another one."""
SHORTEST_TITLE = 4
"""Shorter ones say nothing, and are in many words."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
PLACE = re.compile(r'^\s*File "[^"]*", line \d+(,|$| in )')
"""A place in the code, in a traceback of Python or of faulthandler. The code below it holds no values."""
HEADERS = re.compile(r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)(['\"]?\s*[:=,]\s*)\S.*")
BEARER = re.compile(r"(?i)\b(bearer\s+)[\w.~+/=-]+")
NAMED = re.compile(
    r"(?i)\b(token|secret|pin|password|passphrase)(['\"]?\s*[:=]\s*)('[^']*'|\"[^\"]*\"|\d{3} \d{3}\b|[^\s'\",;)}]+)"
)
SPOKEN_PIN = re.compile(r"(?<![\d.])\d{3} \d{3}(?![\d.])")
FRAGMENT = re.compile(r"(?i)(\bhttps?://[^\s'\"<>#]*)#[^\s'\"<>]+")
TITLE = re.compile(r"((?:\btitle['\"]?\s*[=:]\s*)|(?:kind='title', text=))('(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")")
TITLE_RULE = re.compile(r"\btitle:(?!\s|…)[^\n]+")
ADDRESS_6 = re.compile(r"(?<![\w.])(?:[0-9A-Fa-f]{0,4}:){2,}[0-9A-Fa-f:.]*(?:%\w+)?(?![\w:])")
ADDRESS_4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")


class Titles:
    """The titles that are kept out of the log. Any thread may call `hide`, one at a time, and `pattern`."""

    def __init__(self, titles: Iterable[str] = ()) -> None:
        self._known: dict[str, None] = {}
        self._found: tuple[tuple[str, ...], re.Pattern[str] | None] = ((), None)
        self._sought: tuple[str, ...] = ()
        self.hide(titles)

    def hide(self, titles: Iterable[str]) -> None:
        """Keep these out too; the oldest are forgotten."""
        for title in titles:
            if len(title) >= SHORTEST_TITLE:
                self._known.pop(title, None)
                self._known[title] = None
        while len(self._known) > TITLES_KEPT:
            self._known.pop(next(iter(self._known)))
        self._sought = tuple(self._known)

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """Return what finds them, the longest first; None where there are none."""
        sought, (known, found) = self._sought, self._found
        if sought != known:
            alternatives = "|".join(map(re.escape, sorted(sought, key=len, reverse=True)))
            found = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)") if sought else None
            self._found = (sought, found)
        return found


def shortened(text: str, titles: Titles | None = None, *, home: Path | None = None, longest: int = LONGEST) -> str:
    """Return ``text``, of one or more lines, as it may stand in the log.

    ``home`` is the person's own folder, whose name is theirs, by default that of this process; ``longest`` is how many
    characters are looked at.
    """
    pattern = None if titles is None else titles.pattern
    whole = CONTROL.sub("�", _cut(text, longest))
    folder = str(Path.home() if home is None else home)
    lines = whole.split("\n")
    for at, line in enumerate(lines):
        is_code = PLACE.match(line) or (at and PLACE.match(lines[at - 1]) and line.startswith("    "))
        # Code has long names that look like secrets, and nothing that is one.
        lines[at] = line if is_code else _line(_cut(line, LONGEST_LINE), pattern)
        if len(folder) > 1:
            lines[at] = lines[at].replace(folder, "~")
    return "\n".join(lines)


def _cut(text: str, longest: int) -> str:
    # A secret that is cut in the middle would not be known as one any more.
    return text if len(text) <= longest else f"{text[:longest].rpartition(' ')[0]} …"


def _line(line: str, titles: re.Pattern[str] | None) -> str:
    line = TITLE.sub(r"\1'…'", line)
    line = TITLE_RULE.sub("title:…", line)
    if titles is not None:
        line = titles.sub(lambda found: f"{found[0][0]}…", line)
    for pattern, put in (
        (HEADERS, r"\1\2…"),
        (BEARER, r"\1…"),
        (NAMED, r"\1\2…"),
        (QUERY, "?…"),
        (FRAGMENT, r"\1#…"),
        (SPOKEN_PIN, "…"),
        (SECRET_LIKE, "…"),
    ):
        line = pattern.sub(put, line)
    return ADDRESS_4.sub(_address, ADDRESS_6.sub(_address, line))


def _address(found: re.Match[str]) -> str:
    """Return an address without the part that is somebody's own; what is none as it is."""
    text, tail = found[0], ""
    if len(text) > LONGEST_ADDRESS:
        return "…"
    while text:
        try:
            address = ipaddress.ip_address(text)
            break
        except ValueError:
            if text[-1] not in ":.":
                return found[0]
            # The end of a clause, not of an address.
            text, tail = text[:-1], text[-1] + tail
    else:
        return found[0]
    if address.is_loopback or address.is_unspecified:
        return found[0]
    if isinstance(address, ipaddress.IPv4Address):
        return f"{_front(address)}{tail}"
    if address.ipv4_mapped is not None:
        return f"::ffff:{_front(address.ipv4_mapped)}{tail}"
    return f"{int(address) >> 112:x}:…{tail}"


def _front(address: ipaddress.IPv4Address) -> str:
    return f"{'.'.join(str(address).split('.')[:2])}.x.x"
