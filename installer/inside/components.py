"""The components of a tree: each with its version, its licence and what has to be said of it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from installer.inside.catalogue import FILE, Library, catalogue
from installer.inside.debian import Package, packages_of
from installer.inside.installed import Installation, Installed
from installer.inside.licences import NoticeError, is_expression, is_gpl_only, text, text_names
from installer.inside.tree import EXTENSION, STANDARD_LIBRARY, STUB, File, files_of, read_origins

FREEZER = "pyinstaller"
INTERFACE = r"\.so\.(\d[\d.]*)$"
"""Where a library does not say its version: that of its interface, which its name has."""
PYTHON = "CPython"


@dataclass(frozen=True)
class Component:
    """Something of somebody else's in the tree.

    Attributes:
        licence: SPDX expression.
        purl: its address among packages.
        files: paths from the tree on; none for modules in the program's archive.
        within: name of the component that brings it, empty for those that stand for themselves.
        copyright: lines to be kept that are not in ``texts``.
        texts: licence files of its own.
        common: names of licences in `installer.inside.licences` that hold for it.
    """

    name: str
    version: str
    licence: str
    purl: str
    home: str = ""
    files: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    within: str = ""
    copyright: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    common: tuple[str, ...] = ()
    note: str = ""

    @property
    def title(self) -> str:
        """Name, version, and what brings it."""
        place = f" (in {self.within})" if self.within else ""
        return f"{self.name} {self.version}".strip() + place


@dataclass(frozen=True)
class Python:
    """The interpreter in the tree."""

    version: str
    licence: str
    """Its whole text; empty where it is not at hand."""


def components_of(
    tree: Path, installation: Installation, python: Python, tables: tuple[Path, ...] = ()
) -> tuple[Component, ...]:
    """Return what lies in ``tree``, sorted by name.

    ``tables`` are PyInstaller's, without which only what lies there as files is found: enough for a folder of wheels.

    Raises:
        NoticeError: a library is unknown, or a distribution does not say its licence.
    """
    origins = read_origins(tables)
    files = files_of(tree, origins)
    if not tables and any(file.file.name == STANDARD_LIBRARY for file in files):
        raise NoticeError(
            f"{tree} is a frozen program: what lies in its archive is known from PyInstaller's tables only. "
            "Name COLLECT-00.toc, PYZ-00.toc and PKG-00.toc of its build folder with --toc."
        )
    search = _Search(installation, python)
    search.look_at(files)
    search.used |= {owner for source in origins.used if (owner := installation.owner("", source))}
    search.used |= {owner for owner in installation.all if _lies_in(tree, owner)}
    return search.found()


def gpl_in(components: tuple[Component, ...]) -> tuple[Component, ...]:
    """Return those that have the GPL hold for the whole."""
    return tuple(each for each in components if is_gpl_only(each.licence))


def sealed_in(components: tuple[Component, ...], installation: Installation, tables: tuple[Path, ...]) -> list[str]:
    """Return the names of distributions under the LGPL whose modules nobody could replace: they lie in the archive."""
    owners = {installation.owner("", source) for source in read_origins(tables).archived}
    sealed = {owner.name for owner in owners if owner is not None and owner.licence.startswith("LGPL")}
    return sorted(sealed & {each.name for each in components})


class _Search:
    """Collects what is found."""

    def __init__(self, installation: Installation, python: Python) -> None:
        self._installation = installation
        self._python = python
        self.used: set[Installed] = set()
        self._extensions: dict[Installed, list[str]] = defaultdict(list)
        self._libraries: dict[tuple[str, str], _Place] = {}
        self._unknown: list[str] = []

    def look_at(self, files: list[File]) -> None:
        packages = packages_of(file.source for file in files if file.source)
        for file in files:
            owner = self._installation.owner(file.module_path, file.source)
            if owner is not None:
                self.used.add(owner)
            for library in catalogue().library:
                if library.is_inside(file.module_path):
                    self._add(library, owner, None, file, host=catalogue().owner(file.module_path))
            if not self._is_named(file, owner, packages.get(file.source)):
                self._unknown.append(file.path)

    def found(self) -> tuple[Component, ...]:
        faults = [
            f"{path}: nobody knows this library. Add an entry for it to installer/{FILE.name}."
            for path in self._unknown
        ]
        faults += [
            f"{each.title}: its metadata name no licence. Add it to [distribution] in installer/{FILE.name}."
            for each in sorted(self.used, key=lambda each: each.key)
            if not is_expression(each.licence)
        ]
        if faults:
            raise NoticeError("\n".join(faults))
        components = [self._of_library(place) for place in self._libraries.values()]
        for owner in self.used:
            components += [self._of_distribution(owner), *_of_bills(owner)]
        return tuple(sorted(components, key=lambda each: (each.name.lower(), each.version, each.within, each.purl)))

    def _is_named(self, file: File, owner: Installed | None, package: Package | None) -> bool:
        library = catalogue().owner(file.module_path)
        if library is not None:
            if STUB not in file.content():
                self._add(library, owner, package, file)
            return True
        if file.is_program:
            freezer = self._installation.named(FREEZER)
            if freezer is not None:
                self.used.add(freezer)
                self._extensions[freezer].append(file.path)
            return freezer is not None
        if owner is not None and (_is_module(file) or _is_tool(file) or catalogue().is_own(file.module_path)):
            self._extensions[owner].append(file.path)
            return True
        return False

    def _add(
        self,
        library: Library,
        owner: Installed | None,
        package: Package | None,
        file: File,
        *,
        host: Library | None = None,
    ) -> None:
        """Note ``file``, in which the library is; ``host`` is what that file is, when it is not the library itself."""
        within = owner.name if owner is not None else host.name if host is not None else ""
        key = (library.name, package.name if package is not None else within)
        place = self._libraries.setdefault(key, _Place(library, owner, package, within, []))
        place.files.append(file)

    def _of_library(self, place: _Place) -> Component:
        library, package = place.library, place.package
        if library.name == PYTHON:
            return self._of_python(place)
        has_text = place.owner is not None and place.owner.key == library.text_in
        found = Component(
            library.name,
            place.version(),
            library.licence,
            "",
            library.home,
            place.paths,
            within=place.within,
            copyright=library.copyright,
            common=() if has_text else text_names(library.licence),
            note=library.note,
        )
        if package is None:
            name = re.sub(r"[^a-z0-9.+-]+", "-", library.name.lower()).strip("-")
            version = f"@{found.version}" if found.version[:1].isdigit() else ""
            return replace(found, purl=f"pkg:generic/{name}{version}")
        of_package = replace(found, name=package.name, version=package.version, purl=package.purl)
        return replace(of_package, copyright=(), texts=(package.copyright,)) if package.copyright else of_package

    def _of_python(self, place: _Place) -> Component:
        python, library = self._python, place.library
        return Component(
            library.name,
            python.version,
            library.licence,
            f"pkg:generic/cpython@{python.version}",
            library.home,
            place.paths,
            copyright=library.copyright,
            texts=(python.licence,) if python.licence else (),
            common=() if python.licence else text_names(library.licence),
        )

    def _of_distribution(self, owner: Installed) -> Component:
        texts = owner.texts
        tops = {path.split("/")[0] for path in owner.files if path.endswith(".py") and ".dist-info/" not in path}
        return Component(
            owner.name,
            owner.version,
            owner.licence,
            f"pkg:pypi/{owner.key}@{owner.version}",
            owner.home,
            tuple(sorted(self._extensions[owner])),
            modules=tuple(sorted(tops)),
            copyright=() if texts or not owner.author else (f"Copyright: {owner.author}",),
            texts=texts,
            common=() if texts and not owner.licence.startswith("LGPL") else text_names(owner.licence),
        )


@dataclass
class _Place:
    """Files of one library that one distribution, or one package, brings."""

    library: Library
    owner: Installed | None
    package: Package | None
    within: str
    files: list[File]

    @property
    def paths(self) -> tuple[str, ...]:
        """From the tree on."""
        return tuple(file.path for file in self.files)

    def version(self) -> str:
        """Return what the files themselves say, or the wheel says of them; empty where nobody says it."""
        library = self.library
        if library.version:
            pattern = re.compile(library.version.encode())
            for file in self.files:
                if found := pattern.search(file.content()):
                    return found[1].decode()
        if self.owner is not None and (stated := self.owner.bill_version(library.sbom)):
            return stated
        names = [file.file.name for file in self.files if not library.is_inside(file.module_path)]
        # What the library is named for stands first in its entry.
        names.sort(key=library.rank)
        for named, words in ((library.version_name, ""), (INTERFACE, "interface ")):
            matches = (re.search(named, name) for name in names if named)
            if match := next((match for match in matches if match), None):
                return words + match[1]
        return ""


def _of_bills(owner: Installed) -> list[Component]:
    """Return the crates that a wheel's SBOM says to be compiled in; those that only helped to compile are not there."""
    crates = [each for each in owner.bills if str(each.get("purl", "")).startswith("pkg:cargo/")]
    return [_of_crate(each, owner) for each in crates if each.get("scope") != "excluded"]


def _of_crate(crate: dict[str, Any], owner: Installed) -> Component:
    stated = [each["expression"] for each in crate.get("licenses", ()) if "expression" in each]
    licence = stated[0] if len(stated) == 1 else " AND ".join(f"({each})" for each in stated)
    if not is_expression(licence):
        raise NoticeError(f"{crate['name']}: the SBOM of {owner.name} names no licence that can be read: {licence!r}.")
    maker = crate.get("author", "")
    version = str(crate.get("version", ""))
    return Component(
        crate["name"],
        version,
        licence,
        f"pkg:cargo/{crate['name']}@{version}",
        f"https://crates.io/crates/{crate['name']}",
        within=owner.name,
        copyright=(f"Copyright: {maker}",) if maker else (),
        common=text_names(licence),
    )


def _is_module(file: File) -> bool:
    return EXTENSION.search(file.module_path.rpartition("/")[2]) is not None


def _is_tool(file: File) -> bool:
    """Tell whether it is a program that a wheel brings."""
    return not re.search(r"(?i)(^|/)lib[^/]*\.|\.(dll|dylib)$|\.so(\.\d+)*$|\.libs/|\.framework/", file.module_path)


def _lies_in(tree: Path, owner: Installed) -> bool:
    """Tell whether the distribution's own description lies in the tree."""
    return any(
        path.endswith(".dist-info/METADATA") and ((tree / path).exists() or (tree / "_internal" / path).exists())
        for path in owner.files
    )


def common_texts(components: tuple[Component, ...]) -> dict[str, str]:
    """Return the licence texts that components share, by name.

    Raises:
        NoticeError: one is not there.
    """
    return {name: text(name) for name in sorted({name for each in components for name in each.common})}
