"""Settings of which none is as it comes along."""

from __future__ import annotations

from typing import Any

from msgspec import inspect

from capture.privacy.masks import Mask
from gui.core.settings import DECLARED, MaskedSource, SavedSource, Settings
from gui.settings.declared import Declaration

WINDOW = SavedSource(kind="window", app="xterm", title="build log")
GIVEN: dict[str, Any] = {
    "shared": (SavedSource(kind="desktop", id="0"), SavedSource(kind="monitor", output="HDMI-1"), WINDOW),
    "masks": (MaskedSource(source=WINDOW, masks=(Mask(0.0, 0.25, 0.5, 1.0),)),),
    "splitter": (300, 600),
    "quality": 55,
    "hot_key": "Ctrl+Alt+P",
    "geometry": "AdnQywADAAA=",
    "address": "192.168.1.20",
    "names": ("panecast.example",),
}
"""Those of which not every text is one."""


def every_setting() -> Settings:
    """Return settings that all differ from the defaults."""
    return Settings(**{key: GIVEN[key] if key in GIVEN else _other(each) for key, each in DECLARED.items()})


def _other(declaration: Declaration) -> Any:
    """Return a value that is possible and not the default."""
    match declaration.kind:
        case inspect.BoolType():
            return not declaration.default
        case inspect.IntType(le=high):
            return declaration.default - 1 if declaration.default == high else declaration.default + 1
        case inspect.LiteralType():
            return next(each for each in declaration.choices if each != declaration.default)
        case inspect.StrType():
            return f"{declaration.default}own"
        case inspect.VarTupleType(item_type=inspect.StrType()):
            return ("own",)
    raise AssertionError(f"{declaration.key}: say what it can be")
