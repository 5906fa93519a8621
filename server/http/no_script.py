"""The page without scripts, for e-readers and kiosks: a picture, its title, and a reload now and then. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from urllib.parse import quote, urlencode

from capture.source import Source
from server.protocol.language import Language

PLAIN_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "minimised": "Minimised on the other computer.",
            "hidden": "Not on the screen of the other computer.",
            "waiting": "Not there at the moment. It goes on when it is back.",
            "missing": "Nothing is shared under this address.",
            "early": "The other computer has only just started sharing. The picture comes in a moment.",
            "every": "Reloads every {seconds} seconds.",
            "always": "Reloads every second.",
            "picture": "The picture of {title}",
            "shared": "What is shared",
            "nothing": "Nothing is shared right now, or this browser did not come in by a link.",
        },
        "de": {
            "minimised": "Auf dem anderen Computer minimiert.",
            "hidden": "Auf dem anderen Computer nicht zu sehen.",
            "waiting": "Zurzeit nicht da. Es geht weiter, sobald es wieder da ist.",
            "missing": "Unter dieser Adresse ist nichts freigegeben.",
            "early": "Der andere Computer hat gerade erst mit der Freigabe begonnen. Das Bild kommt gleich.",
            "every": "Wird alle {seconds} Sekunden neu geladen.",
            "always": "Wird jede Sekunde neu geladen.",
            "picture": "Das Bild von {title}",
            "shared": "Was freigegeben ist",
            "nothing": "Gerade ist nichts freigegeben, oder dieser Browser kam nicht über einen Link.",
        },
    }
)


def page(
    source: Source | None,
    every: int,
    suffix: str,
    wishes: Mapping[str, str],
    speech: Language,
    *,
    is_early: bool = False,
) -> str:
    """Return the page that shows ``source``, None for one that is not shared, or (``is_early``) not known yet.

    Args:
        every: seconds until it is loaded anew.
        suffix: of the picture, ``jpg`` or ``png``.
        wishes: options of the picture.
    """
    words = WORDS[speech]
    if source is None:
        title, content = "Panecast", f"<p>{words['early' if is_early else 'missing']}</p>"
    else:
        title = _name(source)
        content = f"<h1>{html.escape(title)}</h1>\n{_content(source, title, suffix, wishes, words)}"
    reloads = words["always"] if every == 1 else words["every"].format(seconds=every)
    head = f'<meta http-equiv="refresh" content="{every}">\n<link rel="stylesheet" href="../viewer/plain.css">'
    return _document(title, speech, head, f"{content}\n<p>{reloads}</p>")


def listing(sources: Iterable[Source], speech: Language, *, is_early: bool = False) -> str:
    """Return the page that lists ``sources``, each with a link to its own page without scripts.

    While it ``is_early``, and more may come in a moment, the page loads itself anew.
    """
    words = WORDS[speech]
    entries = "\n".join(
        f'<li><a href="plain/{quote(source.id, safe="")}">{html.escape(_name(source))}</a></li>' for source in sources
    )
    content = f"<ul>\n{entries}\n</ul>" if entries else f"<p>{words['early' if is_early else 'nothing']}</p>"
    head = '<link rel="stylesheet" href="viewer/plain.css">'
    if is_early:
        head = f'<meta http-equiv="refresh" content="2">\n{head}'
    return _document(words["shared"], speech, head, f"<h1>{words['shared']}</h1>\n{content}")


def _document(title: str, speech: Language, head: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="{speech}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{html.escape(title)}</title>
{head}
</head>
<body>
{body}
</body>
</html>
"""


def _name(source: Source) -> str:
    return source.title or source.app or "Panecast"


def _content(source: Source, title: str, suffix: str, wishes: Mapping[str, str], words: Mapping[str, str]) -> str:
    if source.state in words:
        return f"<p>{words[source.state]}</p>"
    query = f"?{urlencode(wishes)}" if wishes else ""
    address = html.escape(f"../snapshot/{source.id}.{suffix}{query}")
    return f'<p><img src="{address}" alt="{html.escape(words["picture"].format(title=title))}"></p>'
