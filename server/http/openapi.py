"""The description of the HTTP interface, as OpenAPI 3.1: ``resources/openapi.json``, with the version that runs.

A test holds it against the routes, their answers, and the options that they check.
"""

from __future__ import annotations

import functools
import json
from importlib.resources import files
from typing import Any

from server import __version__


@functools.cache
def document() -> dict[str, Any]:
    """Return the description of all that is neither a file of the page nor a WebSocket."""
    found: dict[str, Any] = json.loads(files("resources").joinpath("openapi.json").read_text(encoding="utf-8"))
    found["info"]["version"] = __version__
    return found
