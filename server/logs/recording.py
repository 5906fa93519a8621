"""All that is written down of one run of the app: its log, what nobody caught, and how it ended."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from typing import Literal

from server.logs.hooks import Hooks
from server.logs.last_run import MOST_BYTES, Run
from server.logs.shortening import shortened
from server.logs.writer import FORMAT, LogWriter

log = logging.getLogger(__name__)


class Recording:
    """Writes down what is said and what goes wrong, into ``folder``, from `begin` to `end`.

    Attributes:
        folder: where the log lies.
        run: this run, and how the last one ended.
        writer: the log.
    """

    def __init__(self, folder: Path, *, verbose: bool = False) -> None:
        """``verbose`` has more said, on standard error too."""
        self.folder = folder
        # First of all, for it reads the last lines that were written before this run.
        self.run = Run(folder)
        self.writer = LogWriter(folder)
        self._hooks = Hooks()
        self._handlers: list[logging.Handler] = [self.writer]
        if sys.stderr is not None:  # a Windows program without a console has none
            terminal = logging.StreamHandler(sys.stderr)
            terminal.setFormatter(logging.Formatter(FORMAT))
            terminal.setLevel(logging.DEBUG if verbose else logging.WARNING)
            self._handlers.append(terminal)
        self._verbose = verbose

    def begin(self) -> None:
        """Begin to write."""
        for handler in self._handlers:
            logging.getLogger().addHandler(handler)
        # Not what the libraries have to say: qasync tells of every turn of the loop.
        self.listen("info")
        self._hooks.install()

    def listen(self, level: Literal["warning", "info", "debug"]) -> None:
        """Write down what is at least so important; all, where that was asked for at the start."""
        number = logging.DEBUG if self._verbose else logging.getLevelNamesMapping()[level.upper()]
        # Named one by one: the build of the wheel has to find the names (installer/wheel_hook.py).
        for logger in (logging.getLogger("gui"), logging.getLogger("server"), logging.getLogger("capture")):
            logger.setLevel(number)

    def crashed(self, fault: BaseException) -> None:
        """Write down what ends the program against its will."""
        log.critical("this ends Panecast", exc_info=fault)
        self.last_words("".join(traceback.format_exception(fault)))

    def last_words(self, words: str) -> None:
        """Leave words behind, shortened, for the next run; the process is about to end, and what waits is written."""
        self.writer.close()
        self.run.crashed(shortened(words, self.writer.titles, longest=MOST_BYTES))

    def end(self, *, well: bool = True) -> None:
        """Write what waits, and end; ``well`` tells whether the program ends as it should."""
        self._hooks.remove()
        self.run.end(well=well)
        for handler in self._handlers:
            logging.getLogger().removeHandler(handler)
        self.writer.close()
