"""Trees and folders of modules made for a test: real formats, few bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

ELF = b"\x7fELF\x02\x01\x01\x00"


@dataclass
class Made:
    """A tree that is given away, the folder of modules that it was made from, and the freezer's tables.

    Attributes:
        toc: rows of PyInstaller's COLLECT table.
        archived: rows of its table of modules in the archive.
    """

    folder: Path
    toc: list[tuple[str, str, str]] = field(default_factory=list)
    archived: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tree.mkdir(parents=True)
        self.modules.mkdir(parents=True)

    @property
    def tree(self) -> Path:
        """What is given away."""
        return self.folder / "tree"

    @property
    def modules(self) -> Path:
        """Site-packages."""
        return self.folder / "site-packages"

    def library(self, path: str, content: bytes = b"", *, source: Path | str = "") -> Path:
        """Put a library at ``path`` of the tree."""
        file = self.tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(ELF + content)
        if source:
            self.toc.append((path.removeprefix("_internal/"), str(source), "BINARY"))
        return file

    def distribution(
        self, name: str, *files: str, version: str = "1.0", metadata: str = "License-Expression: MIT", licence: str = ""
    ) -> None:
        """Install a distribution with ``files``, and the text ``licence`` if there is one."""
        info = f"{name}-{version}.dist-info"
        content = {f"{info}/METADATA": f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{metadata}\n"}
        content |= {f"{info}/licenses/LICENSE": licence} if licence else {}
        content |= {path: f"# {path}\n" for path in files if not path.endswith(".so")}
        for path, words in content.items():
            file = self.modules / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(words, encoding="utf-8")
        record = [f"{path},," for path in (*content, *files, f"{info}/RECORD")]
        (self.modules / info / "RECORD").write_text("\n".join(record) + "\n", encoding="utf-8")

    def module(self, path: str) -> None:
        """Put a module of a distribution into the program's archive."""
        name = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        self.archived.append((name, str(self.modules / path), "PYMODULE"))

    def frozen(self) -> None:
        """Add what every frozen program has: the program, and the standard library."""
        self.distribution(
            "pyinstaller", metadata="License: GPLv2-or-later with a special exception", licence="Bootloader Exception"
        )
        (self.tree / "_internal").mkdir(exist_ok=True)
        (self.tree / "_internal/base_library.zip").write_bytes(b"PK")
        self.library("panecast")
        self.toc.append(("panecast", "/build/panecast", "EXECUTABLE"))

    def tables(self) -> tuple[Path, ...]:
        """Write the freezer's tables as they stand."""
        collected, modules = self.folder / "COLLECT-00.toc", self.folder / "PYZ-00.toc"
        collected.write_text(repr((self.toc,)), encoding="utf-8")
        modules.write_text(repr(("/build/PYZ-00.pyz", self.archived, {"an": "option"})), encoding="utf-8")
        return collected, modules
