"""A page in place of JSON, for a person whose browser was led to an address that has nothing for him. Pure."""

from __future__ import annotations

import html

from capture.reason import Reason
from resources.translate import N_, speech

HOME = N_("All shared sources")


def error_page(path: str, reason: Reason, language: str) -> str:
    """Return the page for an error at ``path`` (as it was asked for, with its first slash), in ``language``."""
    home = speech(language).gettext(HOME)
    # Relative, for a proxy may have us under a path.
    top = "../" * (path.count("/") - 1) or "./"
    return f"""<!doctype html>
<html lang="{language}">
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
<h1>{html.escape(reason.words_in(language))}</h1>
<a href="{top}">{home}</a>
</main>
</body>
</html>
"""
