"""The page without scripts, for e-readers and kiosks: a picture, its title, and a reload now and then. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlencode

from capture.source import Source
from resources.translate import N_, speech

PLAIN_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
WORDS = {
    "minimised": N_("Minimised on the other computer."),
    "hidden": N_("Not on the screen of the other computer."),
    "protected": N_("This window keeps itself out of pictures."),
    "waiting": N_("Not there at the moment. It goes on when it is back."),
}
"""What is said of a source in such a state in place of a picture."""
MISSING = N_("Nothing is shared under this address.")
EARLY = N_("The other computer has only just started sharing. The picture comes in a moment.")
NOTHING = N_("Nothing is shared right now, or this browser did not come in by a link.")


def page(
    source: Source | None,
    every: int,
    suffix: str,
    wishes: Mapping[str, str],
    language: str,
    *,
    is_early: bool = False,
) -> str:
    """Return the page that shows ``source``, None for one that is not shared, or (``is_early``) not known yet.

    Args:
        every: seconds until it is loaded anew.
        suffix: of the picture, ``jpg`` or ``png``.
        wishes: options of the picture.
        language: of the page.
    """
    _, ngettext = speech(language)
    if source is None:
        title, content = "Panecast", f"<h1>{_(EARLY if is_early else MISSING)}</h1>"
    else:
        title = _name(source)
        content = f"<h1>{html.escape(title)}</h1>\n{_content(source, title, suffix, wishes, language)}"
    reloads = ngettext("Reloads every second.", "Reloads every {count} seconds.", every).format(count=every)
    head = f'<meta http-equiv="refresh" content="{every}">\n<link rel="stylesheet" href="../viewer/plain.css">'
    return _document(title, language, head, f"{content}\n<p>{reloads}</p>")


def listing(sources: Iterable[Source], language: str, *, is_early: bool = False) -> str:
    """Return the page that lists ``sources``, each with a link to its own page without scripts.

    While it ``is_early``, and more may come in a moment, the page loads itself anew.
    """
    _ = speech(language).gettext
    entries = "\n".join(
        f'<li><a href="plain/{quote(source.id, safe="")}">{html.escape(_name(source))}</a></li>' for source in sources
    )
    content = f"<ul>\n{entries}\n</ul>" if entries else f"<p>{_(EARLY if is_early else NOTHING)}</p>"
    head = '<link rel="stylesheet" href="viewer/plain.css">'
    if is_early:
        head = f'<meta http-equiv="refresh" content="2">\n{head}'
    heading = _("Shared sources")
    return _document(heading, language, head, f"<h1>{heading}</h1>\n{content}")


def _document(title: str, language: str, head: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{html.escape(title)}</title>
{head}
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def _name(source: Source) -> str:
    return source.title or source.app or "Panecast"


def _content(source: Source, title: str, suffix: str, wishes: Mapping[str, str], language: str) -> str:
    _ = speech(language).gettext
    if source.state in WORDS:
        return f"<p>{_(WORDS[source.state])}</p>"
    query = f"?{urlencode(wishes)}" if wishes else ""
    address = html.escape(f"../snapshot/{source.id}.{suffix}{query}")
    label = html.escape(_("Picture of {title}").format(title=title))
    return f'<p><img src="{address}" alt="{label}"></p>'
