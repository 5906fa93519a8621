"""Each name of aiohttp's own stands in one module."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).parents[3]


def test_private_names_of_aiohttp_stand_in_one_module() -> None:
    private = re.compile(r"(protocol|server|request|response|handler)\._[a-z]+\b")
    found = {
        path.relative_to(PROJECT).as_posix()
        for path in (PROJECT / "server").rglob("*.py")
        if private.search(re.sub(r"self\._\w+", "", path.read_text(encoding="utf-8")))
    }

    assert found == {"server/net/aiohttp_private.py"}
