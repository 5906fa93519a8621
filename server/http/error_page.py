"""A page in place of JSON, for a person whose browser was led to an address that has nothing for him. Pure."""

from __future__ import annotations

import html
from collections.abc import Mapping
from types import MappingProxyType

from server.protocol.language import Language

WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "not_found": "There is no such page here.",
            "source_not_found": "Nothing is shared under this address.",
            "starting": "This computer has only just started sharing. Try again in a moment.",
            "home": "All shared sources",
        },
        "de": {
            "not_found": "Diese Seite gibt es hier nicht.",
            "source_not_found": "Unter dieser Adresse ist nichts freigegeben.",
            "starting": "Die Freigabe hat gerade erst begonnen. Versuchen Sie es gleich noch einmal.",
            "home": "Alle Freigaben",
        },
    }
)
"""By an error's code. For a code that is not in here, the words of the error are shown, which are English."""


def error_page(path: str, code: str, message: str, speech: Language) -> str:
    """Return the page for an error at ``path`` (as it was asked for, with its first slash)."""
    words = WORDS[speech]
    # Relative, for a proxy may have us under a path.
    top = "../" * (path.count("/") - 1) or "./"
    said = words.get(code)
    told = html.escape(message) if said is None else said
    spoken = "" if said is not None or speech == "en" else ' lang="en"'
    return f"""<!doctype html>
<html lang="{speech}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Panecast</title>
<link rel="icon" href="{top}viewer/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="{top}viewer/style.css">
<link rel="stylesheet" href="{top}viewer/enter.css">
</head>
<body class="shut">
<main class="entrance">
<img src="{top}viewer/mark.svg" alt="" width="56" height="56">
<h1{spoken}>{told}</h1>
<a href="{top}">{words["home"]}</a>
</main>
</body>
</html>
"""
