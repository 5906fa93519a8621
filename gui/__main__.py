"""``panecast``: the tray app; with a command (serve, windows, doctor) a program without any window; with another one
(share, stop, status …) a word to the copy that runs.

Imports no Qt, and hardly anything else, before it is known which of these is wanted.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gui import current_folder
from server import __version__
from server.errors import ServerError
from server.folder_lock import FolderLock, folder_argument, settings_folder
from server.remote.claim import ask_first, claim
from server.remote.command_line import NONE_RUNS_WORDS, TYPED, WHAT, parser, request_of, tell
from server.remote.message import FAILED, MISUSED, NO_PANEL, NONE_RUNS, Answer, Request
from server.remote.requests import COMMANDS
from server.sharing import ShareRule, parse_rule
from server.terminal import complain, prepare, say

if TYPE_CHECKING:
    from pathlib import Path

HEADLESS = ("serve", "doctor")
EXAMPLES = """
examples:
  panecast --share desktop          start, and share the desktop at once
  panecast share title:"build log"  share a window, also while Panecast runs
  panecast link --qr                the link as a code to scan
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run Panecast and return the exit code."""
    prepare()
    current_folder.keep_out()
    arguments = list(sys.argv[1:] if argv is None else argv)
    command = arguments[0] if arguments else ""
    if command == "demo-window":  # how a frozen program starts it: gui/desktop/demo.py
        from gui.desktop.demo_window import main as demo_window
        from gui.plugins import use_own_plugins

        use_own_plugins()
        return demo_window()
    if command in HEADLESS:
        return _headless(arguments)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # While Qt is loaded, Python's own way to interrupt is lost in it, or has it abort. Until the app has its own,
        # there is nothing to be tidied up.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if command in TYPED:
        return _ask(arguments)
    if command and not command.startswith("-"):
        return _mistyped(command)
    options = _parser().parse_args(arguments)
    if options.version:
        return say(f"panecast {__version__}")
    return _start(options)


def _headless(arguments: list[str]) -> int:
    from server.cli import main as headless

    if arguments[0] == "doctor":
        from gui.core.settings_excerpt import settings_excerpt
        from gui.doctor import checks

        return headless(arguments, extra_checks=checks, settings=settings_excerpt)
    return headless(arguments)


def _ask(arguments: list[str]) -> int:
    """Ask the copy that runs; where none does, start one, or say so."""
    options = parser().parse_args(arguments)
    rules = _rules(getattr(options, "what", ()))
    if rules is None:
        return MISUSED
    request, folder = request_of(options), settings_folder(options.config_dir)
    try:
        if COMMANDS[request.name].starts:
            found = claim(folder, request)
            if isinstance(found, FolderLock):
                return _run(found, rules, config_dir=options.config_dir, minimized=options.minimized, begin=True)
            return tell(found)
        answer = ask_first(folder, request)
    except ServerError as reason:
        complain(reason.message)
        return FAILED
    if answer is not None:
        return tell(answer, qr=getattr(options, "qr", False))
    if request.name == "windows":
        return _headless(arguments)
    if request.name == "config":
        return _config(request, folder)
    complain(NONE_RUNS_WORDS)
    return NONE_RUNS


def _config(request: Request, folder: Path) -> int:
    """Read or change the settings where no copy runs."""
    from gui.config import config

    try:
        return tell(config(request, folder))
    except ServerError as reason:
        complain(reason.message)
        return FAILED


def _start(options: argparse.Namespace) -> int:
    """Start the app; where a copy runs already, have that one do what was asked for."""
    rules = _rules(options.share)
    if rules is None:
        return MISUSED
    if options.safe_mode and (rules or options.demo):
        complain("--safe-mode shares nothing. Leave out --share and --demo, or share in the panel once it is open.")
        return MISUSED
    wishes = ("share", "demo", "port", "print_url", "minimized", "verbose", "safe_mode")
    try:
        found = claim(
            settings_folder(options.config_dir), Request("open", {key: getattr(options, key) for key in wishes})
        )
    except ServerError as reason:
        complain(reason.message)
        _show_failure(options, reason.message)
        return FAILED
    if isinstance(found, Answer):
        code = tell(found)
        if code == NO_PANEL:
            _show_failure(options, found.problem)
        return code
    return _run(
        found,
        rules,
        config_dir=options.config_dir,
        demo=options.demo,
        port=options.port,
        print_url=options.print_url,
        minimized=options.minimized,
        verbose=options.verbose,
        wait_tray=options.wait_tray,
        safe_mode=options.safe_mode,
    )


def _show_failure(options: argparse.Namespace, words: str) -> None:
    """Say in a window why it did not start, where it was started from a menu: nobody reads a terminal then."""
    # With an address to print, a program has started it.
    if not options.print_url and (sys.stderr is None or not sys.stderr.isatty()) and not _lacks_display():
        os.environ["QT_API"] = "pyside6"
        from gui.start import show_failure

        show_failure(words)


def _run(
    lock: FolderLock,
    rules: tuple[ShareRule, ...],
    *,
    config_dir: Path | None,
    demo: bool = False,
    port: int | None = None,
    print_url: bool = False,
    minimized: bool = False,
    verbose: bool = False,
    begin: bool = False,
    wait_tray: bool = False,
    safe_mode: bool = False,
) -> int:
    """Run the app as the one copy; return the exit code."""
    lacking = _lacks_display()
    if lacking:
        complain(lacking)
        return FAILED
    # qasync takes the first Qt binding it finds unless it is told.
    os.environ["QT_API"] = "pyside6"
    from gui.app import StartOptions
    from gui.start import run

    start = StartOptions(rules, demo, port, print_url, config_dir, minimized, verbose, begin, wait_tray, safe_mode)
    return run(start, lock)


def _rules(texts: Sequence[str]) -> tuple[ShareRule, ...] | None:
    """Return what is to be shared; None, and a sentence on standard error, where it cannot be meant."""
    try:
        return tuple(map(parse_rule, texts))
    except ValueError as error:
        complain(str(error))
        return None


def _mistyped(command: str) -> int:
    from difflib import get_close_matches

    near = get_close_matches(command, (*HEADLESS, *TYPED), 1)
    meant = f" Did you mean: panecast {near[0]}?" if near else ""
    complain(f"There is no command “{command}”.{meant} All of them: panecast --help")
    return MISUSED


def _parser() -> argparse.ArgumentParser:
    told = "\n".join(f"  {name:10} {COMMANDS[name].sentence}" for name in TYPED)
    parser = argparse.ArgumentParser(
        prog="panecast",
        description="Show any window of this computer in any browser, from a tray icon.",
        usage="panecast [options]\n       panecast COMMAND [--help]",
        epilog=f"commands for the Panecast that runs:\n{told}\n\ncommands without a desktop:\n"
        f"  {'serve':10} share without a tray icon\n  {'doctor':10} say what this system lacks\n{EXAMPLES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    parser.add_argument("--demo", action="store_true", help="open a lively window and share it at once")
    parser.add_argument(
        "--share", nargs="+", action="extend", default=[], metavar="WHAT", help=f"share at once: {WHAT}"
    )
    parser.add_argument("--port", type=_port, help="where to listen (default: where it did last, 8080 at first)")
    parser.add_argument(
        "--print-url", action="store_true", help="print the address, with the link where one is needed, on one line"
    )
    parser.add_argument("--config-dir", type=folder_argument, metavar="DIR", help="where the settings are kept")
    parser.add_argument("--minimized", action="store_true", help="do not open the panel")
    parser.add_argument(
        "--wait-tray", action="store_true", help="with --minimized: wait a minute for a tray before showing the panel"
    )
    parser.add_argument(
        "--safe-mode",
        action="store_true",
        help="share nothing, use default options and no hot key, and leave the settings as they are",
    )
    parser.add_argument("--verbose", action="store_true", help="say more on standard error")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text!r}")
    return int(text)


def _lacks_display() -> str:
    """Return why no window can be opened, empty if one can; Qt itself would abort the process."""
    from capture.platforms.choose import platform as offered
    from capture.platforms.system import family, system

    if family() != "linux":
        return ""
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]
    if platform in ("offscreen", "minimal", "vnc", "linuxfb", "eglfs"):
        return ""
    advice = "Start it from a desktop, or share without one: panecast serve --share all"
    session = system()
    if session == "headless":
        return f"There is no display to show the panel on (DISPLAY and WAYLAND_DISPLAY are not set). {advice}"
    if session != "x11" and platform != "xcb":
        return ""
    if problem := offered().display_problem():
        return f"{problem} {advice}"
    from gui.doctor import checks

    return " ".join(f"{check.message} {check.mend}" for check in checks() if not check.ok)


if __name__ == "__main__":
    sys.exit(main())
