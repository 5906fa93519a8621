"""``panecast share`` and the like: asks the copy that runs and prints its answer.

Imports hardly anything: the answer is to be there at once.
"""

from __future__ import annotations

import argparse
import sys

from resources.translate import N_, _, language
from server.arguments import Parser, sentence, what
from server.folder_lock import folder_argument
from server.remote.message import Answer, Request
from server.remote.requests import COMMANDS
from server.terminal import complain, say

NONE_RUNS_WORDS = N_("Panecast is not running. Start it with: panecast")
TYPED = tuple(name for name, command in COMMANDS.items() if command.sentence)
"""All that a person types."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of all of them."""
    whole = Parser(prog="panecast", description=_("Tell the Panecast that runs what to do."))
    commands = whole.add_subparsers(dest="command", required=True)
    for name in TYPED:
        command = COMMANDS[name]
        one = commands.add_parser(name, help=_(command.sentence), description=sentence(_(command.sentence)))
        if name in ("share", "unshare"):
            one.add_argument("what", nargs="+", metavar="WHAT", help=what())
        if name in ("status", "windows"):
            one.add_argument("--json", action="store_true", help=_("as JSON"))
        if name == "link":
            one.add_argument("name", nargs="?", default="", metavar="NAME", help=_("a link that was made in the panel"))
            one.add_argument("--qr", action="store_true", help=_("print its QR code, too"))
        if name == "config":
            one.add_argument("action", choices=("get", "set", "list"), metavar="ACTION", help=_("get, set or list"))
            one.add_argument("key", nargs="?", default="", metavar="KEY", help=_("a setting; list names all of them"))
            one.add_argument("values", nargs="*", metavar="VALUE", help=_("what it becomes; a list takes several"))
        if command.starts:
            one.add_argument(
                "--minimized", action="store_true", help=_("if Panecast has to be started: without its panel")
            )
        one.add_argument(
            "--config-dir",
            type=folder_argument,
            metavar="DIR",
            help=_("the settings folder of the one that is meant"),
        )
    return whole


def request_of(options: argparse.Namespace) -> Request:
    """Return the request that a command line makes."""
    named = {"what": list, "json": bool, "name": str, "action": str, "key": str, "values": list}
    given = vars(options)
    return Request(options.command, {key: kind(given[key]) for key, kind in named.items() if key in given}, language())


def tell(answer: Answer, *, qr: bool = False) -> int:
    """Write an answer, with ``qr`` as a code to scan above it; return the exit code."""
    if answer.problem:
        complain(answer.problem)
    text = answer.text
    if qr and text:
        text = f"{qr_code(text)}\n{text}"
    return (say(text) if text else 0) or answer.code


def qr_code(text: str) -> str:
    """Return a code for a terminal: with half blocks where it can show them, else with its colours."""
    import io

    import segno

    out = io.StringIO()
    encoding = (sys.stdout.encoding if sys.stdout is not None else "") or "ascii"
    try:
        "▀▄█".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        segno.make(text, micro=False).terminal(out, border=2)
    else:
        segno.make(text, micro=False).terminal(out, border=2, compact=True)
    return out.getvalue().rstrip("\n")
