"""Those who want to know when something has changed."""

from __future__ import annotations

from collections.abc import Callable

from capture.source import Unsubscribe


class Listeners:
    """Calls everybody who asked for it. Loop only."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    def subscribe(self, changed: Callable[[], None]) -> Unsubscribe:
        """Have ``changed()`` called by each `tell`; return what ends that."""
        self._listeners.append(changed)
        return lambda: self._listeners.remove(changed) if changed in self._listeners else None

    def tell(self) -> None:
        """Call all who were there when this began."""
        for listener in tuple(self._listeners):
            listener()
