"""``panecast share`` and the like: asks the copy that runs and prints its answer.

Imports hardly anything: the answer is to be there at once.
"""

from __future__ import annotations

import argparse
import sys

from server.folder_lock import folder_argument
from server.remote.message import Answer, Request
from server.remote.requests import COMMANDS
from server.terminal import complain, say

WHAT = (
    "all, desktop, demo, monitor-1, monitor:OUTPUT, a window's handle (see: panecast windows), title:TEXT; "
    "several may be named"
)
NONE_RUNS_WORDS = "Panecast is not running. Start it with: panecast"
TYPED = tuple(name for name, command in COMMANDS.items() if command.sentence)
"""All that a person types."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of all of them."""
    whole = argparse.ArgumentParser(prog="panecast", description="Tell the Panecast that runs what to do.")
    commands = whole.add_subparsers(dest="command", required=True)
    for name in TYPED:
        command = COMMANDS[name]
        one = commands.add_parser(name, help=command.sentence, description=_description(name))
        if name in ("share", "unshare"):
            one.add_argument("what", nargs="+", metavar="WHAT", help=WHAT)
        if name in ("status", "windows"):
            one.add_argument("--json", action="store_true", help="as JSON")
        if name == "link":
            one.add_argument("name", nargs="?", default="", metavar="NAME", help="a link that was made in the panel")
            one.add_argument("--qr", action="store_true", help="print its QR code, too")
        if name == "config":
            one.add_argument("action", choices=("get", "set", "list"), metavar="ACTION", help="get, set or list")
            one.add_argument("key", nargs="?", default="", metavar="KEY", help="a setting; list names all of them")
            one.add_argument("values", nargs="*", metavar="VALUE", help="what it becomes; a list takes several")
        if command.starts:
            one.add_argument(
                "--minimized", action="store_true", help="if Panecast has to be started: without its panel"
            )
        one.add_argument(
            "--config-dir",
            type=folder_argument,
            metavar="DIR",
            help="the settings folder of the one that is meant",
        )
    return whole


def request_of(options: argparse.Namespace) -> Request:
    """Return the request that a command line makes."""
    named = {"what": list, "json": bool, "name": str, "action": str, "key": str, "values": list}
    given = vars(options)
    return Request(options.command, {key: kind(given[key]) for key, kind in named.items() if key in given})


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


def _description(name: str) -> str:
    sentence = COMMANDS[name].sentence
    return f"{sentence[0].upper()}{sentence[1:]}."
