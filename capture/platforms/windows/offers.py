"""The parts that Windows offers."""

from __future__ import annotations

from collections.abc import Callable

from capture.platforms.contract import HotKey, Platform, SessionLock
from capture.platforms.keys import Keys
from capture.reason import Reason


def _hot_key(keys: Keys, pressed: Callable[[], None], failed: Callable[[Reason], None]) -> HotKey:
    from capture.platforms.windows.hot_key import WindowsHotKey

    return WindowsHotKey(keys, pressed, failed)


def _session_lock(changed: Callable[[], None], address: str | None) -> SessionLock:
    from capture.platforms.windows.session_lock import WindowsSessionLock

    return WindowsSessionLock(changed)


PLATFORM = Platform(hot_key=_hot_key, session_lock=_session_lock)
