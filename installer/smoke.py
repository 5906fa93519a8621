"""Tries a packaged program as its users would, before it is called built:

    python -m installer.smoke [--root FOLDER] [--video] [--like COMMAND] -- COMMAND…

``COMMAND`` starts the program, on this machine or, with ``--root``, inside another root directory that it then sees
instead. Needs the environment for tests (`sh installer/test.sh --only setup`).
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from server import __version__
from server.protocol import wire
from tests.browser.browsers import chromium, new_page
from tests.helpers.mjpeg_reader import watching_mjpeg
from tests.helpers.reference_viewer import H264, Viewer, parse
from tests.helpers.x11.desktop import XServer

PICTURES = 30
TITLE = "A foreign window"
ALLOWED = (re.compile(r"^panecast: The certificate's fingerprint is [0-9A-F:]+$"),)
"""Lines that may stand on standard error."""

DRAWN = """() => {
    const canvas = document.getElementById("picture");
    const middle = canvas.getContext("2d")?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data;
    return middle?.[3] === 255;
}"""
"""Whether the page shows a picture."""
SOCKETS = "/tmp/.X11-unix"  # noqa: S108  where X servers have their sockets
END_SECONDS = 2.0
REST_SECONDS = 60.0
"""For the panel to look as it will; 20 were too few once, while others had the processors."""


class Failed(AssertionError):
    """The program does not do what it is for; the text says what was seen."""


@dataclass(slots=True)
class Program:
    """The program that is tried, and the places that it has: a home and a temporary folder of its own.

    Attributes:
        command: the words that start it.
        root: the root directory that it sees, None for this machine's.
        display: the X display.
        home: its home, as this machine sees it.
        stderr: what it has said, of all runs.
    """

    command: tuple[str, ...]
    root: Path | None
    display: str
    home: Path
    stderr: list[str] = field(default_factory=list)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start it. Its process is that of the program itself, so that signals reach it."""
        inside = f"/{self.home.relative_to(self.root)}" if self.root else str(self.home)
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": inside,
            "XDG_RUNTIME_DIR": f"{inside}/run",
            "TMPDIR": f"{inside}/tmp",  # noqa: S108  a folder of this run
            "LANG": "C.UTF-8",
            "DISPLAY": self.display,
        }
        words = (*self.command, *arguments)
        if self.root is not None:
            steps = (
                'mount -t proc proc "$0/proc"',
                'mount --rbind /dev "$0/dev"',
                f'mkdir -p "$0{SOCKETS}"',
                f'mount --bind {SOCKETS} "$0{SOCKETS}"',
                'exec /usr/sbin/chroot "$0" "$@"',
            )
            words = ("unshare", "--mount", "sh", "-ec", "\n".join(steps), str(self.root), *words)
        return subprocess.Popen(
            words,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, *arguments: str, seconds: float = 30) -> tuple[int, str]:
        """Return the exit code and the output of a run that ends by itself."""
        process = self.start(*arguments)
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Failed(f"“{' '.join(arguments)}” did not end within {seconds:g} s") from None
        self.stderr += errors.splitlines()
        return process.returncode, output

    @contextmanager
    def serving(self, *arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
        """Have it run with ``--print-url`` while the block lasts; yield the address, and the process."""
        process = self.start(*arguments, "--print-url")
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            if not url:
                raise Failed(f"it ended instead of serving: {process.communicate(timeout=10)[1]}")
            yield url.rstrip("/"), process
        finally:
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            try:
                _, errors = process.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise Failed("it does not end when it is told to") from None
            self.stderr += errors.splitlines()
        if process.returncode != 0:
            raise Failed(f"it ended with {process.returncode}: {errors}")
        if time.monotonic() - began > END_SECONDS:
            raise Failed(f"it took {time.monotonic() - began:.1f} s to end")


def check_version(program: Program) -> str:
    """See that it tells the version of this source."""
    code, output = program.run("--version")
    if (code, output) != (0, f"panecast {__version__}\n"):
        raise Failed(f"--version ended with {code} and said {output!r}")
    return output.strip()


def check_doctor(program: Program) -> str:
    """See that it lacks nothing."""
    code, output = program.run("doctor")
    if code != 0 or "Everything is there." not in output:
        raise Failed(output)
    return "nothing to mend"


def check_list(program: Program) -> str:
    """See that it lists a window of another program, the desktop and a monitor; return the window's id."""
    code, output = program.run("windows", "--json")
    listed = {row["title"]: row for row in json.loads(output)["windows"]} if code == 0 else {}
    kinds = {row["kind"] for row in listed.values()}
    if TITLE not in listed or not {"desktop", "monitor", "window"} <= kinds:
        raise Failed(f"windows ended with {code} and listed {output}")
    return str(listed[TITLE]["handle"])


def check_streams(program: Program, video: bool) -> str:
    """See that pictures of the window come in every form that the wire has."""
    window = check_list(program)
    with program.serving("serve", "--share", "all", "--port", "0", "--fps", "30") as (url, _):
        seen = asyncio.run(_watch(url, window, video))
        seen += _look(url, window, video)
    return ", ".join(seen)


async def _watch(url: str, window: str, video: bool) -> list[str]:
    port = int(url.rpartition(":")[2])
    async with asyncio.timeout(60), aiohttp.ClientSession() as client:
        async with client.get(f"{url}/snapshot/{window}.jpg") as answer:
            size = Image.open(io.BytesIO(await answer.read())).size
        async with client.ws_connect(f"{url}/stream/{window}?fps=30") as socket:
            frames = 0
            while frames < PICTURES:
                frames += json.loads((await socket.receive()).data)["type"] == "frame"
        for wanted in ("auto", *(["h264"] if video else [])):
            await _watch_binary(client, f"{url}/stream/{window}?fps=30&format={wanted}", size, wanted)
        async with watching_mjpeg(port, f"/mjpeg/{window}?fps=30") as reader:
            for _ in range(PICTURES):
                if (await reader.picture()).size != size:
                    raise Failed("a picture of Motion JPEG has another size than the snapshot")
    return ["snapshot", "JSON", "binary", *(["H.264"] if video else []), "Motion JPEG"]


async def _watch_binary(client: aiohttp.ClientSession, address: str, size: tuple[int, int], wanted: str) -> None:
    viewer, forms = Viewer(), set[int]()
    async with client.ws_connect(address, protocols=[wire.PROTOCOL], max_msg_size=0) as socket:
        while viewer.pictures < PICTURES:
            message = await socket.receive()
            if message.type is aiohttp.WSMsgType.BINARY:
                if message.data[0] == wire.PICTURE:
                    forms |= {part.form for part in parse(message.data).parts}
                answer = viewer.receive(message.data)
                if answer is not None:
                    await socket.send_bytes(answer)
            elif message.type is not aiohttp.WSMsgType.TEXT:
                raise Failed(f"the binary form ended: {message}")
            elif "no_video" in message.data:
                raise Failed(f"there is no video: {message.data}")
    if wanted == "h264" and forms != {H264}:
        raise Failed(f"instead of video there came the forms {forms}")
    if viewer.pixels is None or viewer.pixels.shape[1::-1] != size:
        raise Failed("the binary form has another size than the snapshot")


def _look(url: str, window: str, video: bool) -> list[str]:
    """See that a real browser shows the pages in both languages, and pictures in them."""
    seen = []
    problems: list[object] = []

    def note(problem: object) -> None:
        problems.append(problem)

    with sync_playwright() as driver, chromium(driver) as browser:
        for locale, words in (("en-US", "Full screen"), ("de-DE", "Vollbild")):
            page = new_page(browser, locale)
            page.on("pageerror", note)
            page.goto(f"{url}/watch/{window}?format={'h264' if video else 'auto'}")
            page.wait_for_function(DRAWN)
            page.wait_for_function("words => document.documentElement.innerHTML.includes(words)", arg=words)
            if problems:
                raise Failed(f"the page has faults: {problems}")
            page.close()
            seen.append(f"page {locale[:2]}")
    return seen


def check_https(program: Program) -> str:
    """See that it serves encrypted, with a certificate that it made."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE

    async def fetch(url: str) -> int:
        async with aiohttp.ClientSession() as client, client.get(f"{url}/api/health", ssl=trusting) as answer:
            return answer.status

    with program.serving("serve", "--share", "demo", "--port", "0", "--https") as (url, _):
        if not url.startswith("https://") or asyncio.run(fetch(url)) != 200:
            raise Failed(f"{url} does not answer")
    return "answers"


def check_demo(program: Program) -> str:
    """See that --demo opens its window and shares it."""

    async def shared(url: str) -> list[Any]:
        async with asyncio.timeout(20), aiohttp.ClientSession() as client:
            while True:
                async with client.get(f"{url}/api/windows") as answer:
                    if listed := (await answer.json())["windows"]:
                        return list(listed)
                await asyncio.sleep(0.1)

    with program.serving("--demo") as (url, _):
        (row,) = asyncio.run(shared(url))
        if row["title"] != "Panecast demo":
            raise Failed(f"the demo shares {row}")
    return "shares its window"


def check_panel(program: Program, like: tuple[str, ...] | None, screen: Callable[[], Image.Image]) -> str:
    """See that the panel opens, that it looks as that of ``like`` does, and that a second start calls it."""
    with program.serving("--share", f"title:{TITLE}"):
        picture = _settled(screen)
        code, output = program.run()
        if code != 0:
            raise Failed(f"a second start ended with {code}: {output}")
    if like is None:
        return "opens; a second start calls it"
    twin = Program(like, None, program.display, program.home)
    with twin.serving("--share", f"title:{TITLE}"):
        other = _settled(screen)
    difference = float(np.abs(np.asarray(picture, np.int16) - np.asarray(other, np.int16)).mean())
    if difference > 1.0:
        folder = Path(tempfile.mkdtemp(prefix="panecast-smoke-"))
        picture.save(folder / "packaged.png")
        other.save(folder / "source.png")
        raise Failed(f"the panel looks other than from source (by {difference:.1f} of 255; see {folder})")
    return f"opens, looks like that of the source (differs by {difference:.2f} of 255), a second start calls it"


def _settled(screen: Callable[[], Image.Image]) -> Image.Image:
    """Return a picture of the screen once there is a panel on it whose picture stays nearly as it is."""
    deadline = time.monotonic() + REST_SECONDS
    before = screen()
    empty = float(np.asarray(before).std())
    while time.monotonic() < deadline:
        time.sleep(0.5)
        now = screen()
        change = float(np.abs(np.asarray(now, np.int16) - np.asarray(before, np.int16)).mean())
        if change < 0.2 and float(np.asarray(now).std()) > max(empty, 40):
            return now
        before = now
    folder = Path(tempfile.mkdtemp(prefix="panecast-smoke-"))
    before.save(folder / "last.png")
    raise Failed(f"the panel does not come to rest on the screen (see {folder})")


def check_places(program: Program) -> str:
    """See that it has left files in its own places only, and has said nothing on standard error but what it may say."""
    own = (
        program.home / ".config" / "panecast",
        program.home / ".cache" / "panecast",
        program.home / ".local/state/panecast",
    )
    strange = [
        str(path.relative_to(program.home))
        for path in program.home.rglob("*")
        if not path.is_dir() and not any(folder in path.parents for folder in own)
    ]
    if strange:
        raise Failed(f"it left files in other places than its own: {strange}")
    said = [line for line in program.stderr if not any(allowed.search(line) for allowed in ALLOWED)]
    if said:
        raise Failed("it said on standard error:\n" + "\n".join(said))
    return "only its own; nothing said"


def main() -> int:
    """Try the program that the command line names; 0 if all is well."""
    parser = argparse.ArgumentParser(prog="installer/smoke.py", description="Try a packaged program.")
    parser.add_argument("--root", type=Path, help="the root directory that it is to see")
    parser.add_argument("--video", action="store_true", help="it has to send video")
    parser.add_argument("--like", help="a program that its panel has to look like, such as that of the source")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="panecast-smoke-", dir=arguments.root and arguments.root / "tmp") as folder:
        home = Path(folder)
        (home / "run").mkdir(mode=0o700)
        (home / "tmp").mkdir()
        return try_out(tuple(arguments.command), arguments.root, home, arguments.video, arguments.like)


def try_out(command: tuple[str, ...], root: Path | None, home: Path, video: bool, like: str | None) -> int:
    """Run every check on a display of its own; return 0 if all is well."""
    # The display's socket has to be a file: the program may see another root directory.
    server = XServer(size="1280x900")
    program = Program(command, root, server.name, home)
    counting = "i=0; while :; do i=$((i+1)); echo $i $i $i; sleep 0.02; done"
    busy = ["xterm", "-T", TITLE, "-geometry", "60x20+700+500", "-e", "sh", "-c", counting]
    still = [*busy[:-1], "sleep 3600"]
    screenshot = shutil.which("import")
    if screenshot is None:
        raise SystemExit("ImageMagick is missing.")

    def screen() -> Image.Image:
        told = subprocess.run(
            [screenshot, "-window", "root", "png:-"], env=server.environment, check=True, capture_output=True
        )
        return Image.open(io.BytesIO(told.stdout)).convert("RGB")

    checks: tuple[tuple[str, list[str], Callable[[], str]], ...] = (
        ("version", busy, lambda: check_version(program)),
        ("doctor", busy, lambda: check_doctor(program)),
        ("list", busy, lambda: f"window {check_list(program)}, desktop, monitor"),
        ("pictures", busy, lambda: check_streams(program, video)),
        ("https", busy, lambda: check_https(program)),
        ("demo", busy, lambda: check_demo(program)),
        ("panel", still, lambda: check_panel(program, tuple(like.split()) if like else None, screen)),
        ("places", still, lambda: check_places(program)),
    )
    failed = False
    running: list[str] = []
    window: subprocess.Popen[bytes] | None = None
    try:
        for name, wanted, check in checks:
            if wanted is not running:
                if window is not None:
                    window.kill()
                    window.wait()
                running = wanted
                window = subprocess.Popen(
                    wanted, env=server.environment | {"HOME": str(home.parent)}, stderr=subprocess.DEVNULL
                )
                _wait_for_window(server)
            began = time.monotonic()
            try:
                told = check()
            except (
                AssertionError,
                OSError,
                TimeoutError,
                ValueError,
                subprocess.SubprocessError,
                aiohttp.ClientError,
            ) as error:
                failed, told = True, f"FAILED: {error}"
            print(f"{name:10}{told}  ({time.monotonic() - began:.1f} s)", flush=True)
    finally:
        if window is not None:
            window.kill()
            window.wait()
        server.close()
    return 1 if failed else 0


def _wait_for_window(server: XServer) -> None:
    deadline = time.monotonic() + 10
    while TITLE not in server.run("xprop", "-root", "_NET_CLIENT_LIST") and time.monotonic() < deadline:
        if "_NET_CLIENT_LIST(WINDOW): window id # 0x" in server.run("xprop", "-root", "_NET_CLIENT_LIST"):
            return
        time.sleep(0.05)


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "xcb")
    sys.exit(main())
