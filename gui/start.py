"""Starts the app with its loop, and keeps it until the person quits."""

from __future__ import annotations

import asyncio
import linecache
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from PySide6.QtWidgets import QMessageBox

from capture.platforms.linux.memory import share_one_heap
from gui.app import App, StartOptions
from gui.core.state import Message
from gui.desktop.restart import start_again
from gui.loop.faults import QtMessages, log_fault
from gui.loop.gc_on_loop import Collector
from gui.loop.loop import Application, Loop
from gui.plugins import use_own_plugins
from gui.settings.restore import finish as finish_restore
from gui.widgets.check_style import PanelStyle
from gui.widgets.style import accented
from resources import APPLICATION_ID
from resources.translate import _
from server import __version__
from server.folder_lock import FolderLock, settings_folder
from server.logs.place import log_folder
from server.logs.recording import Recording
from server.remote.listener import RemoteListener
from server.remote.message import FAILED
from server.remote.requests import answer
from server.terminal import complain

log = logging.getLogger(__name__)


def run(options: StartOptions, lock: FolderLock) -> int:
    """Show the app until the person quits; return the exit code. ``lock`` of the settings is let go of at the end."""
    # Before the log's thread is there: a heap that it has got would be everybody's second.
    share_one_heap()
    recording = Recording(log_folder(options.config_dir), verbose=options.verbose)
    recording.begin()
    messages = QtMessages(recording.last_words)
    messages.begin()
    fault: Exception | None = None
    restarts: tuple[str, ...] | None = None
    try:
        restarts = _run(options, lock, recording)
    except Exception as ended_by:  # noqa: BLE001  it is written down, whatever it is
        fault = ended_by
        recording.crashed(ended_by)
        complain(_("Panecast ended because something went wrong. Its log: {folder}").format(folder=recording.folder))
    finally:
        messages.end()
        recording.end(well=fault is None)
    lock.release()
    if restarts is not None:
        start_again([*restarts, *([] if options.config_dir is None else ["--config-dir", str(options.config_dir)])])
    return 0 if fault is None else FAILED


def _run(options: StartOptions, lock: FolderLock, recording: Recording) -> tuple[str, ...] | None:
    """Run the app; return the options with which it is to be started again, None where it is not."""
    # PySide6 has read the source of all that was imported since, to see whether it uses Qt, and nobody needs it again.
    linecache.clearcache()
    application = _application()
    loop = Loop(application)
    asyncio.set_event_loop(loop)
    loop.set_exception_handler(log_fault)
    # qasync's own executor starts ten threads.
    loop.set_default_executor(ThreadPoolExecutor(2, thread_name_prefix="default"))
    log.info("Panecast %s begins", __version__)
    with loop:
        return loop.run_until_complete(_main(application, options, lock, loop, recording))


def show_failure(words: str) -> None:
    """Say why it did not start, in a window: started from a menu, nobody reads the terminal."""
    _application()
    QMessageBox.critical(None, "Panecast", words)


def _application() -> Application:
    use_own_plugins()
    application = Application(sys.argv[:1])
    application.setApplicationName("panecast")
    application.setApplicationDisplayName("Panecast")
    application.setDesktopFileName(APPLICATION_ID)
    application.setStyle(PanelStyle())
    # qasync's loop ends with the last window otherwise, and the app lives in the tray.
    application.setQuitOnLastWindowClosed(False)
    application.setPalette(accented(application.palette()))
    application.styleHints().colorSchemeChanged.connect(lambda: application.setPalette(accented(application.palette())))
    return application


async def _main(
    application: Application, options: StartOptions, lock: FolderLock, loop: Loop, recording: Recording
) -> tuple[str, ...] | None:
    collector = Collector()
    collector.start()
    # Before anything is read.
    restored = finish_restore(settings_folder(options.config_dir))
    app = App(application, options, recording)
    application.asked_to_quit.connect(app.quit)
    loop.broken = app.abandon
    app.open()
    if restored:
        app.controller.tell(Message("restore", restored, "notice"))
    if lock.problem:
        app.controller.tell(Message("folder", lock.problem, "notice"))
    listener = RemoteListener(settings_folder(options.config_dir), partial(answer, copy=app.remote))
    try:
        await listener.open()
        settling = asyncio.ensure_future(app.settle())
        await app.quitting.wait()
        recording.run.ending()
        log.info("Panecast ends")
        settling.cancel()
    finally:
        await listener.close()
        await app.close()
        collector.stop()
    return app.restarts
