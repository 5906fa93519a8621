"""Python distributions in a folder of modules: which file is whose, their licences, and the SBOMs that wheels bring."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from installer.inside.catalogue import catalogue
from installer.inside.licences import is_expression

OURS = "panecast"
LICENCE_FILE = re.compile(r"(?i)^(licen[cs]e|copying|notice|copyright|authors)[^/]*(?<!\.py)(?<!\.pyc)$")
CLASSIFIED = {
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""Classifiers that can mean one licence only."""


@dataclass(frozen=True)
class Installed:
    """One distribution."""

    distribution: Distribution
    root: str
    """The folder that its files lie in."""

    @property
    def name(self) -> str:
        """The name as its makers write it."""
        return self.distribution.name

    @property
    def key(self) -> str:
        """The name as it is compared."""
        return normalised(self.name)

    @property
    def version(self) -> str:
        """The version."""
        return self.distribution.version

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Paths from ``root`` on."""
        found = (str(each).replace("\\", "/") for each in self.distribution.files or ())
        return tuple(path for path in found if not path.startswith("../"))

    @property
    def title(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}"

    @property
    def home(self) -> str:
        """Where it comes from; empty where it does not say."""
        lines = self.distribution.metadata.get_all("Project-URL") or []
        urls = dict(line.split(", ", 1) for line in lines if ", " in line)
        by_kind = {kind.lower(): url for kind, url in urls.items()}
        homes = (by_kind.get(kind) for kind in ("homepage", "home", "source", "source code", "repository", "github"))
        return self._field("Home-page") or next((url for url in homes if url), "")

    @property
    def author(self) -> str:
        """Its makers; empty where it does not say."""
        return self._field("Author") or self._field("Author-email")

    @property
    def licence(self) -> str:
        """Its licence expression; empty where neither it nor `notices.toml` says one."""
        stated = self._field("License-Expression") or catalogue().distribution.get(self.key, "")
        if stated:
            return stated
        lines = self.distribution.metadata.get_all("Classifier") or []
        kinds = [line.rpartition(" :: ")[2] for line in lines if line.startswith("License ::")]
        if len(kinds) == 1 and kinds[0] in CLASSIFIED:
            return CLASSIFIED[kinds[0]]
        words = self._field("License").strip()
        return words if re.fullmatch(r"[\w.-]*[\d-][\w.-]*", words) and is_expression(words) else ""

    def _field(self, name: str) -> str:
        return next(iter(self.distribution.metadata.get_all(name) or ()), "")

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Its licence files."""
        own = [path for path in self.files if ".dist-info/" in path and "/_vendor/" not in path]
        named = [path for path in own if LICENCE_FILE.match(path.rpartition("/")[2]) or "/licenses/" in path]
        texts = [Path(self.root, path) for path in sorted(named) if not path.endswith((".py", ".pyc", "AUTHORS.rst"))]
        return tuple(text.read_text(encoding="utf-8", errors="replace") for text in texts if text.exists())

    @cached_property
    def bills(self) -> tuple[dict[str, Any], ...]:
        """The components that its SBOMs name, as they name them."""
        files = [path for path in self.files if ".dist-info/sboms/" in path and path.endswith(".json")]
        return tuple(
            component
            for path in sorted(files)
            for component in json.loads(Path(self.root, path).read_text(encoding="utf-8")).get("components", ())
        )

    def bill_version(self, name: str) -> str:
        """Return the version that its SBOMs give for ``name``; empty where they do not."""
        named = (each for each in self.bills if name and each.get("name") == name)
        return next((_upstream(each) for each in named if each.get("version")), "")


class Installation:
    """All distributions of some folders of modules."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self.all = tuple(
            sorted(
                (
                    Installed(each, os.path.realpath(folder))
                    for folder in folders
                    for each in distributions(path=[str(folder)])
                    if each.name and normalised(each.name) != OURS
                ),
                key=lambda each: each.key,
            )
        )
        self._by_file: dict[str, Installed] = {}
        self._by_path: dict[str, Installed] = {}
        for each in self.all:
            for path in each.files:
                self._by_file[os.path.normpath(os.path.join(each.root, path))] = each  # noqa: PTH118
                self._by_path[path] = each

    def named(self, name: str) -> Installed | None:
        """Return the distribution of that name."""
        return next((each for each in self.all if each.key == normalised(name)), None)

    def owner(self, path: str, source: str = "") -> Installed | None:
        """Return whose the file at ``path`` (from the folder of modules on) is, which was copied from ``source``."""
        if source:
            return self._by_file.get(os.path.realpath(source)) or self._by_file.get(os.path.normpath(source))
        return self._by_path.get(path)


def normalised(name: str) -> str:
    """Return a distribution's name in the form in which names are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _upstream(component: dict[str, Any]) -> str:
    """Return a version without what a packager of RPMs has put after it."""
    version = str(component["version"])
    return version.partition("-")[0] if str(component.get("purl", "")).startswith("pkg:rpm/") else version
