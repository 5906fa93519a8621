"""TOML as it is read here. Pure."""

from __future__ import annotations

import tomllib
from typing import Any

MOST_BYTES = 512 * 1024
"""More than 64 sources with many masks each need."""
MOST_DOTS = 50
"""Parts of a key; tomllib's time grows with their square, so that a line of dots would hold the start for ever."""


def parsed(content: bytes) -> dict[str, Any]:
    """Return what TOML says. Raises ValueError or RecursionError where it is none."""
    text = content.decode()
    if any(line.partition("=")[0].count(".") > MOST_DOTS for line in text.splitlines()):
        raise ValueError("no key has so many parts")
    return tomllib.loads(text)
