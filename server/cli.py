"""The command line without a desktop: serve, windows, doctor.

Imports what takes long only once it is known that it is needed.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from resources.translate import _, language
from server import DEFAULT_PORT
from server.arguments import Parser, sentence, what
from server.folder_lock import folder_argument
from server.remote.words import window_list
from server.terminal import complain, prepare, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.bug_report import SettingsExcerpt
    from server.doctor import Check

FAILED, MISUSED = 1, 2
LAST_PORT = 65535


def main(
    argv: Sequence[str],
    extra_checks: Callable[[], list[Check]] | None = None,
    settings: Callable[[Path | None], SettingsExcerpt] | None = None,
    trial: Callable[[], tuple[str, bool]] | None = None,
) -> int:
    """Run one command and return the exit code.

    ``extra_checks`` adds to what ``doctor`` looks at, ``settings`` says what its report tells of those in a folder,
    ``trial`` tries out what this system can do and returns what to print, and whether all is well.
    """
    prepare()
    arguments = _parser().parse_args(argv)
    logging.basicConfig(
        level=logging.DEBUG if getattr(arguments, "verbose", False) else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    match arguments.command:
        case "serve":
            from server.serve import serve

            return serve(arguments)
        case "windows":
            return asyncio.run(_windows(arguments.json))
        case "doctor":
            if arguments.trial and trial is not None:
                words, is_well = trial()
                return say(words) or (0 if is_well else FAILED)
            from server.doctor import checks, report

            found = checks() + (extra_checks() if extra_checks is not None else [])
            if arguments.report:
                from server.bug_report import SettingsExcerpt, bug_report

                excerpt = SettingsExcerpt() if settings is None else settings(arguments.config_dir)
                return say(bug_report(found, excerpt, arguments.config_dir))
            return say(report(found)) or (0 if all(check.ok for check in found) else FAILED)
    return MISUSED


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="panecast", description=_("Show any window of this computer in any browser."))
    commands = parser.add_subparsers(dest="command", required=True, metavar="serve | windows | doctor")
    _add_serve(commands)
    words = _("list what can be shown")
    windows = commands.add_parser("windows", help=words, description=sentence(words))
    windows.add_argument("--json", action="store_true", help=_("as JSON"))
    windows.add_argument(
        "--config-dir", type=folder_argument, metavar="DIR", help=_("of a Panecast that runs: ask that one")
    )
    words = _("say what this system lacks, and what mends it")
    doctor = commands.add_parser("doctor", help=words, description=sentence(words))
    doctor.add_argument(
        "--report", action="store_true", help=_("print one text for a bug report, without secrets; nothing is sent")
    )
    doctor.add_argument(
        "--try",
        dest="trial",
        action="store_true",
        help=_(
            "open two windows for at most half a minute, see which ways to take pictures work here, and print a table"
        ),
    )
    doctor.add_argument(
        "--config-dir", type=folder_argument, metavar="DIR", help=_("whose settings and log the report is about")
    )
    return parser


def _add_serve(commands: argparse._SubParsersAction[Parser]) -> None:
    words = _("share without a tray icon, until it is told to end")
    serve = commands.add_parser("serve", help=words, description=sentence(words))
    shared = serve.add_argument_group(_("what to share, and where"))
    shared.add_argument("--share", nargs="+", action="extend", required=True, metavar="WHAT", help=what())
    shared.add_argument(
        "--host",
        default="127.0.0.1",
        help=_(
            "address of this computer to listen at besides loopback; others need the link that is printed then "
            "(default: this computer only)"
        ),
    )
    shared.add_argument("--port", type=_port, default=DEFAULT_PORT, help=_("0 takes any free one (default 8080)"))
    shared.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="NAME",
        help=_(
            "a further name by which this computer is reached, such as that of a proxy in front of it; "
            "the link that is printed then is needed there"
        ),
    )
    access = serve.add_argument_group(_("access"))
    access.add_argument(
        "--require-token", action="store_true", help=_("programs and browsers on this computer need the link as well")
    )
    access.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help=_("let pages of this origin in, such as http://localhost:3000"),
    )
    access.add_argument(
        "--https",
        action="store_true",
        help=_("encrypt, with a certificate made here (kept with --config-dir); its fingerprint is printed"),
    )
    access.add_argument(
        "--certificate", type=Path, metavar="FILE", help=_("encrypt with a certificate of your own (PEM); needs --key")
    )
    access.add_argument("--key", type=Path, metavar="FILE", help=_("the key of that certificate (PEM)"))
    pictures = serve.add_argument_group(_("pictures"))
    pictures.add_argument(
        "--fps", type=_number, help=_("pictures per second for viewers that ask for nothing, 0.1 to 60")
    )
    pictures.add_argument("--quality", type=_whole, help=_("10 to 100"))
    pictures.add_argument(
        "--format", help=_("auto, jpeg, png, webp or h264; programs of the JSON form get jpeg for auto and h264")
    )
    pictures.add_argument(
        "--no-blank-when-locked", action="store_true", help=_("go on showing pictures while this computer is locked")
    )
    kept = serve.add_argument_group(_("settings and messages"))
    kept.add_argument(
        "--config-dir",
        type=folder_argument,
        metavar="DIR",
        help=_("keep the link, the devices and an access log there; without, each run has a new link and no log"),
    )
    kept.add_argument("--print-url", action="store_true", help=_("print the address on one line once it answers"))
    kept.add_argument("--verbose", action="store_true", help=_("say more on standard error"))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("a number is needed, not “{text}”").format(text=text)) from None


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("a whole number is needed, not “{text}”").format(text=text)) from None


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > LAST_PORT:
        words = _("a port is a number from 0 to {last}, not “{text}”")
        raise argparse.ArgumentTypeError(words.format(last=LAST_PORT, text=text))
    return int(text)


async def _windows(as_json: bool) -> int:
    from capture.feed.catalog import Catalog
    from capture.platforms.demo import demo_source

    catalog = Catalog((demo_source(),))
    catalog.start()
    await catalog.ready()
    catalog.stop()
    failure = say(window_list(catalog.sources, as_json=as_json, language=language()))
    if failure:
        return failure
    if catalog.condition.reason:
        complain(catalog.condition.reason.words)
    return 0 if catalog.condition.state == "live" else FAILED
