"""Pages, lists, health and snapshots, and who is let in."""

from __future__ import annotations

import io
import re
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
from PIL import Image
from yarl import URL

from capture import reasons
from capture.source import Condition
from server import __version__
from server.access.origins import OriginPolicy
from server.errors import ListenError, PortInUse
from tests.helpers.studio import SECRET, Studio


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def url(studio: Studio, path: str, host: str = "127.0.0.1") -> str:
    return f"http://{host}:{studio.server.port}{path}"


async def test_only_what_is_shared_is_listed(studio: Studio, http: aiohttp.ClientSession) -> None:
    async with http.get(url(studio, "/api/windows")) as answer:
        listed = await answer.json()

    assert listed == {
        "windows": [
            {
                "handle": 4711,
                "title": "build <log>",
                "app": "xterm",
                "kind": "window",
                "width": 320,
                "height": 240,
                "state": "live",
                "url": url(studio, "/watch/4711"),
            }
        ],
        "count": 1,
    }


@pytest.mark.parametrize("path", ["/api/health", "/health"])
async def test_health(studio: Studio, http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(url(studio, path)) as answer:
        data = await answer.json()

    assert data.pop("uptime") >= 0
    assert data == {"status": "ok", "version": __version__, "viewers": 0, "sources": 1}


@pytest.mark.parametrize(("suffix", "kind"), [("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")])
async def test_a_snapshot_is_fresh(studio: Studio, http: aiohttp.ClientSession, suffix: str, kind: str) -> None:
    for shade in (40, 200):
        studio.canvas.fill(shade, shade, shade)
        async with http.get(url(studio, f"/snapshot/4711.{suffix}?quality=90&scale=0.5")) as answer:
            image = Image.open(io.BytesIO(await answer.read()))

        assert answer.status == 200
        assert answer.content_type == f"image/{kind.lower()}"
        assert (image.format, image.size) == (kind, (160, 120))
        assert abs(image.convert("L").getpixel((50, 50)) - shade) < 4


async def test_a_snapshot_that_the_asker_has_is_not_encoded_again(studio: Studio, http: aiohttp.ClientSession) -> None:
    address = url(studio, "/snapshot/4711.jpg")
    async with http.get(address) as answer:
        tag, picture = answer.headers["ETag"], await answer.read()
    encodes = studio.hub.encoder.encodes
    async with http.get(address, headers={"If-None-Match": f'"something-else", {tag}'}) as answer:
        assert (answer.status, answer.headers["ETag"], await answer.read()) == (304, tag, b"")
    async with http.get(address) as answer:
        assert (answer.headers["ETag"], await answer.read()) == (tag, picture)
    assert studio.hub.encoder.encodes == encodes
    studio.canvas.fill(200, 0, 0)
    async with http.get(address, headers={"If-None-Match": tag}) as answer:
        assert answer.status == 200
        assert answer.headers["ETag"] != tag
        assert await answer.read() != picture
    studio.shares.set_rules(())
    async with http.get(address, headers={"If-None-Match": "*"}) as answer:
        assert answer.status == 404
        assert "ETag" not in answer.headers


async def test_every_rendition_has_a_name_of_its_own_that_tells_nothing(
    studio: Studio, http: aiohttp.ClientSession
) -> None:
    tags = []
    for path in ("4711.jpg", "4711.jpg?quality=50", "4711.jpg?scale=0.5", "4711.jpg?cursor=0", "4711.png"):
        async with http.get(url(studio, f"/snapshot/{path}")) as answer:
            tags.append(answer.headers["ETag"])
    await studio.server.stop()
    await studio.server.start(port=0)
    async with http.get(url(studio, "/snapshot/4711.jpg")) as answer:
        tags.append(answer.headers["ETag"])

    assert len(set(tags)) == 6
    assert all(re.fullmatch(r'"[0-9a-f]{32}"', tag) for tag in tags)


async def test_pages_that_the_owner_allowed_may_ask_whether_a_picture_changed(
    studio: Studio, http: aiohttp.ClientSession
) -> None:
    ask = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
    friend = {"Origin": "http://friend.example"}
    async with http.options(url(studio, "/snapshot/4711.jpg"), headers=ask | friend) as answer:
        assert answer.status == 204
        assert answer.headers["Access-Control-Allow-Origin"] == "http://friend.example"
        assert answer.headers["Access-Control-Allow-Headers"] == "If-None-Match"
    async with http.get(url(studio, "/snapshot/4711.jpg"), headers=friend) as answer:
        assert answer.headers["Access-Control-Expose-Headers"] == "ETag"
        assert answer.headers["Vary"] == "Origin"
    async with http.options(url(studio, "/watch/4711"), headers=ask | friend) as answer:
        assert answer.status == 405
    async with http.options(url(studio, "/snapshot/4711.jpg"), headers=ask | {"Origin": "http://other"}) as answer:
        assert answer.status == 403


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/snapshot/4712.jpg", 404, "source_not_found"),
        ("/snapshot/1.png", 404, "source_not_found"),
        ("/snapshot/4711.gif", 404, "not_found"),
        ("/snapshot/4711.jpg?quality=0", 400, "invalid_option"),
        ("/snapshot/4711.jpg?scale=abc", 400, "invalid_option"),
        ("/nothing", 404, "not_found"),
        ("/viewer/../pyproject.toml", 404, "not_found"),
        ("/viewer/%2e%2e%2fapp.py", 404, "not_found"),
        ("/viewer/nothing.js", 404, "not_found"),
        ("/stream/4711", 426, "bad_message"),
    ],
)
async def test_bad_requests_are_answered_in_words(
    studio: Studio, http: aiohttp.ClientSession, path: str, status: int, code: str
) -> None:
    async with http.get(url(studio, path)) as answer:
        body = await answer.json()

    assert (answer.status, body["error"]["code"]) == (status, code)
    assert body["error"]["message"]
    assert studio.canvases[SECRET.id].opens == 0


BROWSING = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
"""As browsers send it when they are led somewhere, and at no other time."""


@pytest.mark.parametrize(
    ("path", "speech", "status", "words", "top"),
    [
        ("/wacth/4711", "en-GB", 404, "There is no such page.", "../"),
        ("/wacth", "de-AT,en;q=0.5", 404, "Diese Seite gibt es hier nicht.", "./"),
        ("/snapshot/4712.png", "de", 404, "Unter dieser Adresse ist nichts freigegeben.", "../"),
        ("/mjpeg/4711?fps=<999>", "de", 400, "fps muss eine Zahl von 0.1 bis 60 sein", "../"),
    ],
)
async def test_a_person_who_mistyped_an_address_reads_a_page(
    studio: Studio, http: aiohttp.ClientSession, path: str, speech: str, status: int, words: str, top: str
) -> None:
    headers = BROWSING | {"Accept-Language": speech}
    async with http.get(url(studio, path), headers=headers) as answer:
        text = await answer.text()

    assert (answer.status, answer.content_type) == (status, "text/html")
    assert words in text
    assert f'<html lang="{speech[:2]}">' in text
    assert f'href="{top}"' in text
    assert "<999>" not in text
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    # It has no link to what is not there.
    for name in ("viewer/style.css", "viewer/enter.css", "viewer/mark.svg"):
        assert f"{top}{name}" in text
        async with http.get(answer.url.join(URL(f"{top}{name}"))) as part:
            assert part.status == 200


async def test_a_snapshot_of_a_window_without_a_picture_says_why(studio: Studio, http: aiohttp.ClientSession) -> None:
    studio.canvas.become(Condition("minimised", reasons.WINDOW_MINIMISED))
    async with http.get(url(studio, "/snapshot/4711.png")) as answer:
        body = await answer.json()

    assert answer.status == 503
    assert body["error"] == {
        "code": "no_picture",
        "message": "The window is minimised on the other computer.",
        "message_code": "window_minimised",
        "values": {},
    }


async def test_pages_are_served_with_a_strict_policy(studio: Studio, http: aiohttp.ClientSession) -> None:
    for path, status in (("/", 200), ("/watch/4711", 200), ("/watch/4712", 404)):
        async with http.get(url(studio, path)) as answer:
            text = await answer.text()

        assert answer.status == status
        assert answer.content_type == "text/html"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "<script" in text
        assert "passwords" not in text


async def test_only_the_bare_picture_may_be_framed_and_only_by_pages_that_the_owner_allowed(
    studio: Studio, http: aiohttp.ClientSession
) -> None:
    async def framers(path: str) -> str:
        async with http.get(url(studio, path)) as answer:
            return answer.headers["Content-Security-Policy"].partition("frame-ancestors ")[2]

    for path in ("/watch/4711", "/snapshot/4711.jpg", "/mjpeg/4711"):
        assert await framers(path) == "'none'"
        assert await framers(path + "?clean=1") == "'self' http://friend.example"
        assert await framers(path + "?clean=0") == "'none'"
    for path in ("/", "/plain/4711", "/viewer/watch.html", "/health"):
        assert await framers(path + "?clean=1") == "'none'"


@pytest.mark.parametrize(
    ("origins", "listed"),
    [
        ((), "'self'"),
        (("https://b.example:8443", "http://a.example"), "'self' http://a.example https://b.example:8443"),
        (("http://a.example; script-src *", "http://a example", "*", "http://a.example/path"), "'self'"),
    ],
)
def test_framers_are_listed_by_name_and_nothing_else_gets_into_the_policy(
    origins: tuple[str, ...], listed: str
) -> None:
    assert OriginPolicy(origins=frozenset(origins)).embedders == listed


async def test_the_module_for_other_pages_is_read_by_those_allowed(studio: Studio, http: aiohttp.ClientSession) -> None:
    async with http.get(url(studio, "/embed.js"), headers={"Origin": "http://friend.example"}) as answer:
        assert answer.content_type == "text/javascript"
        assert answer.headers["Access-Control-Allow-Origin"] == "http://friend.example"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["Vary"] == "Accept-Encoding, Origin"
    async with http.get(url(studio, "/embed.js"), headers={"Origin": "http://evil.example"}) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("address", ["127.0.0.1", "[::1]", "localhost", "LOCALHOST"])
async def test_every_name_of_this_computer_is_answered(
    studio: Studio, http: aiohttp.ClientSession, address: str
) -> None:
    async with http.get(url(studio, "/api/health", address)) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example:{port}", "localhost:", "128.0.0.1:{port}", "localhost.evil:{port}", ""],
)
async def test_foreign_names_are_refused(studio: Studio, http: aiohttp.ClientSession, host: str) -> None:
    headers = {"Host": host.format(port=studio.server.port)}
    async with http.get(url(studio, "/api/windows"), headers=headers) as answer:
        text = await answer.text()

    assert answer.status == 421
    assert "build" not in text


FOREIGN = [
    "http://evil.example",
    "https://localhost:{port}",
    "http://localhost",
    "http://localhost:1",
    "http://localhost:{port}0",
    "http://localhost:{port}.evil.example",
    "http://LOCALHOST:{port}",
    "http://localhost.:{port}",
    "http://xlocalhost:{port}",
    "http://friend.example:80",
    "http://friend.example/",
    "http://notfriend.example",
    "",
]


@pytest.mark.parametrize("origin", FOREIGN)
async def test_pages_of_others_get_neither_stream_nor_list(
    studio: Studio, http: aiohttp.ClientSession, origin: str
) -> None:
    headers = {"Origin": origin.format(port=studio.server.port)}
    async with http.get(url(studio, "/api/windows"), headers=headers) as answer:
        assert answer.status == 403
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await http.ws_connect(url(studio, "/stream/4711"), headers=headers)

    assert refused.value.status == 403
    assert studio.canvas.opens == 0


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("localhost:{port}", "http://localhost:{port}"),
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}"),
        ("[::1]:{port}", "http://[::1]:{port}"),
        ("localhost:9", "http://localhost:9"),
        ("localhost:{port}", "http://friend.example"),
    ],
)
async def test_our_page_and_allowed_ones_get_in(
    studio: Studio, http: aiohttp.ClientSession, host: str, origin: str
) -> None:
    port = studio.server.port
    headers = {"Host": host.format(port=port), "Origin": origin.format(port=port)}
    async with http.get(url(studio, "/api/windows"), headers=headers) as answer:
        foreign = "friend" in origin
        assert answer.status == 200
        assert answer.headers.get("Access-Control-Allow-Origin") == (headers["Origin"] if foreign else None)
    async with http.ws_connect(url(studio, "/stream/4711"), headers=headers) as viewer:
        assert (await viewer.receive_json())["type"] == "session_started"


async def test_a_picture_embedded_by_a_foreign_page_is_refused(studio: Studio, http: aiohttp.ClientSession) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    async with http.get(url(studio, "/snapshot/4711.jpg"), headers=headers) as answer:
        assert answer.status == 403
    async with http.get(url(studio, "/"), headers=headers | {"Sec-Fetch-Mode": "navigate"}) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(("path", "allowed"), [("/health", "GET,HEAD"), ("/stream/4711", "GET")])
async def test_who_uses_a_wrong_method_learns_the_right_ones(
    studio: Studio, http: aiohttp.ClientSession, path: str, allowed: str
) -> None:
    async with http.delete(url(studio, path)) as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, allowed)


@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/snapshot/4711.png", "image/png"), ("/mjpeg/4711", "multipart/x-mixed-replace"), ("/plain/4711", "text/html")],
)
async def test_programs_may_ask_what_there_is_without_having_it(
    studio: Studio, http: aiohttp.ClientSession, path: str, content_type: str
) -> None:
    async with http.head(url(studio, path)) as answer:
        assert (answer.status, answer.content_type) == (200, content_type)
        assert await answer.read() == b""
    # Who learns whether a picture is another one than before has looked.
    assert all(view.looks for view in studio.registry.sessions())
    async with http.head(url(studio, path.replace("4711", "4712"))) as answer:
        assert answer.status == 404


async def test_two_hosts_are_refused(studio: Studio) -> None:
    raw = socket.create_connection(("127.0.0.1", studio.server.port))
    raw.sendall(f"GET /api/windows HTTP/1.1\r\nHost: localhost:{studio.server.port}\r\nHost: evil\r\n\r\n".encode())
    raw.setblocking(False)
    import asyncio

    answer = await asyncio.get_running_loop().sock_recv(raw, 4096)
    raw.close()

    assert answer.split(b" ")[1] in (b"400", b"421")


async def test_a_port_in_use_is_said_and_the_next_free_one_offered(studio: Studio) -> None:
    from server.server import listen

    with pytest.raises(PortInUse) as busy:
        listen("127.0.0.1", studio.server.port)

    assert str(studio.server.port) in busy.value.message
    assert busy.value.suggestion is not None
    for listening in listen("127.0.0.1", busy.value.suggestion):
        listening.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.199.5", "::", "example.org"])
async def test_only_an_address_that_this_computer_has_is_opened(host: str) -> None:
    from server.server import listen

    with pytest.raises(ListenError, match=r"not an address of this computer|every network at once"):
        listen(host, 0)


async def test_the_server_can_be_started_again(studio: Studio, http: aiohttp.ClientSession) -> None:
    await studio.server.stop()
    assert not studio.server.is_running
    await studio.server.start(port=0)
    async with http.get(url(studio, "/health")) as answer:
        assert answer.status == 200
