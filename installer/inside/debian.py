"""Which Debian package a file of this machine comes from, and what that package says of itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

DOCUMENTS = Path("/usr/share/doc")
FORMAT = "${binary:Package}\t${Version}\t${source:Package}\t${Architecture}\n"


@dataclass(frozen=True)
class Package:
    """An installed package."""

    name: str
    version: str
    source: str
    architecture: str
    copyright: str
    """The whole text of its copyright file."""

    @property
    def purl(self) -> str:
        """Its address among packages."""
        return f"pkg:deb/debian/{self.name}@{self.version}?arch={self.architecture}&upstream={self.source}"


def packages_of(paths: Iterable[str]) -> dict[str, Package]:
    """Return the packages of those of ``paths`` that come from one; none where there is no dpkg."""
    names = {path: _names(path) for path in sorted(set(paths))}
    asked = sorted({name for each in names.values() for name in each})
    if not asked or shutil.which("dpkg-query") is None:
        return {}
    # It ends with 1 as soon as one is unknown, and answers for the others.
    answer = _said("dpkg-query", "--search", *asked)
    owners = {}
    for line in answer.splitlines():
        package, separator, path = line.partition(": ")
        if separator and not line.startswith("diversion by "):
            owners[path] = package.split(",")[0]
    found = {path: next((owners[name] for name in each if name in owners), None) for path, each in names.items()}
    known = _described({name for name in found.values() if name is not None})
    return {path: known[name.partition(":")[0]] for path, name in found.items() if name is not None}


def _names(path: str) -> tuple[str, ...]:
    """Return the names under which dpkg may know a file: links, and /lib that is /usr/lib now."""
    names = []
    for each in (path, os.path.realpath(path)):
        names += [each, each.removeprefix("/usr"), f"/usr{each}"]
    return tuple(names)


def _described(names: set[str]) -> dict[str, Package]:
    packages: dict[str, Package] = {}
    if not names:
        return packages
    for line in _said("dpkg-query", "--show", f"--showformat={FORMAT}", *sorted(names)).splitlines():
        full, version, source, architecture = line.split("\t")
        name = full.partition(":")[0]
        file = DOCUMENTS / name / "copyright"
        words = file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
        packages[name] = Package(name, version, source, architecture, words)
    return packages


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"LC_ALL": "C.UTF-8"})
    return done.stdout
