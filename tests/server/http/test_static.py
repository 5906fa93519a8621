"""The page's files as they are shipped: small, strict, complete."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import aiohttp
import pytest

from server.http import responses as answers
from server.http.app import make_app
from server.http.responses import takes_gzip
from server.http.static import flush_left, load_pages, without_comments, without_gaps, without_space
from tests.helpers.studio import Studio

VIEWER = Path(str(resources.files("resources").joinpath("viewer")))
PAGES = load_pages()
HTML = [name for name in PAGES if name.endswith(".html")]
WRITTEN = {str(file.relative_to(VIEWER)): file.read_text("utf-8") for file in VIEWER.rglob("*.js")}
"""The modules as they stand in the source; pages get them joined."""
ALLOWED_BYTES, ALLOWED_AT_FIRST = 42_000, 26_000
"""Of one page in English: all that it may ever load, and what its first picture waits for. Another language comes
beside it, and only where it is spoken."""
ALLOWED_LANGUAGE_BYTES = 6_000
FOR_OTHERS = {"embed.js", "plain.css"}
"""What the viewer page never loads: other people's pages do, and the page without scripts."""
LATER = {"tools/tools.js", "video/mse.js", "video/webcodecs.js"}
ENTRANCE = {"access/login.js", "enter.css"}
"""What only those load who may not watch, or not yet."""
LANGUAGES = {name for name in PAGES if re.fullmatch(r"text/[a-z]{2}\.js", name)} - {"text/en.js"}
UNSPOKEN = {"text/pseudo.js"}
"""A language that shows those who translate what is missing; nobody loads it who watches."""


class Reader(HTMLParser):
    """Collects what a page's HTML holds."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def text_of(name: str) -> str:
    return PAGES[name].body.decode()


def words_of(name: str) -> dict[str, str]:
    """Return the texts of a language by their names."""
    return dict(re.findall(r'"([\w.]+)":\s*"((?:[^"\\]|\\.)*)"', WRITTEN[name]))


def file_of(address: str | None) -> str:
    return (address or "").rpartition("viewer/")[2]


def main_of(name: str) -> str:
    """Return the one module that a page begins with."""
    tags = Reader(text_of(name)).tags
    (main,) = [file_of(attributes["src"]) for _, attributes in tags if attributes.get("type") == "module"]
    return main


def modules_in(name: str) -> list[str]:
    """Return the modules that were joined into a file, in order."""
    return re.findall(r'\$modules\["([\w./]+)"\]\?\?=', text_of(name))


@pytest.mark.parametrize("name", HTML)
def test_all_of_it_is_small(name: str) -> None:
    named = {
        file_of(address) for address in re.findall(r'(?:src|href)="([^"#?]+)"', text_of(name)) if "viewer/" in address
    }
    at_first = sum(len(PAGES[each].packed) for each in named | {name})

    assert at_first < ALLOWED_AT_FIRST
    assert at_first + sum(len(PAGES[each].packed) for each in LATER) < ALLOWED_BYTES


def test_what_comes_beside_it_is_small_too() -> None:
    assert LANGUAGES
    assert max(len(PAGES[name].packed) for name in LANGUAGES) < ALLOWED_LANGUAGE_BYTES
    assert sum(len(PAGES[name].packed) for name in FOR_OTHERS) < 2_000
    assert sum(len(PAGES[name].packed) for name in ENTRANCE) < 3_500
    assert {name for name in PAGES if name.endswith(".js")} == (
        {main_of(name) for name in HTML}
        | LATER
        | ENTRANCE - {"enter.css"}
        | LANGUAGES
        | UNSPOKEN
        | {"embed.js", "nomodule.js"}
    )


@pytest.mark.parametrize("name", HTML)
def test_a_page_asks_for_one_file_of_modules(name: str) -> None:
    main = text_of(main_of(name))

    assert not re.search(r"^(import|export)\b", main, re.MULTILINE)
    assert len(modules_in(main_of(name))) == len(set(modules_in(main_of(name)))) > 10
    assert set(modules_in(main_of(name))) <= set(WRITTEN)


@pytest.mark.parametrize(
    ("name", "pages"),
    [
        ("tools/tools.js", ["watch.js"]),
        ("video/mse.js", ["watch.js", "wall.js"]),
        ("video/webcodecs.js", ["watch.js", "wall.js"]),
        ("access/login.js", ["watch.js", "wall.js", "grid.js"]),
    ],
)
def test_what_is_fetched_later_holds_nothing_that_its_pages_have(name: str, pages: list[str]) -> None:
    assert modules_in(name)[-1] == name
    assert not set(modules_in(name)) & set.intersection(*(set(modules_in(page)) for page in pages))


@pytest.mark.parametrize("name", HTML)
def test_who_may_watch_does_not_load_the_entrance(name: str) -> None:
    main = main_of(name)

    assert not ENTRANCE & ({main} | set(modules_in(main)) | set(re.findall(r"viewer/([\w./]+)", text_of(name))))
    # Before anything else is done, the secret is taken out of the address.
    assert modules_in(main)[0] == "access/token.js"
    assert "import" not in WRITTEN["access/token.js"]


def test_modules_come_without_their_comments() -> None:
    source = """// What it is.

import a from "a"; // stays

/**
 * @param {string} text // in it
 */
function b(text) {
  /** @type {number} */
  let c = 1;
  /** @type {any} */ (c).d();
  e(/** @type {E} */ f);
  // why
  return `//${text}`;
}
"""
    left = """import a from "a"; // stays
function b(text) {
  let c = 1;
  (c).d();
  e(f);
  return `//${text}`;
}
"""

    assert without_comments(source) == left
    assert flush_left("  a {\n    b\n\n  }\n") == "a {\nb\n\n}\n"


def test_gaps_go_where_only_code_stands() -> None:
    source = """if (a < b && c === "x = y") {
const words = `${a} = ${b}`;
const many = `
a = b
`;
const { d, e } = f(g, h);
i = j / k;
l = 'm = n';
o = -p - -q;
}
"""

    assert (
        without_gaps(source)
        == """if(a<b&&c==="x = y"){const words = `${a} = ${b}`;
const many = `
a = b
`;
const{d,e}=f(g,h);i = j / k;
l = 'm = n';
o=-p - -q;}"""
    )


def test_style_sheets_come_without_what_means_nothing() -> None:
    sheet = """/* What it
is. */
.a > .b, .c :hover { color: red; margin: 0 1px; }
@media (width > 3px) { * { inset: calc(1px + 2px) } }
"""

    assert without_space(sheet) == (
        ".a>.b,.c :hover{color:red;margin:0 1px}@media (width>3px){*{inset:calc(1px + 2px)}}\n"
    )


@pytest.mark.parametrize("name", HTML)
def test_a_page_has_no_script_or_style_in_it_and_nothing_from_elsewhere(name: str) -> None:
    tags = Reader(text_of(name)).tags

    assert not [tag for tag, _ in tags if tag == "style"]
    for tag, attributes in tags:
        assert "style" not in attributes
        assert not [attribute for attribute in attributes if attribute.startswith("on")]
        assert (tag == "script") <= ("src" in attributes)
        for address in (attributes.get("src"), attributes.get("href")):
            # Relative, so that a proxy may have it under a path; with nothing of another place in it.
            assert address is None or re.fullmatch(r"#[\w-]+|\?plain=1|\./|\.\./|(\.\./)?viewer/[\w./]+", address), (
                address
            )
            assert address is None or address.startswith("../") is not (name == "index.html" or address[0] in "#?")


@pytest.mark.parametrize("name", HTML)
def test_everything_a_page_names_is_there(name: str) -> None:
    tags = Reader(text_of(name)).tags
    named = [attributes[key] for _, attributes in tags for key in ("src", "href") if key in attributes]
    files = [file_of(address) for address in named if address and "viewer/" in address]

    assert [file for file in files if file not in PAGES] == []


@pytest.mark.parametrize("name", HTML)
def test_every_text_of_a_page_has_its_words(name: str) -> None:
    words = words_of("text/en.js")
    for tag, attributes in Reader(text_of(name)).tags:
        for mark, place in (("data-word-title", "title"), ("data-word-label", "aria-label"), ("data-word", None)):
            if mark in attributes:
                assert attributes[mark] in words, (tag, attributes)
                # What stands there until the words have come is the same in English.
                assert place is None or attributes[place] == words[str(attributes[mark])]


def test_every_word_that_is_asked_for_exists_and_every_one_is_asked_for() -> None:
    words = set(words_of("text/en.js"))
    sources = {name: text for name, text in WRITTEN.items() if not name.startswith("text/")}
    sources |= {name: text_of(name) for name in HTML}
    everything = "\n".join(sources.values())
    asked = set(re.findall(r'\bword\(\s*"([\w.]+)"', everything))

    assert asked - words == set()
    # Those that are put together from a part and a name.
    made = ("state.", "about.", "close.", "error.", "cause.", "delay.", "figures.fps.", "source.")
    unused = {word for word in words if f'"{word.removesuffix(".one").removesuffix(".other")}"' not in everything}
    assert [word for word in sorted(unused) if not word.startswith(made)] == []


async def test_pages_come_compressed_to_those_who_take_it(studio: Studio) -> None:
    address = f"http://127.0.0.1:{studio.server.port}/viewer/watch.js"
    async with aiohttp.ClientSession(auto_decompress=False) as http:
        async with http.get(address, headers={"Accept-Encoding": "gzip, br"}) as answer:
            packed, encoding = await answer.read(), answer.headers["Content-Encoding"]
        async with http.get(address, headers={"Accept-Encoding": "identity"}) as answer:
            plain, headers = await answer.read(), answer.headers

    assert (packed, encoding) == (PAGES["watch.js"].packed, "gzip")
    assert (plain, headers.get("Content-Encoding")) == (PAGES["watch.js"].body, None)
    assert headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip", True),
        ("GZIP;q=0.5, br", True),
        ("*", True),
        ("br, *;q=0.1", True),
        ("", False),
        ("br", False),
        ("gzip;q=0, identity", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0, *", False),
        ("gzip;q=nonsense", False),
        ("x-gzipped", False),
    ],
)
def test_only_who_takes_gzip_gets_it(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes


async def test_starting_again_reads_and_keeps_no_second_copy(studio: Studio) -> None:
    """aiohttp remembers a thousand handlers of ended applications, and with them what an application has."""
    first, second = make_app(studio.registry), make_app(studio.registry)

    assert first[answers.PAGES] is second[answers.PAGES]
