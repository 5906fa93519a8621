"""``panecast``: the tray app, or with a command (serve, windows, doctor) a program without any window.

Imports no Qt, and hardly anything else, before it is known which of the two is wanted.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from gui import current_folder
from server.folder_lock import folder_argument
from server.terminal import complain, prepare

HEADLESS = ("serve", "windows", "doctor")


def main(argv: Sequence[str] | None = None) -> int:
    """Run Panecast and return the exit code."""
    prepare()
    current_folder.keep_out()
    arguments = list(sys.argv[1:] if argv is None else argv)
    command = next((each for each in arguments if not each.startswith("-")), "")
    if command == "demo-window" and arguments[0] == command:  # how a frozen program starts it: gui/desktop/demo.py
        from gui.desktop.demo_window import main as demo_window

        return demo_window()
    if "--version" in arguments or (arguments and arguments[0] == command and command in HEADLESS):
        from server.cli import main as headless

        if command == "doctor":
            from gui.doctor import checks

            return headless(arguments, extra_checks=checks)
        return headless(arguments)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # While Qt is loaded, Python's own way to interrupt is lost in it, or has it abort. Until the app has its own,
        # there is nothing to be tidied up.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    options = _parser().parse_args(arguments)
    rules = []
    if options.share:
        from server.sharing import parse_rule

        for text in options.share:
            try:
                rules.append(parse_rule(text))
            except ValueError as error:
                complain(str(error))
                return 2
    lacking = _lacks_display()
    if lacking:
        complain(lacking)
        return 1
    # qasync takes the first Qt binding it finds unless it is told.
    os.environ["QT_API"] = "pyside6"
    from gui.app import StartOptions
    from gui.start import run

    return run(
        StartOptions(
            rules=tuple(rules),
            demo=options.demo,
            port=options.port,
            print_url=options.print_url,
            config_dir=options.config_dir,
            minimized=options.minimized,
            verbose=options.verbose,
        )
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="panecast",
        description="Show any window of this computer in any browser, from a tray icon.",
        epilog="Without a desktop: panecast serve, panecast windows, panecast doctor (each with --help).",
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    parser.add_argument("--demo", action="store_true", help="open a lively window and share it at once")
    parser.add_argument(
        "--share",
        nargs="+",
        action="extend",
        default=[],
        metavar="WHAT",
        help="share at once: all, desktop, demo, monitor-1, monitor:OUTPUT, a window's handle, title:TEXT; "
        "several may be named",
    )
    parser.add_argument("--port", type=_port, help="where to listen (default: where it did last, 8080 at first)")
    parser.add_argument(
        "--print-url", action="store_true", help="print the address, with the link where one is needed, on one line"
    )
    parser.add_argument("--config-dir", type=folder_argument, metavar="DIR", help="where the settings are kept")
    parser.add_argument("--minimized", action="store_true", help="do not open the panel")
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
