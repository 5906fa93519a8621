"""Says what is inside a tree that is given away: notices for people, a bill of materials for programs.

    python -m installer.notices --tree dist/panecast --toc build/panecast/*.toc --python SITE_PACKAGES \\
        --out-notices THIRD-PARTY-NOTICES.txt --out-sbom panecast.cdx.json

It ends with 1, and writes nothing, when a library is unknown, when a licence is missing, when something under the GPL
lies in a tree that is not the video package (``--video``), or when a library under the LGPL could not be replaced.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import sysconfig
from pathlib import Path

PROJECT = Path(__file__).parents[1]
if not __package__:
    # Started by its path: the folder above is where its parts are found.
    sys.path[0] = str(PROJECT)

from installer.inside.components import Component, Python, components_of, gpl_in, sealed_in  # noqa: E402
from installer.inside.dep5 import copyright_file  # noqa: E402
from installer.inside.installed import Installation  # noqa: E402
from installer.inside.licences import NoticeError  # noqa: E402
from installer.inside.notices_text import notices  # noqa: E402
from installer.inside.sbom import bill  # noqa: E402
from installer.version import version  # noqa: E402

FOLDER = "usr/lib/panecast"
HOLDERS = "Panecast contributors"


def check(
    components: tuple[Component, ...], installation: Installation, tables: tuple[Path, ...], *, is_video: bool
) -> None:
    """Raise `NoticeError` when the tree must not be given away as it is."""
    faults = []
    if not is_video:
        faults += [
            f"{each.title} is under {each.licence}, which would then hold for all of Panecast: "
            f"{', '.join(each.files) or 'in the archive'}. {each.note}".strip()
            for each in gpl_in(components)
        ]
    faults += [
        f"{name} is under the LGPL and lies in the program's archive, where nobody can replace it. "
        'Have its modules collected as files: module_collection_mode={"…": "py"}.'
        for name in sealed_in(components, installation, tables)
    ]
    if faults:
        raise NoticeError("\n".join(faults))


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code is 0, or 1 when the tree must not be given away."""
    wished = _parser().parse_args(arguments)
    folders = tuple(wished.python) or (Path(sysconfig.get_path("purelib")),)
    epoch = wished.epoch if wished.epoch is not None else int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    name = "panecast-video" if wished.video else "panecast"
    try:
        installation = Installation(folders)
        tables = tuple(wished.toc)
        python = python_of(folders[0], wished.python_version)
        components = components_of(wished.tree, installation, python, tables)
        check(components, installation, tables, is_video=wished.video)
        product = f"{'Panecast video' if wished.video else 'Panecast'} {version()}"
        licence = "GPL-3.0-or-later" if wished.video else "MIT"
        own = (PROJECT / "LICENSE").read_text(encoding="utf-8")
        made = (
            (wished.out_notices, notices(components, product)),
            (wished.out_sbom, bill(components, name, version(), licence, epoch)),
            (wished.out_copyright, copyright_file(components, FOLDER, HOLDERS, own, licence)),
        )
    except (NoticeError, ValueError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    for file, words in made:
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(words, encoding="utf-8", newline="\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="installer/notices.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tree", type=Path, required=True, help="the folder that is given away")
    parser.add_argument("--toc", type=Path, nargs="+", default=[], help="tables of contents that PyInstaller wrote")
    parser.add_argument("--python", type=Path, action="append", default=[], help="site-packages of the build")
    parser.add_argument("--python-version", default="", help="of the Python in the tree, when it is not this one")
    parser.add_argument("--out-notices", type=Path, help="where the text goes")
    parser.add_argument("--out-sbom", type=Path, help="where the bill of materials goes (CycloneDX 1.6, JSON)")
    parser.add_argument("--out-copyright", type=Path, help="where Debian's copyright file goes")
    parser.add_argument("--video", action="store_true", help="it is the video package, which is under the GPL")
    parser.add_argument("--epoch", type=int, help="time of the bill; SOURCE_DATE_EPOCH by default")
    return parser


def python_of(folder: Path, stated_version: str = "") -> Python:
    """Return the Python that a folder of modules belongs to: that of the environment around it, else this one."""
    settings = (above / "pyvenv.cfg" for above in folder.resolve().parents)
    words = next((each.read_text(encoding="utf-8") for each in settings if each.exists()), "")
    found = {key: re.search(rf"^{key} = (.+)$", words, re.MULTILINE) for key in ("version", "version_info", "home")}
    stated = found["version"] or found["version_info"]
    found_version = ".".join(stated[1].split(".")[:3]) if stated else platform.python_version()
    number = stated_version or found_version
    home = Path(found["home"][1]) if found["home"] else Path(sys.base_prefix, "bin")
    name = "python" + ".".join(number.split(".")[:2])
    places = (
        home.parent / "lib" / name / "LICENSE.txt",
        home / "LICENSE.txt",
        Path("/usr/share/doc", name, "copyright"),
    )
    licence = next((place.read_text(encoding="utf-8") for place in places if place.exists()), "")
    return Python(number, licence)


if __name__ == "__main__":
    sys.exit(main())
