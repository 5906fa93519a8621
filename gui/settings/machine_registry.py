"""What an administrator of Windows has written below ``HKEY_LOCAL_MACHINE``, by hand or by a group policy.

Types of values and what Python makes of them: https://docs.python.org/3/library/winreg.html#value-types.
"""

from __future__ import annotations

import itertools
from typing import Any, Protocol


class Registry(Protocol):
    """As much of `winreg` as is used."""

    HKEY_LOCAL_MACHINE: int
    KEY_READ: int
    KEY_WOW64_64KEY: int

    def OpenKey(self, key: Any, sub_key: str, reserved: int, access: int) -> Any:  # noqa: N802  the library's name
        """Return a key that is open while a block lasts. Raises OSError, FileNotFoundError among them."""

    def EnumValue(self, key: Any, index: int) -> tuple[str, Any, int]:  # noqa: N802
        """Return name, value and type of one value. Raises OSError after the last."""
        ...


def machine_values(sub_key: str, registry: Registry | None = None) -> dict[str, Any]:
    """Return the values of a key by name; empty where there is no such key.

    Numbers are int, texts str, lists of texts list, all else is as `winreg` has it.

    Raises:
        OSError: Windows refuses.
    """
    if registry is None:
        import winreg

        registry = _as_any(winreg)
    found: dict[str, Any] = {}
    try:
        # The same for a program of 32 bits, which has a registry of its own else.
        access = registry.KEY_READ | registry.KEY_WOW64_64KEY
        with registry.OpenKey(registry.HKEY_LOCAL_MACHINE, sub_key, 0, access) as key:
            for index in itertools.count():
                try:
                    name, value, _kind = registry.EnumValue(key, index)
                except OSError:
                    break
                found[name] = value
    except FileNotFoundError:
        pass
    return found


def _as_any(module: Any) -> Any:
    return module
