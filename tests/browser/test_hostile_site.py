"""A hostile website in a real browser takes nothing, by its own name or by one that leads to this computer."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Playwright

from tests.browser.browsers import chromium
from tests.browser.painted_server import PaintedServer, painted_server, window

SOURCE = window(7, "passwords")
TRIES = """async ([base, port]) => {
    const ends = (made) => new Promise((done) => {
        made.onload = () => done("loaded");
        made.onerror = () => done("error");
    });
    const added = (name, address) => {
        const made = document.createElement(name);
        const end = ends(made);
        made.src = address;
        document.body.append(made);
        return end;
    };
    const socket = (path, protocol) => new Promise((done) => {
        const made = new WebSocket(`ws://${base}:${port}${path}`, protocol);
        made.onopen = () => done("open");
        made.onclose = () => done("closed");
    });
    const fetched = async (path, how) => {
        try {
            const answer = await fetch(`http://${base}:${port}${path}`, how);
            return [answer.status, await answer.text()].join(" ");
        } catch { return "refused"; }
    };
    return {
        stream: await socket("/stream/7", "panecast.v1"),
        plainStream: await socket("/stream/7", []),
        streams: await socket("/streams", "panecast.many.v1"),
        list: await fetched("/api/windows", {}),
        picture: await fetched("/snapshot/7.jpg", { mode: "no-cors" }),
        entering: await fetched("/api/enter", { method: "POST", mode: "no-cors", body: "{}" }),
        image: await added("img", `http://${base}:${port}/snapshot/7.jpg`),
        film: await added("img", `http://${base}:${port}/mjpeg/7`),
        script: await added("script", `http://${base}:${port}/embed.js`),
    };
}"""


@contextmanager
def website(address: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """Have an empty page, at a free port unless one is named."""

    class Empty(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>evil</title><body>")

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer((address, port), Empty) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def page(playwright: Playwright) -> Iterator[Page]:
    """A page of a browser to which evil.example leads to this computer, and mybox.local to somebody else's."""
    with chromium(playwright, "MAP evil.example 127.0.0.1, MAP mybox.local 127.0.0.2") as browser:
        yield browser.new_page()


@pytest.mark.browser
@pytest.mark.parametrize("base", ["127.0.0.1", "localhost", "evil.example"])
def test_a_hostile_page_takes_nothing(page: Page, base: str) -> None:
    with painted_server(SOURCE) as server, website() as port:
        page.goto(f"http://evil.example:{port}/")
        found = page.evaluate(TRIES, [base, server.port])

        assert {found[name] for name in ("stream", "plainStream", "streams")} == {"closed"}
        assert {found[name] for name in ("image", "film", "script")} == {"error"}
        assert found["list"] == "refused"
        assert "passwords" not in str(found)
        assert untouched(server)


@pytest.mark.browser
def test_a_page_that_was_bound_to_another_name_sees_nothing(page: Page) -> None:
    with painted_server(SOURCE) as server:
        answer = page.goto(f"http://evil.example:{server.port}/")
        assert answer is not None

        assert answer.status == 421
        assert "does not go by that name" in page.inner_text("body")
        assert page.evaluate("fetch('/api/windows').then((answer) => answer.status)") == 421
        assert untouched(server)


@pytest.mark.browser
@pytest.mark.parametrize("base", ["127.0.0.1", "localhost", "[::1]"])
def test_a_page_of_somebody_who_answers_to_our_name_takes_nothing(page: Page, base: str) -> None:
    """In a network anybody can answer to HOST.local; what such a page asks comes from this very computer."""
    with painted_server(SOURCE) as server, website("127.0.0.2", server.port):
        server.go_by("mybox.local")
        page.goto(f"http://mybox.local:{server.port}/")
        found = page.evaluate(TRIES, [base, server.port])

        assert {found[name] for name in ("stream", "plainStream", "streams")} == {"closed"}
        assert {found[name] for name in ("image", "film", "script")} == {"error"}
        assert found["list"] == "refused"
        assert untouched(server)


@pytest.mark.browser
def test_our_own_name_bound_to_this_computer_shows_what_a_stranger_sees(playwright: Playwright) -> None:
    with chromium(playwright, "MAP mybox.local 127.0.0.1") as browser, painted_server(SOURCE) as server:
        server.go_by("mybox.local")
        page = browser.new_page()
        page.goto(f"http://mybox.local:{server.port}/")
        found = page.evaluate(TRIES, ["mybox.local", server.port])

        assert found["list"].startswith("401 ")
        assert {found[name] for name in ("stream", "plainStream", "streams")} == {"closed"}
        assert "passwords" not in str(found)
        assert untouched(server)


@pytest.mark.browser
def test_frames_of_a_foreign_page_take_no_picture(page: Page) -> None:
    with painted_server(SOURCE) as server, website() as port:
        page.goto(f"http://evil.example:{port}/")
        framed = """async ([tag, address]) => {
            const made = document.createElement(tag);
            const end = new Promise((done) => { made.onload = made.onerror = () => done(""); });
            made[tag === "object" ? "data" : "src"] = address;
            document.body.append(made);
            await Promise.race([end, new Promise((done) => setTimeout(done, 2000))]);
        }"""
        for tag in ("iframe", "embed", "object", "video"):
            page.evaluate(framed, [tag, server.address("/snapshot/7.jpg?quality=61")])
        page.evaluate("(address) => window.open(address)", server.address("/snapshot/7.jpg?quality=62"))
        page.evaluate("() => fetch(location.href)")

        assert untouched(server)


def untouched(server: PaintedServer) -> bool:
    """Tell whether no picture was taken, or even begun."""
    canvas = server.canvases[SOURCE.id]
    return (canvas.opens, canvas.takes, server.viewers()) == (0, 0, 0)
