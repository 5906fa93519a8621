"""The page without scripts: what it says, to whom, and that it holds nothing but that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from html.parser import HTMLParser

import aiohttp
import pytest
from yarl import URL

from server.http.no_script import page
from server.protocol.language import language
from tests.helpers.studio import SECRET, SHARED, Studio


class Reader(HTMLParser):
    """Collects the tags of a page, and its text outside of the head."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: dict[str, list[dict[str, str | None]]] = {}
        self.text: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.setdefault(tag, []).append(dict(attrs))

    def handle_data(self, data: str) -> None:
        if data.strip() and "body" in self.tags:
            self.text.append(data.strip())

    @property
    def reload(self) -> str | None:
        (found,) = [meta["content"] for meta in self.tags["meta"] if meta.get("http-equiv") == "refresh"]
        return found


@pytest.fixture
async def http(studio: Studio) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{studio.server.port}") as session:
        yield session


async def test_it_shows_a_picture_that_is_there_and_reloads(studio: Studio, http: aiohttp.ClientSession) -> None:
    async with http.get("/plain/4711?every=30&quality=40&scale=0.5&format=png&strange=1") as answer:
        read = Reader(await answer.text())
        policy = answer.headers["Content-Security-Policy"]
    assert answer.status == 200
    assert read.reload == "30"
    assert read.text == ["build <log>", "Reloads every 30 seconds."]
    (image,) = read.tags["img"]
    assert image["src"] == "../snapshot/4711.png?quality=40&scale=0.5"
    assert image["alt"] == "Picture of build <log>"
    async with http.get(image["src"]) as picture:
        assert (picture.status, picture.content_type) == (200, "image/png")
    async with http.get(read.tags["link"][0]["href"] or "") as style:
        assert style.content_type == "text/css"

    assert "script" not in read.tags
    assert "script" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("every=0", "every"),
        ("every=3601", "every"),
        ("every=x", "every"),
        ("quality=5", "quality"),
        ("format=gif", "format"),
    ],
)
async def test_bad_wishes_are_named(studio: Studio, http: aiohttp.ClientSession, query: str, field: str) -> None:
    async with http.get(f"/plain/4711?{query}") as answer:
        assert answer.status == 400
        assert (await answer.json())["error"]["field"] == field


@pytest.mark.parametrize("source_id", [SECRET.id, "1", "%3Cb%3E"])
async def test_what_is_not_shared_is_said_and_looked_for_again(
    studio: Studio, http: aiohttp.ClientSession, source_id: str
) -> None:
    async with http.get(f"/plain/{source_id}") as answer:
        text = await answer.text()

    assert answer.status == 404
    assert Reader(text).text == ["Nothing is shared under this address.", "Reloads every 5 seconds."]
    assert Reader(text).reload == "5"
    assert "img" not in Reader(text).tags
    assert "passwords" not in text


@pytest.mark.parametrize(
    ("state", "english", "german"),
    [
        ("minimised", "Minimised on the other computer.", "Auf dem anderen Computer minimiert."),
        ("hidden", "Not on the screen of the other computer.", "Auf dem anderen Computer nicht sichtbar."),
        (
            "protected",
            "This window keeps itself out of pictures.",
            "Dieses Fenster lässt keine Bilder von sich zu.",
        ),
    ],
)
async def test_a_window_out_of_sight_is_said_in_words(
    studio: Studio, http: aiohttp.ClientSession, state: str, english: str, german: str
) -> None:
    studio.set_sources(replace(SHARED, state=state))
    async with http.get("/plain/4711?every=1") as answer:
        assert Reader(await answer.text()).text == ["build <log>", english, "Reloads every second."]
    async with http.get("/plain/4711?every=7", headers={"Accept-Language": "de-AT, en;q=0.5"}) as answer:
        read = Reader(await answer.text())
        assert read.text == ["build <log>", german, "Wird alle 7 Sekunden neu geladen."]
        assert read.tags["html"] == [{"lang": "de"}]
        assert answer.headers["Vary"] == "Accept-Language"


def test_titles_are_text_whatever_they_hold() -> None:
    title = '</title><script>alert(1)</script>" onload="x'
    read = Reader(page(replace(SHARED, title=title), 5, "jpg", {}, "en"))

    assert "script" not in read.tags
    assert read.text[0] == title
    assert set(read.tags["img"][0]) == {"src", "alt"}


@pytest.mark.parametrize(
    ("accepted", "spoken"),
    [
        ("", "en"),
        ("de", "de"),
        ("DE-ch", "de"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("fr, de;q=0.3", "de"),
        ("de;q=0.2, en;q=0.3", "en"),
        ("de;q=0", "en"),
        ("de;q=much", "en"),
        ("denmark", "en"),
        ("*", "en"),
        (";;,=,q=", "en"),
    ],
)
def test_it_speaks_german_to_those_who_prefer_it(accepted: str, spoken: str) -> None:
    assert language(accepted) == spoken


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/watch/4711?plain=1", "../plain/4711"),
        ("/watch/a%2Fb%3Fc?plain=1", "../plain/a%2Fb%3Fc"),
        ("/watch/4711+4712?plain=1", "../?plain=1"),
    ],
)
async def test_pages_that_do_not_work_lead_to_it(http: aiohttp.ClientSession, path: str, place: str) -> None:
    async with http.get(URL(path, encoded=True), allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, place)


@pytest.mark.parametrize(("language", "words"), [("en", "Shared sources"), ("de", "Freigaben")])
async def test_it_lists_what_is_shared_and_nothing_else(
    studio: Studio, http: aiohttp.ClientSession, language: str, words: str
) -> None:
    headers = {"Accept-Language": language}
    async with http.get("/?plain=1", headers=headers) as answer:
        read = Reader(await answer.text())
        policy = answer.headers["Content-Security-Policy"]
    assert read.text == [words, SHARED.title]
    assert [link["href"] for link in read.tags["a"]] == [f"plain/{SHARED.id}"]
    assert "script" not in policy
    studio.shares.set_rules(())
    async with http.get("/?plain=1", headers=headers) as answer:
        assert "a" not in Reader(await answer.text()).tags
