"""Runs the windows on which techniques are tried as a program of their own."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from types import TracebackType
from typing import Self

from capture import reasons
from capture.errors import CaptureError
from capture.installation import bundle
from capture.platforms.system import family, x11_display

COMMAND = "trial-windows"
"""By which a frozen program is asked to be them."""
START_SECONDS, ANSWER_SECONDS, END_SECONDS = 8.0, 4.0, 1.0


def _program() -> tuple[str, ...]:
    if bundle() is not None:
        return (sys.executable, COMMAND)
    # Isolated, so that the current folder is not looked into. In a wheel the package has another name.
    return (sys.executable, "-I", "-m", f"{__name__.rpartition('.')[0]}.windows")


class TrialProcess:
    """The windows' process, from entering to leaving. Every call may be from another thread than the one before.

    Attributes:
        pid: of the process that has the windows.
    """

    def __init__(self) -> None:
        environment = dict(os.environ)
        if family() == "linux" and x11_display():
            # In a Wayland session too: only windows of X11 can be looked at without a dialog.
            environment["QT_QPA_PLATFORM"] = "xcb"
        self._process = subprocess.Popen(  # noqa: S603  it is ours
            _program(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # Ctrl-C is for us alone; it ends with its standard input
        )
        self.pid = self._process.pid
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._complaints: list[str] = []
        self._readers = [threading.Thread(target=each, daemon=True) for each in (self._read, self._read_complaints)]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Self:
        """Return once it is there and can open windows.

        Raises:
            CaptureError: it cannot.
        """
        try:
            self._say("hello", START_SECONDS)
        except CaptureError:
            self.end()
            words = " ".join(self._complaints[-3:]) or reasons.TRIAL_SILENT.words
            raise CaptureError(reasons.TRIAL_UNOPENED.of(problem=words)) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.end()

    def tell(self, *words: object) -> None:
        """Have something done, and return when it is done; see `capture.trial.story.Windows`."""
        self._say(" ".join(map(str, words)), ANSWER_SECONDS)

    def end(self) -> None:
        """Close the windows; may be called twice, and by any thread."""
        with contextlib.suppress(OSError, ValueError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for reader in self._readers:
            reader.join(END_SECONDS)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def _say(self, line: str, seconds: float) -> None:
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()
            answer = self._answers.get(timeout=seconds)
        except (OSError, ValueError, queue.Empty):
            answer = ""
        if not answer:
            raise CaptureError(reasons.TRIAL_SILENT)
        # Some starters start another process, which has the windows.
        self.pid = int(answer.split()[1])

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("done "):
                self._answers.put(line)
        self._answers.put("")

    def _read_complaints(self) -> None:
        assert self._process.stderr is not None
        self._complaints += (line.strip() for line in self._process.stderr if line.strip())
