"""What video adds to the frozen program: PyAV with FFmpeg and x264, all of it under the GPL, as files of its own."""

from __future__ import annotations

import compileall
import importlib.util
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from py_compile import PycInvalidationMode

MARK = "panecast-stub"
"""Stands in each stand-in, so that whoever lists the contents of a tree does not take it for the library."""
UNUSED = {
    "libSvtAv1Enc": "return (void *)0x80001000L;",
    "libdav1d": "return 0;",
    "libvpx": "return 0;",
    "libx265": "return 0;",
}
"""Libraries of codecs that are never asked for (30 MB), by the beginnings of their names, and the body of each of their
functions in the stand-in: it has nothing to give, or says as SVT-AV1 does that its parameters are bad."""


def lay_out_video(target: Path) -> None:
    """Make ``target`` hold what has to be laid over the frozen program. PyAV has to be installed here.

    Raises:
        ModuleNotFoundError: it is not.
        subprocess.CalledProcessError: a stand-in could not be compiled.
    """
    found = importlib.util.find_spec("av")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("PyAV is not installed.")
    packages = Path(found.origin).parents[1]
    shutil.rmtree(target, ignore_errors=True)
    bundle = target / "_internal"
    unused = shutil.ignore_patterns("__pycache__", "*.pyi", "*.pyx", "*.pxd")
    shutil.copytree(packages / "av", bundle / "av", ignore=unused)
    shutil.copytree(packages / "av.libs", bundle / "av.libs")
    for library in sorted((bundle / "av.libs").iterdir()):
        for name, body in UNUSED.items():
            if library.name.startswith(name):
                replace_by_stand_in(library, bundle / "av.libs", body)
    # Folders of packages cannot be written to, so Python could not keep what it compiles.
    unchecked = PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(bundle / "av", quiet=1, legacy=True, invalidation_mode=unchecked, stripdir=target)
    for source in sorted((bundle / "av").rglob("*.py")):
        source.unlink()


def replace_by_stand_in(library: Path, users: Path, body: str) -> None:
    """Put a library in place of ``library`` that has what the files in ``users`` use of it, and does nothing.

    ``body`` is the body, in C, of each function.
    """
    offered = set(_symbols("--defined-only", library))
    used = {name for user in users.iterdir() if user != library for name in _symbols("--undefined-only", user)}
    code = f'const char panecast_stub[] = "{MARK}";\n'
    code += "".join(f"void *{name}(void) {{ {body} }}\n" for name in sorted(offered & used))
    linking = ["-shared", "-fPIC", "-s", "-Wl,--build-id=none", f"-Wl,-soname,{library.name}"]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "stand_in.c"
        source.write_text(code, encoding="ascii")
        subprocess.run(["gcc", *linking, "-o", library, source], check=True)


def _symbols(which: str, library: Path) -> list[str]:
    """Return the names of dynamic symbols of ``library``; none if it is no library."""
    told = subprocess.run(["nm", "--dynamic", which, library], capture_output=True, text=True, check=False)
    return [re.sub("@.*", "", line.split()[-1]) for line in told.stdout.splitlines() if line]
