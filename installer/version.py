"""Prints the version, without importing the program: ``python installer/version.py``.

It stands in ``server/__init__.py`` and nowhere else. Without Python: ``sed -n 's/^__version__ = "\\(.*\\)"$/\\1/p'``.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

PLACE = Path(__file__).parents[1] / "server/__init__.py"


def version() -> str:
    """Return the version of this copy of the source."""
    for node in ast.parse(PLACE.read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__version__")], value=ast.Constant(value=str(found))):
                return found
    raise LookupError(f'{PLACE} does not say __version__ = "…"')


if __name__ == "__main__":
    sys.stdout.write(f"{version()}\n")
