"""Makes Autobahn's fuzzing client run on today's Python, in an environment of its own: ``python -m
tests.conformance.autobahn_setup``.

The package (``autobahntestsuite``) is for Python 2. Its sources are fetched as they are published and translated by the
few rules below. Its cases keep bytes in plain strings; they go on doing so, every character standing for one byte
(Latin-1), and `tests.conformance.autobahn_run` turns them into bytes where they meet the network.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
HOME = PROJECT / ".cache/autobahn"
PYTHON = HOME / "bin/python"
SUITE = "autobahntestsuite==25.10.1"
TOOLS = PROJECT / "installer/autobahn-tools.txt"
NEEDED = ("case", "caseset.py", "fuzzing.py", "report.py")
"""Those parts of the suite that the fuzzing client consists of."""

RULES = (
    # Neighbours were imported without a dot.
    (r"^from (case\w*|caseset|report) import", r"from .\1 import"),
    (r"^(\s*)print *$", r"\1print()"),
    (r"^(\s*)print (?!\()(.*)$", r"\1print(\2)"),
    (r"\bxrange\b", "range"),
    (r"\bunichr\b", "chr"),
    (r"([\w.\[\]]+)\.has_key\(([^()]*)\)", r"(\2 in \1)"),
    # Every class is an object now, and says so last.
    (r"\(object, Case, \)", "(Case, )"),
    (r"len\(self\.payload\) / self", "len(self.payload) // self"),
    (r"\.tostring\(\)", ".tobytes()"),
    (r"implements\(interfaces\.IPushProducer\)", "pass"),
    (r"^from zope\.interface import implements$", ""),
    (r"binascii\.b2a_hex\(", "_hex("),
    (r"^import binascii$", "from autobahntestsuite import _hex"),
    (r"\bbinascii, |, binascii\b", ""),
    (r", pkg_resources$", "\nfrom autobahntestsuite import _hex"),
    # Autobahn itself changed.
    (r"\(self, debug = debug, debugCodePaths = debug\)", "(self)"),
    (r"\bautobahn\.version\b", "autobahn.__version__"),
    (r"self\.debug\b", "False"),
    # What these are given is text that stands for bytes.
    (r"v\.validate\(vss\[:i\]\)", "v.validate(vss[:i].encode('latin-1'))"),
)
PACKAGE = '''"""Translated for Python 3; see tests/conformance/autobahn_setup.py."""

version = "{version}"


def _hex(data):
    return (data if isinstance(data, bytes) else data.encode("latin-1")).hex()
'''
LEFT_OUT = {
    # Compression is not offered to viewers.
    "case12_x_x.py": "Case12_X_X, Case13_X_X = [], []\n"
    "Case12_X_X_CaseSubCategories, Case13_X_X_CaseSubCategories = {}, {}\n",
    # No pages are made of the results.
    "report.py": "CSS_COMMON = CSS_DETAIL_REPORT = CSS_MASTER_REPORT = JS_MASTER_REPORT = ''\n",
}
"""Modules that are not needed, and what stands in their place."""


def translated(source: str) -> str:
    """Return a module of the suite for Python 3."""
    for pattern, replacement in RULES:
        source = re.sub(pattern, replacement, source, flags=re.MULTILINE)
    return source


def is_ready() -> bool:
    """Tell whether what stands in `HOME` was made from what is wanted now."""
    stamp = HOME / "panecast.stamp"
    return PYTHON.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == _wanted()


def make() -> None:
    """Fetch and translate the suite, unless that was done before."""
    if is_ready():
        return
    shutil.rmtree(HOME, ignore_errors=True)
    venv.create(HOME, with_pip=True)
    pip = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--requirement", TOOLS], check=True)
    fetched = HOME / "fetched"
    # Building it would need Python 2; it is only unpacked.
    subprocess.run(
        [*pip, "download", "--no-deps", "--no-binary", ":all:", "--dest", fetched, SUITE],
        check=True,
    )
    (archive,) = fetched.glob("*.tar.gz")
    with tarfile.open(archive) as packed:
        packed.extractall(fetched, filter="data")
    (original,) = fetched.glob("*/autobahntestsuite")
    _translate_folder(original, _packages() / "autobahntestsuite")
    (HOME / "panecast.stamp").write_text(_wanted(), encoding="utf-8")


def _translate_folder(original: Path, suite: Path) -> None:
    suite.mkdir()
    (suite / "__init__.py").write_text(PACKAGE.format(version=SUITE.partition("==")[2]), encoding="utf-8")
    for name in NEEDED:
        part = original / name
        for file in [part] if part.is_file() else part.glob("*.py"):
            target = suite / file.relative_to(original)
            target.parent.mkdir(exist_ok=True)
            # Read as what it is to Python 2: every byte one character.
            text = LEFT_OUT.get(file.name) or translated(file.read_text(encoding="latin-1"))
            target.write_text(text, encoding="utf-8")


def _packages() -> Path:
    (found,) = HOME.glob("lib/python3*/site-packages")
    return found


def _wanted() -> str:
    return "\n".join((sys.version, SUITE, TOOLS.read_text(encoding="utf-8"), Path(__file__).read_text("utf-8")))


if __name__ == "__main__":
    make()
