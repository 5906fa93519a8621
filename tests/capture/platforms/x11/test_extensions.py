"""A connection to the display can begin in one thread while another one begins to use what was not used so far."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import capture


def test_no_extension_is_imported_later_than_the_first_connection() -> None:
    """xcffib fails then: "dictionary changed size during iteration"."""
    others = [found.name for found in pkgutil.walk_packages(capture.__path__, "capture.")]
    script = (
        "import importlib, sys, xcffib\n"
        "import capture.platforms.x11.protocol.display\n"
        "first = set(xcffib.extensions)\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "print(set(xcffib.extensions) - first)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, *others], capture_output=True, text=True, check=True)

    assert "capture.platforms.x11.redaction" in others
    assert done.stdout.strip() == "set()"
