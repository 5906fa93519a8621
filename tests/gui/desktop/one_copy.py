"""A program of which one copy stays: ``python -m tests.gui.desktop.one_copy FOLDER``.

It says what it is, and who calls.

``stuck`` behind the folder: it never looks at what comes.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from gui.desktop.single_instance import NotAnswering, claim
from server.folder_lock import FolderTaken

application = QCoreApplication(sys.argv)
try:
    copy = claim(Path(sys.argv[1]))
except (FolderTaken, NotAnswering) as reason:
    print(reason.message, flush=True)
    sys.exit(1)
if copy is None:
    print("second", flush=True)
    sys.exit(0)
copy.called.connect(lambda: print("called", flush=True))
print("first", flush=True)
if "stuck" in sys.argv:
    time.sleep(60)
sys.exit(application.exec())
