"""What is no browser plays and saves the pictures: FFmpeg, mpv and curl as Debian ships them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.browser.painted_server import PaintedServer, painted_server, window
from tests.browser.parts import eventually, is_near

SOURCE = window(4711, "build <log>")
Colour = tuple[int, int, int]
RED, GREEN, BLUE = (250, 0, 0), (0, 250, 0), (0, 0, 250)
FFMPEG = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y"]
MPV = ["mpv", "--no-config", "--no-terminal", "--profile=low-latency", "--vo=image", "--vo-image-format=png"]


@pytest.fixture(scope="module")
def server() -> Iterator[PaintedServer]:
    """A server that repeats what stays more often than it would, for players look at several pictures first."""
    with pytest.MonkeyPatch.context() as patch, painted_server(SOURCE) as running:
        patch.setattr("server.stream.mjpeg.REPEAT_SECONDS", 0.1)
        yield running


def run(*command: object) -> str:
    """Run a program that has to succeed; return what it printed."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def colour_of(picture: Path) -> Colour:
    """Return the colour in the middle of a picture of the right size."""
    with Image.open(picture) as image:
        assert image.size == (320, 240)
        red, green, blue = np.asarray(image.convert("RGB"))[120, 160].tolist()
    return red, green, blue


def test_ffmpeg_saves_the_stream(server: PaintedServer, tmp_path: Path) -> None:
    server.paint(SOURCE, *GREEN)
    run(*FFMPEG, "-i", server.address("/mjpeg/4711?fps=30"), "-frames:v", 3, tmp_path / "%d.png")

    for number in (1, 2, 3):
        assert is_near(colour_of(tmp_path / f"{number}.png"), GREEN)
    eventually(lambda: server.viewers() == 0)


def test_ffmpeg_reads_what_browsers_get_too(server: PaintedServer, tmp_path: Path) -> None:
    server.paint(SOURCE, *BLUE)
    agent = ["-user_agent", "Mozilla/5.0"]
    run(*FFMPEG, *agent, "-f", "mpjpeg", "-i", server.address("/mjpeg/4711"), "-frames:v", 2, tmp_path / "%d.png")

    assert is_near(colour_of(tmp_path / "2.png"), BLUE)


@pytest.mark.parametrize(
    "path", ["/mjpeg/4711?fps=30", "/snapshot/4711.jpg", "/snapshot/4711.png", "/snapshot/4711.webp"]
)
def test_mpv_plays_it(server: PaintedServer, tmp_path: Path, path: str) -> None:
    server.paint(SOURCE, *RED)
    run(*MPV, f"--vo-image-outdir={tmp_path}", "--frames=1", server.address(path))

    assert is_near(colour_of(tmp_path / "00000001.png"), RED)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_curl_saves_a_picture_and_only_a_new_one_again(server: PaintedServer, tmp_path: Path, suffix: str) -> None:
    server.paint(SOURCE, *BLUE)
    saved, tag = tmp_path / f"picture.{suffix}", tmp_path / "tag"
    command = ["curl", "-sS", "--fail", "--etag-save", tag, "--etag-compare", tag, "-w", "%{http_code}", "-o", saved]
    address = server.address(f"/snapshot/4711.{suffix}")

    assert run(*command, address) == "200"
    assert is_near(colour_of(saved), BLUE)
    assert run(*command, address) == "304"
    server.paint(SOURCE, *GREEN)
    assert run(*command, address) == "200"
    assert is_near(colour_of(saved), GREEN)


def test_curl_saves_the_stream_and_it_ends_when_the_owner_says_so(server: PaintedServer, tmp_path: Path) -> None:
    saved = tmp_path / "stream.mjpeg"
    server.paint(SOURCE, *RED)
    with subprocess.Popen(["curl", "-sS", "-o", str(saved), server.address("/mjpeg/4711")]) as curl:
        for colour in (RED, GREEN, BLUE):
            server.paint(SOURCE, *colour)
            before = server.sent()
            eventually(lambda: server.sent() >= before + 2)  # noqa: B023  awaited at once
        server.disconnect()
        assert curl.wait(10) == 0
    run(*FFMPEG, "-f", "mpjpeg", "-i", saved, tmp_path / "%03d.png")
    colours = [colour_of(picture) for picture in sorted(tmp_path.glob("*.png"))]
    changes = [colours[0], *(now for last, now in pairwise(colours) if not is_near(now, last))]

    # What the window showed before may come first.
    assert len(changes) in (3, 4)
    assert all(is_near(now, wanted) for now, wanted in zip(changes[-3:], (RED, GREEN, BLUE), strict=True))
