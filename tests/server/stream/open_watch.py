"""``panecast serve`` that writes down every file it opens.

``python -m tests.server.stream.open_watch LOG ARGUMENT…``.
"""

from __future__ import annotations

import os
import sys

from server.cli import main

log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
WATCHED = {"open", "os.listdir", "os.scandir", "os.rename", "os.remove", "os.mkdir", "subprocess.Popen", "os.exec"}


def note(event: str, arguments: tuple[object, ...]) -> None:
    """Write down what touches files or starts programs."""
    if event in WATCHED:
        os.write(log, f"{event} {arguments[0]!r}\n".encode(errors="backslashreplace"))


sys.addaudithook(note)
sys.exit(main(sys.argv[2:]))
