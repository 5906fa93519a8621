"""Starts the app, unless one runs already, and keeps it until the person quits."""

from __future__ import annotations

import asyncio
import logging
import sys
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtWidgets import QApplication, QMessageBox

from gui.app import App, StartOptions
from gui.core.settings import SettingsFile
from gui.core.state import Message
from gui.desktop.single_instance import FirstCopy, NotAnswering, claim
from gui.loop.gc_on_loop import Collector
from gui.loop.loop import Loop
from gui.widgets.check_style import PanelStyle
from gui.widgets.style import accented
from resources import APPLICATION_ID
from server.folder_lock import FolderTaken
from server.terminal import complain

NOT_TAKEN_UP = (
    "Panecast is running already and has come forward. What was asked for on this command line was not taken up: "
    "choose it in its window, or quit it first."
)


def run(options: StartOptions) -> int:
    """Show the app until the person quits; return the exit code."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    if options.verbose:
        # Not what the libraries have to say: qasync tells of every turn of the loop.
        # Named one by one: the build of the wheel has to find the names (installer/wheel_hook.py).
        for logger in (logging.getLogger("gui"), logging.getLogger("server"), logging.getLogger("capture")):
            logger.setLevel(logging.DEBUG)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("panecast")
    application.setApplicationDisplayName("Panecast")
    application.setDesktopFileName(APPLICATION_ID)
    application.setStyle(PanelStyle())
    # qasync's loop ends with the last window otherwise, and the app lives in the tray.
    application.setQuitOnLastWindowClosed(False)
    application.setPalette(accented(application.palette()))
    application.styleHints().colorSchemeChanged.connect(lambda: application.setPalette(accented(application.palette())))
    try:
        copy = claim(SettingsFile(options.config_dir).path.parent)
    except (FolderTaken, NotAnswering) as reason:
        complain(reason.message)
        if not options.print_url and (sys.stderr is None or not sys.stderr.isatty()):
            # Started from a menu: nobody reads the terminal. With an address to print, a program has started it.
            QMessageBox.critical(None, "Panecast", reason.message)
        return 1
    if copy is None:  # the one that runs already has come forward
        if options.wishes:
            complain(NOT_TAKEN_UP)
            return 1
        return 0
    loop = Loop(application)
    asyncio.set_event_loop(loop)
    # qasync's own executor starts ten threads.
    loop.set_default_executor(ThreadPoolExecutor(2, thread_name_prefix="default"))
    with loop:
        loop.run_until_complete(_main(application, options, copy, loop))
    return 0


async def _main(application: QApplication, options: StartOptions, copy: FirstCopy, loop: Loop) -> None:
    collector = Collector()
    collector.start()
    app = App(application, options)
    loop.broken = app.abandon
    app.open()
    if copy.problem:
        app.controller.tell(Message("folder", copy.problem, "notice"))
    copy.called.connect(app.panel.come_forward)
    try:
        settling = asyncio.ensure_future(app.settle())
        await app.quitting.wait()
        settling.cancel()
    finally:
        copy.close()
        await app.close()
        collector.stop()
