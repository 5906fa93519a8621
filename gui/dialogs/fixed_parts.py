"""Which controls an administrator's fixed settings concern."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from gui.panel.window import Panel


def fixed_parts(panel: Panel) -> dict[str, tuple[QWidget | QAction, ...]]:
    """Return the controls of each setting that an administrator may have fixed."""
    controls, bar = panel.controls, panel.access_bar
    return {
        "port": (panel.sharing.port,),
        "fps": (controls.fps,),
        "quality": (controls.quality,),
        "format": (controls.format,),
        "pointer": (controls.pointer,),
        "mode": (bar.reach,),
        "interface": (bar.reach,),
        "asks_here": (bar.asks_here,),
        "names": (bar.names,),
        "https": (bar.encrypt,),
        "remind_after": (bar.notices["reminder"],),
        **{f"tells_{kind}": (action,) for kind, action in bar.notices.items()},
    }
