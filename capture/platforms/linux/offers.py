"""The parts that Linux offers in every session, whatever its display is."""

from __future__ import annotations

from collections.abc import Callable

from capture.platforms.contract import HotKey, Platform, SessionLock
from capture.platforms.keys import Keys
from capture.reason import Reason


def _portal_hot_key(keys: Keys, pressed: Callable[[], None], failed: Callable[[Reason], None]) -> HotKey:
    from capture.platforms.linux.portal_hot_key import PortalHotKey

    return PortalHotKey(keys, pressed, failed)


def _session_lock(changed: Callable[[], None], address: str | None) -> SessionLock:
    from capture.platforms.linux.session_lock import LogindLock

    return LogindLock(changed, address)


PLATFORM = Platform(hot_key=_portal_hot_key, session_lock=_session_lock)
