"""Third-party notices as one text that people can read: identical texts stand in it once."""

from __future__ import annotations

import re
import textwrap
from collections import defaultdict
from dataclasses import dataclass

from installer.inside.components import Component, common_texts, gpl_in
from installer.project import HOMEPAGE, VERSION

WIDE = "=" * 60
THIN = "-" * 60
COPYRIGHT = re.compile(r"(?i)^\W*(copyright\b.*|\(c\) .*|©.*|all rights reserved\.?|.*\bcopyright (\(c\)|©) .*)$")
SHORT = 6000
"""Longer texts speak of their holders in between."""

HEAD = """\
Third-party notices
{wide}

{product} is made with the work of others. This file names it: first all
components, then what each of them wants to be said, then the licences that several share.

"""
LGPL = (
    "Under the GNU Lesser General Public License: {names}. They lie as files of their own beside the program. You may "
    "replace them by other versions of the same interface, and may take the program apart as far as that needs it."
)
GPL = (
    "This package is under the GNU General Public License, version 3 or later, as a whole: {names} allow no other for "
    "what is linked with them. The complete source of all of it, with that of Panecast, lies where this package does: "
    "{source}"
)
SOURCE = f"{HOMEPAGE}/download/{VERSION}/source/"
"""What installer/video_source.py collects."""
WIDTH = 98


@dataclass(frozen=True)
class _Said:
    title: str
    lines: tuple[str, ...]


def notices(components: tuple[Component, ...], product: str) -> str:
    """Return the whole text.

    ``product`` is the name and version of what they are in.
    """
    parts = [HEAD.format(wide=WIDE, product=product)]
    gpl = gpl_in(components)
    if gpl:
        parts.append(_filled(GPL.format(names=_names(gpl), source=SOURCE)) + "\n\n")
    lgpl = tuple(each for each in components if each.licence.startswith("LGPL"))
    if lgpl:
        parts.append(_filled(LGPL.format(names=_names(lgpl))) + "\n\n")
    parts += [f"{each.title} — {each.licence}\n" for each in components]
    parts += _own_parts(components)
    for name, words in common_texts(components).items():
        parts.append(f"\n{WIDE}\nLicence {name}\n{THIN}\n\n{words.strip()}\n")
    return "".join(parts)


def _own_parts(components: tuple[Component, ...]) -> list[str]:
    """Return what each says, grouped by what is the same."""
    groups: dict[str, list[_Said]] = defaultdict(list)
    words_of: dict[str, str] = {}
    for each in components:
        lines: list[str] = list(each.copyright)
        bodies = []
        for words in each.texts:
            found, rest = split_copyright(words)
            lines += found
            bodies.append(rest)
        body = f"\n\n{THIN}\n\n".join(dict.fromkeys(bodies))
        key = " ".join(body.split()) if body else "\n".join(each.common)
        words_of.setdefault(key, body)
        ends = [f"Source: {each.home}"] if each.home else []
        note = [each.note] if each.note else []
        below = [f"Licence text below: {', '.join(each.common)}"] if each.common else []
        groups[key].append(_Said(each.title, tuple(dict.fromkeys([*lines, *note, *ends, *below]))))
    return [_part(said, words_of[key]) for key, said in groups.items()]


def _part(group: list[_Said], body: str) -> str:
    heads = [said.title + "".join(f"\n{_filled(line, '    ')}" for line in said.lines) for said in group]
    text = f"\n{THIN}\n\n{body}\n" if body else "\n"
    return f"\n{WIDE}\n" + "\n".join(heads) + text


def _names(components: tuple[Component, ...]) -> str:
    return ", ".join(dict.fromkeys(each.name for each in components))


def _filled(words: str, indent: str = "") -> str:
    return textwrap.fill(
        words, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def split_copyright(words: str) -> tuple[tuple[str, ...], str]:
    """Return the lines at the head of a short licence that name its holders, and the rest."""
    lines = [line.rstrip() for line in words.replace("\r\n", "\n").strip("\n\ufeff").split("\n")]
    if len(words) > SHORT:
        return (), "\n".join(lines)
    found, rest = [], []
    for at, line in enumerate(lines):
        if at < 12 and COPYRIGHT.match(line) and not re.search(r"(?i)permission|redistribut|notice", line):
            found.append(line.strip())
        else:
            rest.append(line)
    return tuple(found), re.sub(r"\n{3,}", "\n\n", "\n".join(rest)).strip("\n")
