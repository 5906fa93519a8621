"""Where Qt finds its plugins in a frozen program."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from capture.installation import bundle


def use_own_plugins() -> None:
    """Have Qt look for plugins in the bundle, by the folder's full name; to be called before there is an application.

    Qt itself reads that name from a note that ends at the first comma: from “D:/Films, shows/Panecast” nothing would
    start.
    """
    folder = bundle()
    if folder is not None:
        # By the wheels for Windows, and by those for all other systems.
        QCoreApplication.setLibraryPaths([str(folder / "PySide6" / part) for part in ("plugins", "Qt/plugins")])
