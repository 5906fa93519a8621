"""``panecast``: the tray app; with a command (serve, windows, doctor) a program without any window; with another one
(share, stop, status …) a word to the copy that runs.

Imports no Qt, and hardly anything else, before it is known which of these is wanted.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from gui import current_folder
from resources.translate import N_, _, language
from server import __version__
from server.arguments import Parser, choose_language, what
from server.errors import ServerError
from server.folder_lock import FolderLock, folder_argument, settings_folder
from server.remote.claim import ask_first, claim
from server.remote.command_line import NONE_RUNS_WORDS, TYPED, parser, request_of, tell
from server.remote.message import FAILED, MISUSED, NO_PANEL, NONE_RUNS, Answer, Request
from server.remote.requests import COMMANDS
from server.sharing import ShareRule, parse_rule
from server.terminal import complain, prepare, say

if TYPE_CHECKING:
    from pathlib import Path

HEADLESS = ("serve", "doctor")
LAST_PORT = 65535
EXAMPLES = (
    ("panecast --share desktop", N_("start, and share the desktop at once")),
    ('panecast share title:"build log"', N_("share a window, also while Panecast runs")),
    ("panecast link --qr", N_("the link as a code to scan")),
)
WITHOUT_DESKTOP = {"serve": N_("share without a tray icon"), "doctor": N_("say what this system lacks")}


def main(argv: Sequence[str] | None = None) -> int:
    """Run Panecast and return the exit code."""
    prepare()
    current_folder.keep_out()
    try:
        arguments = _command_first(choose_language(list(sys.argv[1:] if argv is None else argv)))
    except ValueError as error:
        complain(str(error))
        return MISUSED
    command = arguments[0] if arguments else ""
    if command == "demo-window":  # how a frozen program starts it: gui/desktop/demo.py
        from gui.desktop.demo_window import main as demo_window
        from gui.plugins import use_own_plugins

        use_own_plugins()
        return demo_window()
    if command == "trial-windows":  # likewise: gui/trial/process.py
        from gui.plugins import use_own_plugins
        from gui.trial.windows import main as trial_windows

        use_own_plugins()
        return trial_windows()
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


def _command_first(arguments: list[str]) -> list[str]:
    """Return ``arguments`` with the command in front of a ``--config-dir`` that stands before it."""
    length = 2 if arguments[:1] == ["--config-dir"] else 1
    if not arguments or not arguments[0].startswith("--config-dir") or arguments[length : length + 1] == []:
        return arguments
    rest = arguments[length:]
    return [*rest, *arguments[:length]] if rest[0] in (*HEADLESS, *TYPED) else arguments


def _headless(arguments: list[str]) -> int:
    from server.cli import main as headless

    if arguments[0] == "doctor":
        from gui.core.settings_excerpt import settings_excerpt
        from gui.doctor import checks
        from gui.trial.report import try_techniques

        return headless(arguments, extra_checks=checks, settings=settings_excerpt, trial=try_techniques)
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
    complain(_(NONE_RUNS_WORDS))
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
        complain(_("--safe-mode shares nothing. Leave out --share and --demo, or share in the panel once it is open."))
        return MISUSED
    wishes = ("share", "demo", "port", "print_url", "minimized", "verbose", "safe_mode")
    try:
        found = claim(
            settings_folder(options.config_dir),
            Request("open", {key: getattr(options, key) for key in wishes}, language()),
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
    words = _("There is no command “{command}”. Did you mean: panecast {near}? All of them: panecast --help")
    none = _("There is no command “{command}”. All of them: panecast --help")
    complain(words.format(command=command, near=near[0]) if near else none.format(command=command))
    return MISUSED


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="panecast",
        description=_("Show any window of this computer in any browser, from a tray icon."),
        usage=_("panecast [options]\n       panecast COMMAND [options]"),
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help=_("print the version"))
    shared = parser.add_argument_group(_("what to share, and where"))
    shared.add_argument("--share", nargs="+", action="extend", default=[], metavar="WHAT", help=what())
    shared.add_argument("--demo", action="store_true", help=_("open a lively window and share it at once"))
    shared.add_argument("--port", type=_port, help=_("where to listen (default: where it did last, 8080 at first)"))
    started = parser.add_argument_group(_("how to start"))
    started.add_argument("--minimized", action="store_true", help=_("do not open the panel"))
    started.add_argument(
        "--wait-tray",
        action="store_true",
        help=_("with --minimized: wait a minute for a tray before showing the panel"),
    )
    started.add_argument(
        "--safe-mode",
        action="store_true",
        help=_("share nothing, use default options and no hot key, and leave the settings as they are"),
    )
    kept = parser.add_argument_group(_("settings and messages"))
    kept.add_argument("--config-dir", type=folder_argument, metavar="DIR", help=_("where the settings are kept"))
    kept.add_argument(
        "--print-url",
        action="store_true",
        help=_("print the address, with the link where one is needed, on one line"),
    )
    kept.add_argument("--verbose", action="store_true", help=_("say more on standard error"))
    return parser


def _epilog() -> str:
    running = {name: _(COMMANDS[name].sentence) for name in TYPED}
    without = {name: _(words) for name, words in WITHOUT_DESKTOP.items()}
    examples = {line: _(about) for line, about in EXAMPLES}
    parts = (
        (_("commands for the Panecast that runs"), running),
        (_("commands without a desktop"), without),
        (_("examples"), examples),
    )
    return "\n\n".join(map(_listed, *zip(*parts, strict=True)))


def _listed(heading: str, entries: Mapping[str, str]) -> str:
    width = max(10, *(len(entry) + 1 for entry in entries))
    return "\n".join((f"{heading}:", *(f"  {entry:{width}} {about}" for entry, about in entries.items())))


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LAST_PORT:
        words = _("a port is a number from 1 to {last}, not “{text}”")
        raise argparse.ArgumentTypeError(words.format(last=LAST_PORT, text=text))
    return int(text)


def _lacks_display() -> str:
    """Return why no window can be opened, empty if one can; Qt itself would abort the process."""
    from capture.platforms.choose import platform as offered
    from capture.platforms.system import family, has_wayland_display, x11_display

    if family() != "linux":
        return ""
    platform = os.environ.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]
    if platform in ("offscreen", "minimal", "vnc", "linuxfb", "eglfs"):
        return ""
    advice = _("Start it from a desktop, or share without one: panecast serve --share all")
    has_wayland = has_wayland_display()
    if not (x11_display() or has_wayland):
        words = _("There is no display to show the panel on (DISPLAY and WAYLAND_DISPLAY are not set).")
        return f"{words} {advice}"
    if has_wayland and platform != "xcb":
        return ""
    if problem := offered().display_problem():
        return f"{problem.words} {advice}"
    from gui.doctor import checks

    return " ".join(f"{check.message} {check.mend}" for check in checks() if not check.ok)


if __name__ == "__main__":
    sys.exit(main())
