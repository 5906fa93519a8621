"""Starts the app with its loop, and keeps it until the person quits."""

from __future__ import annotations

import asyncio
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from PySide6.QtWidgets import QApplication, QMessageBox

from gui.app import App, StartOptions
from gui.core.state import Message
from gui.loop.gc_on_loop import Collector
from gui.loop.loop import Loop
from gui.plugins import use_own_plugins
from gui.widgets.check_style import PanelStyle
from gui.widgets.style import accented
from resources import APPLICATION_ID
from server.folder_lock import FolderLock, settings_folder
from server.remote.listener import RemoteListener
from server.remote.requests import answer


def run(options: StartOptions, lock: FolderLock) -> int:
    """Show the app until the person quits; return the exit code. ``lock`` of the settings stays until the process
    ends: until then they are written."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    if options.verbose:
        # Not what the libraries have to say: qasync tells of every turn of the loop.
        # Named one by one: the build of the wheel has to find the names (installer/wheel_hook.py).
        for logger in (logging.getLogger("gui"), logging.getLogger("server"), logging.getLogger("capture")):
            logger.setLevel(logging.DEBUG)
    application = _application()
    loop = Loop(application)
    asyncio.set_event_loop(loop)
    # qasync's own executor starts ten threads.
    loop.set_default_executor(ThreadPoolExecutor(2, thread_name_prefix="default"))
    with loop:
        loop.run_until_complete(_main(application, options, lock, loop))
    return 0


def show_failure(words: str) -> None:
    """Say why it did not start, in a window: started from a menu, nobody reads the terminal."""
    _application()
    QMessageBox.critical(None, "Panecast", words)


def _application() -> QApplication:
    use_own_plugins()
    application = QApplication(sys.argv[:1])
    application.setApplicationName("panecast")
    application.setApplicationDisplayName("Panecast")
    application.setDesktopFileName(APPLICATION_ID)
    application.setStyle(PanelStyle())
    # qasync's loop ends with the last window otherwise, and the app lives in the tray.
    application.setQuitOnLastWindowClosed(False)
    application.setPalette(accented(application.palette()))
    application.styleHints().colorSchemeChanged.connect(lambda: application.setPalette(accented(application.palette())))
    return application


async def _main(application: QApplication, options: StartOptions, lock: FolderLock, loop: Loop) -> None:
    collector = Collector()
    collector.start()
    app = App(application, options)
    loop.broken = app.abandon
    app.open()
    if lock.problem:
        app.controller.tell(Message("folder", lock.problem, "notice"))
    listener = RemoteListener(settings_folder(options.config_dir), partial(answer, copy=app.remote))
    try:
        await listener.open()
        settling = asyncio.ensure_future(app.settle())
        await app.quitting.wait()
        settling.cancel()
    finally:
        await listener.close()
        await app.close()
        collector.stop()
