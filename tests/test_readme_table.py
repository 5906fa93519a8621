"""The README's table of what can be shown where: each technique that is tried, of each system, and no other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from capture.platforms.choose import PLATFORMS, techniques
from capture.platforms.system import System
from capture.source import Kind

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
TABLE = README.partition("## What can be shown where\n")[2].partition("\n## ")[0]
KINDS: dict[str, Kind] = {
    "window": "window",
    "desktop": "desktop",
    "monitor": "monitor",
    "picked": "portal",
    "demo": "demo",
}
UNSAID = {"headless", "other"}
"""Systems that nobody looks for in a table: no display, and none of ours."""


def rows() -> list[list[str]]:
    """Return the cells of each row below the heading."""
    lines = [line for line in TABLE.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_it_names_every_technique_of_every_system_in_their_order() -> None:
    said: dict[tuple[str, Kind], list[str]] = {}
    for named, source, tried, _how in rows():
        for system in re.findall(r"`([\w+]+)`", named) or PLATFORMS:
            for word, kind in KINDS.items():
                if re.search(rf"\b{word}\b", source):
                    said.setdefault((system, kind), []).extend(tried.split(", then "))
    there = {
        (system, kind): [each.name for each in techniques(system, kind)]
        for system in get_args(System)
        for kind in KINDS.values()
        if techniques(system, kind)
    }

    assert {key: names for key, names in said.items() if key[0] not in UNSAID} == {
        key: names for key, names in there.items() if key[0] not in UNSAID
    }


def test_it_says_of_each_how_it_was_tested() -> None:
    assert all(len(row) == 4 and row[3] for row in rows())
