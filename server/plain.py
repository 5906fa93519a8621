"""The page without scripts, for e-readers and kiosks: a picture, its title, and a reload now and then. Pure."""

from __future__ import annotations

import html
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlencode

from capture.source import Source

Language = Literal["en", "de"]

PLAIN_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "minimised": "Minimised on the other computer.",
            "hidden": "Not on the screen of the other computer.",
            "missing": "Nothing is shared under this address.",
            "every": "Reloads every {seconds} seconds.",
            "always": "Reloads every second.",
            "picture": "The picture of {title}",
        },
        "de": {
            "minimised": "Auf dem anderen Computer minimiert.",
            "hidden": "Auf dem anderen Computer nicht zu sehen.",
            "missing": "Unter dieser Adresse ist nichts freigegeben.",
            "every": "Wird alle {seconds} Sekunden neu geladen.",
            "always": "Wird jede Sekunde neu geladen.",
            "picture": "Das Bild von {title}",
        },
    }
)


def language(accepted: str) -> Language:
    """Return the language to speak to who sends that ``Accept-Language``."""
    wanted = {"en": 0.0, "de": 0.0}
    for entry in accepted.split(","):
        tag, _, parameter = entry.partition(";")
        primary = tag.strip().lower().partition("-")[0]
        if primary in wanted:
            wanted[primary] = max(wanted[primary], _weight(parameter))
    return "de" if wanted["de"] > wanted["en"] else "en"


def page(source: Source | None, every: int, suffix: str, wishes: Mapping[str, str], speech: Language) -> str:
    """Return the page that shows ``source``, None for one that is not shared.

    Args:
        every: seconds until it is loaded anew.
        suffix: of the picture, ``jpg`` or ``png``.
        wishes: options of the picture.
    """
    words = WORDS[speech]
    if source is None:
        title, content = "Panecast", f"<p>{words['missing']}</p>"
    else:
        title = source.title or source.app or "Panecast"
        content = f"<h1>{html.escape(title)}</h1>\n{_content(source, title, suffix, wishes, words)}"
    reloads = words["always"] if every == 1 else words["every"].format(seconds=every)
    return f"""<!doctype html>
<html lang="{speech}">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="{every}">
<meta name="viewport" content="width=device-width">
<title>{html.escape(title)}</title>
<link rel="stylesheet" href="/viewer/plain.css">
</head>
<body>
{content}
<p>{reloads}</p>
</body>
</html>
"""


def _content(source: Source, title: str, suffix: str, wishes: Mapping[str, str], words: Mapping[str, str]) -> str:
    if source.state in words:
        return f"<p>{words[source.state]}</p>"
    query = f"?{urlencode(wishes)}" if wishes else ""
    address = html.escape(f"/snapshot/{source.id}.{suffix}{query}")
    return f'<p><img src="{address}" alt="{html.escape(words["picture"].format(title=title))}"></p>'


def _weight(parameter: str) -> float:
    """Return how much a language is wanted: the number behind ``q=``, 1 where there is none."""
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
