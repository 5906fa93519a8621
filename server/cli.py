"""The command line without a desktop: serve, windows, doctor. Imports no Qt."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import json
import logging
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from capture.feed.blank_on_lock import BlankOnLock
from capture.feed.catalog import Catalog
from capture.platforms.demo import demo_source
from capture.source import Source
from server import __version__
from server.access.control import AccessControl
from server.access.links import Link
from server.access.origins import parse_name, parse_origin
from server.doctor import Check, checks, report
from server.ending import end_within
from server.errors import ServerError
from server.folder_lock import WAIT_SECONDS, FolderLock, folder_argument, lock_folder
from server.host import Host
from server.net.certificates import CertificateError
from server.net.encryption import Encryption, prepared
from server.protocol.options import BINARY_FORMATS, InvalidOption, StreamOptions
from server.server import DEFAULT_PORT
from server.sharing import ShareRule, described, parse_rule
from server.terminal import complain, prepare, say

FAILED, MISUSED = 1, 2
LINK_NAME = "panecast serve"
"""By which the link of the command line is found again, and which program has a folder."""
PAGE_FPS = 30
"""The page begins with it; programs of the JSON form, which get whole pictures, begin with the protocol's 10."""


def main(argv: Sequence[str], extra_checks: Callable[[], list[Check]] | None = None) -> int:
    """Run one command and return the exit code; ``extra_checks`` adds to what ``doctor`` looks at."""
    prepare()
    arguments = _parser().parse_args(argv)
    logging.basicConfig(
        level=logging.DEBUG if getattr(arguments, "verbose", False) else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    match arguments.command:
        case "serve":
            return _serve(arguments)
        case "windows":
            return asyncio.run(_windows(arguments.json))
        case "doctor":
            found = checks() + (extra_checks() if extra_checks is not None else [])
            return say(report(found)) or (0 if all(check.ok for check in found) else FAILED)
    return MISUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="panecast", description="Show any window of this computer in any browser.")
    parser.add_argument("--version", action="version", version=f"panecast {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="serve | windows | doctor")
    serve = commands.add_parser("serve", help="serve without a tray icon")
    serve.add_argument(
        "--share",
        nargs="+",
        action="extend",
        required=True,
        metavar="WHAT",
        help="all, desktop, demo, monitor-1, monitor:OUTPUT, a window's handle, title:TEXT; several may be named",
    )
    serve.add_argument(
        "--host",
        default="127.0.0.1",
        help="address of this computer to listen at besides loopback; others need the link that is printed then "
        "(default: this computer only)",
    )
    serve.add_argument(
        "--require-token", action="store_true", help="programs and browsers on this computer need the link as well"
    )
    serve.add_argument(
        "--config-dir",
        type=folder_argument,
        metavar="DIR",
        help="keep the link, the devices and an access log there; without, each run has a new link and no log",
    )
    serve.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 takes any free one (default 8080)")
    serve.add_argument("--fps", type=float, help="pictures per second for viewers that ask for nothing, 0.1 to 60")
    serve.add_argument("--quality", type=int, help="10 to 100")
    serve.add_argument(
        "--format", help="auto, jpeg, png, webp or h264; programs of the JSON form get jpeg for auto and h264"
    )
    serve.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="let pages of this origin in, such as http://localhost:3000",
    )
    serve.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="NAME",
        help="a further name by which this computer is reached, such as that of a proxy in front of it; "
        "the link that is printed then is needed there",
    )
    serve.add_argument(
        "--https",
        action="store_true",
        help="encrypt, with a certificate made here (kept with --config-dir); its fingerprint is printed",
    )
    serve.add_argument(
        "--certificate", type=Path, metavar="FILE", help="encrypt with a certificate of your own (PEM); needs --key"
    )
    serve.add_argument("--key", type=Path, metavar="FILE", help="the key of that certificate (PEM)")
    serve.add_argument("--print-url", action="store_true", help="print the address on one line once it answers")
    serve.add_argument(
        "--no-blank-when-locked", action="store_true", help="go on showing pictures while this computer is locked"
    )
    serve.add_argument("--verbose", action="store_true", help="say more on standard error")
    windows = commands.add_parser("windows", help="list what can be shown")
    windows.add_argument("--json", action="store_true", help="as JSON")
    commands.add_parser("doctor", help="say what this system lacks, and what mends it")
    return parser


def _serve(arguments: argparse.Namespace) -> int:
    try:
        rules = tuple(parse_rule(text) for text in arguments.share)
        wishes = {
            name: value for name in ("fps", "quality", "format") if (value := getattr(arguments, name)) is not None
        }
        options = StreamOptions(format="auto").patched(wishes, BINARY_FORMATS)
        origins = frozenset(map(parse_origin, arguments.allow_origin))
        names = frozenset(map(parse_name, arguments.name))
        with _lock(arguments.config_dir):
            asyncio.run(_serve_until_told(arguments, rules, options, origins, names))
    except InvalidOption as error:
        return _complain(f"--{error.field}: {error.message}", MISUSED)
    except ValueError as error:
        return _complain(str(error), MISUSED)
    except ServerError as error:
        return _complain(error.message, FAILED)
    except (asyncio.CancelledError, KeyboardInterrupt):  # the latter by Ctrl-C on Windows
        return 0  # it was told to end
    return 0


@contextlib.contextmanager
def _lock(folder: Path | None) -> Iterator[None]:
    """Keep ``folder``, where there is one, for this program. Raises `FolderTaken`."""
    lock = FolderLock(()) if folder is None else lock_folder(folder, LINK_NAME, WAIT_SECONDS)
    if lock.problem:
        complain(lock.problem)
    try:
        yield
    finally:
        lock.release()


def _end_when_told() -> None:
    """Have SIGINT and SIGTERM cancel the running task, wherever it is: the start may wait for something too."""
    task = asyncio.current_task()
    assert task is not None

    def end() -> None:
        # Once: a second signal must not break off the end.
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, lambda: None)
        end_within()
        task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # not on Windows, where Ctrl-C ends the loop itself
            loop.add_signal_handler(number, end)


async def _serve_until_told(
    arguments: argparse.Namespace,
    rules: tuple[ShareRule, ...],
    options: StreamOptions,
    origins: frozenset[str],
    names: frozenset[str],
) -> None:
    _end_when_told()
    needs_windows = any(rule.kind != "demo" for rule in rules)
    host = Host(
        rules,
        options,
        windows=needs_windows,
        folder=arguments.config_dir,
        say=complain,
        host_needs_token=arguments.require_token,
        page_fps=PAGE_FPS if arguments.fps is None else None,
        allow_origins=origins,
        names=names,
    )
    for problem in host.problems:
        complain(problem)
    lock = BlankOnLock(host.hub, "nothing" if arguments.no_blank_when_locked else "blank")
    catalog, server, shares = host.catalog, host.server, host.shares
    catalog.start()
    lock.start()
    try:
        encryption = await _encryption(arguments)
        await server.start(arguments.host, arguments.port, None if encryption is None else encryption.context)
        if encryption is not None:
            if encryption.certificate.problem:
                complain(encryption.certificate.problem)
            complain(f"the certificate's fingerprint is {encryption.certificate.fingerprint}")
        # From here on health says "ok", and what is shared is there.
        await catalog.ready()
        # All that was loaded stays; a full collection of garbage would walk it again and again and hold the loop.
        gc.freeze()
        if needs_windows and catalog.condition.reason:
            complain(catalog.condition.reason)
        # Where there is no list at all, that has been said.
        if not shares.shared and not (needs_windows and catalog.condition.state == "waiting"):
            complain("nothing matches what is to be shared yet; it is waited for.")
        needs_link = server.is_open or arguments.require_token or names
        url = server.url_of(_link(host.access)) if needs_link else server.url
        if arguments.print_url:
            say(url)
        else:
            say(f"Panecast shows {_sources(len(shares.shared))} at {url} (Ctrl-C ends it)")
        await asyncio.Event().wait()
    finally:
        host.settle()
        await lock.stop()
        await host.close()


async def _encryption(arguments: argparse.Namespace) -> Encryption | None:
    """Return what HTTPS is spoken with, None where it is not asked for. Raises `CertificateError`."""
    chain, key = arguments.certificate, arguments.key
    if chain is None and key is None and not arguments.https:
        return None
    if (chain is None) != (key is None):
        raise CertificateError("HTTPS with files of your own needs both: --certificate FILE --key FILE")
    if chain is not None:
        return await prepared(Path(), chain, key)
    if arguments.config_dir is not None:
        try:
            return await prepared(arguments.config_dir)
        except CertificateError as error:
            complain(f"{error.message} This run has a certificate of its own.")
    with tempfile.TemporaryDirectory(prefix="panecast-") as folder:
        return await prepared(Path(folder))


def _link(access: AccessControl) -> Link:
    """Return the link that is printed: the one that was kept, or a new one, for all that is shared."""
    for link in access.links.all.values():
        if link.name == LINK_NAME and access.links.is_good(link.id):
            return link
    return access.links.make(LINK_NAME, (ShareRule("all"),))


async def _windows(as_json: bool) -> int:
    catalog = Catalog((demo_source(),))
    catalog.start()
    await catalog.ready()
    catalog.stop()
    if as_json:
        listed = [described(source) for source in catalog.sources]
        text = json.dumps({"windows": listed, "count": len(listed)}, ensure_ascii=False, indent=2)
    else:
        text = "\n".join(map(_row, catalog.sources))
    failure = say(text)
    if failure:
        return failure
    if catalog.condition.reason:
        complain(catalog.condition.reason)
    return 0 if catalog.condition.state == "live" else FAILED


def _sources(count: int) -> str:
    return "1 source" if count == 1 else f"{count} sources"


def _row(source: Source) -> str:
    size = f"{source.width}×{source.height}"
    owner = source.app or source.output
    return f"{source.id:>12}  {source.kind:8} {size:>11}  {source.state:10} {owner:16} {source.title}"


def _complain(words: str, code: int) -> int:
    complain(words)
    return code
