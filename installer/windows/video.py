"""What video adds to the frozen program on Windows:  python -m installer.windows.video FOLDER PACKAGES

PyAV with FFmpeg and x264, all of it under the GPL, as files of its own. PACKAGES is where PyAV for Windows lies.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pefile

from installer.freeze.video import MARK, UNUSED

MINGW = "x86_64-w64-mingw32-"
"""The beginning of the names of the tools that make libraries for Windows, on every system."""


def lay_out_video(target: Path, packages: Path) -> None:
    """Make ``target`` hold what has to be laid over the frozen program.

    Raises:
        FileNotFoundError: PyAV is not in ``packages``, or the tools for Windows are not installed.
        subprocess.CalledProcessError: a stand-in could not be compiled.
    """
    shutil.rmtree(target, ignore_errors=True)
    bundle = target / "_internal"
    unused = shutil.ignore_patterns("__pycache__", "include", "*.pyi", "*.pyx", "*.pxd")
    shutil.copytree(packages / "av", bundle / "av", ignore=unused)
    shutil.copytree(packages / "av.libs", bundle / "av.libs", ignore=shutil.ignore_patterns(".load-order-*"))
    for library in sorted((bundle / "av.libs").glob("*.dll")):
        for name, body in UNUSED.items():
            if library.name.startswith(name):
                replace_by_stand_in(library, body)


def replace_by_stand_in(library: Path, body: str) -> None:
    """Put a library in place of ``library`` that has what those beside it use of it, and does nothing.

    ``body`` is the body, in C, of each function.
    """
    others = [user for user in sorted(library.parent.glob("*.dll")) if user != library]
    names = sorted({name for user in others for name in imported(library.name, user)})
    code = f'const char panecast_stub[] = "{MARK}";\n'
    code += "".join(f"void *{name}(void) {{ {body} }}\n" for name in names)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "stand_in.c"
        source.write_text(code, encoding="ascii")
        # Without the time of linking, or two builds would differ.
        linking = ["-shared", "-s", "-nostdlib", "-Wl,--no-insert-timestamp", "-Wl,-e,0", "-Wl,--export-all-symbols"]
        subprocess.run([f"{MINGW}gcc", *linking, "-o", str(library), str(source)], check=True)


def imported(library: str, user: Path) -> list[str]:
    """Return the names that the file ``user``, a program or library for Windows, imports from ``library``."""
    with pefile.PE(str(user), fast_load=True) as file:
        file.parse_data_directories([pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_IMPORT"]])
        return [
            one.name.decode("ascii")
            for asked in getattr(file, "DIRECTORY_ENTRY_IMPORT", ())
            if asked.dll.decode("ascii").casefold() == library.casefold()
            for one in asked.imports
            if one.name is not None
        ]


if __name__ == "__main__":
    lay_out_video(Path(sys.argv[1]), Path(sys.argv[2]))
