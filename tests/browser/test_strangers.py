"""Programs that know nothing but the public protocol: the README's own, and one for Node."""

from __future__ import annotations

import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.parts import code_block, eventually
from tests.helpers.ports import free_port
from tests.helpers.x11.desktop import PROJECT

NODE_VIEWER = """
const { WebSocket } = require("ws");
const stream = new WebSocket(process.argv[2]);
const seen = [];
stream.on("message", (text, isBinary) => {
  const message = JSON.parse(text);
  if (isBinary || !message.type || !message.timestamp) process.exit(3);
  const wish = { command: "update_options", options: { fps: 30 } };
  if (message.type === "session_started") stream.send(JSON.stringify(wish));
  if (message.type === "session_updated") console.log("fps", message.data.options.fps);
  if (message.type === "frame") seen.push(Buffer.from(message.data.data_url.split(",")[1], "base64"));
  if (seen.length === 5) {
    console.log("pictures", seen.every((picture) => picture[0] === 0xff && picture[1] === 0xd8));
    stream.send(JSON.stringify({ command: "stop" }));
  }
});
stream.on("close", (code) => console.log("closed", code));
"""


@pytest.fixture
def friend() -> int:
    """The port of another's web server, whose pages are allowed."""
    return free_port()


@pytest.fixture
def server(friend: int) -> Iterator[int]:
    """``panecast serve``, as a person would start it; gives its port."""
    command = [sys.executable, "-m", "gui", "serve", "--share", "demo", "--port", "0", "--print-url"]
    process = subprocess.Popen(
        [*command, "--allow-origin", f"http://127.0.0.1:{friend}"], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    yield int(process.stdout.readline().strip().rpartition(":")[2])
    process.terminate()
    assert process.wait(10) == 0
    process.stdout.close()


def test_the_readme_viewer_in_python_works(server: int, tmp_path: Path) -> None:
    script = tmp_path / "viewer.py"
    script.write_text(code_block("python"))
    address = f"ws://localhost:{server}/stream/demo?fps=20"
    with subprocess.Popen([sys.executable, "-u", script, address], stdout=subprocess.PIPE, text=True) as viewer:
        assert viewer.stdout is not None
        numbers = [int(viewer.stdout.readline().split()[0]) for _ in range(5)]
        viewer.terminate()

    # A picture that is repeated, because no other came for a while, carries the number that it had.
    assert numbers == sorted(numbers)
    assert numbers[-1] > numbers[0]


@pytest.mark.browser
def test_the_readme_viewer_in_a_page_works(server: int, friend: int, page: Page, tmp_path: Path) -> None:
    html = code_block("html").replace("localhost:8080", f"localhost:{server}")
    (tmp_path / "index.html").write_text(html)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, directory=str(tmp_path), **options)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", friend), Quiet) as foreign:
        threading.Thread(target=foreign.serve_forever, daemon=True).start()
        page.goto(f"http://127.0.0.1:{friend}/")
        first = eventually(lambda: page.get_attribute("#picture", "src"))
        eventually(lambda: page.get_attribute("#picture", "src") != first)
        assert page.evaluate("document.getElementById('picture').naturalWidth") == 1280
        # The same page from an origin that nobody allowed sees nothing.
        page.goto(f"http://localhost:{friend}/")
        end = """(address) => new Promise((done) => {
            const stream = new WebSocket(address);
            stream.onopen = stream.onclose = (event) => done(event.type);
        })"""
        assert page.evaluate(end, f"ws://localhost:{server}/stream/demo") == "close"
        assert not page.get_attribute("#picture", "src")
        foreign.shutdown()


def test_a_viewer_in_node_works(server: int) -> None:
    modules = os.environ.get("NODE_PATH", str(PROJECT / ".cache/npm/node_modules"))
    done = subprocess.run(
        ["node", "-e", NODE_VIEWER, "node", f"ws://127.0.0.1:{server}/stream/demo?fps=5"],
        env=os.environ | {"NODE_PATH": modules},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stdout.split() == ["fps", "30", "pictures", "true", "closed", "1000"], done.stderr


def test_sigint_ends_the_server_cleanly(friend: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "gui", "serve", "--share", "demo", "--port", "0", "--print-url"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(2)
    _, complaints = process.communicate(timeout=10)

    assert (process.returncode, complaints) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["serve", "--share", "nonsense"], 2, "title:TEXT"),
        (["serve", "--share", "demo", "--fps", "0"], 2, "fps must be"),
        (["serve", "--share", "demo", "--host", "0.0.0.0"], 2, "every network at once"),
        (["serve", "--share", "demo", "--port", "6000"], 1, "Browsers refuse"),
        (["serve", "--share", "demo", "--allow-origin", "null"], 2, "sandboxed"),
        (["serve", "--share", "demo", "--name", "http://x"], 2, "no name of a computer"),
        (["serve", "--share", "demo", "--port", "70000"], 2, "0 to 65535"),
    ],
)
def test_wrong_arguments_are_said_in_words(arguments: list[str], code: int, words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gui", *arguments], cwd=PROJECT, capture_output=True, text=True, timeout=30, check=False
    )

    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_imports_no_qt() -> None:
    script = "import sys, server.cli; print([name for name in sys.modules if 'PySide6' in name or 'qasync' in name])"
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
