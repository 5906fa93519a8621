"""Listens for the hot key that the settings name, one at a time. Knows no widget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from capture.platforms.choose import make_hot_key
from capture.platforms.contract import HotKey
from capture.platforms.keys import HotKeyError, Keys


class ChosenHotKey:
    """Follows what is chosen, from `start` to `close`. Loop only.

    A key is let go before the next is asked for: they may be the same.

    Attributes:
        chosen: the keys, empty for none.
    """

    def __init__(self, pressed: Callable[[], None], failed: Callable[[str], None], default: str = "") -> None:
        """``failed`` is told, in words, of each key that cannot be listened for.

        Where no key can be, nothing is said of ``default``: nobody has asked for it.
        """
        self._default = default
        self._pressed = pressed
        self._failed = failed
        self.chosen = ""
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def choose(self, text: str) -> None:
        """Listen for the keys ``text``, empty for none, and for no others."""
        if text != self.chosen:
            self.chosen = text
            self._changed.set()

    def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.get_running_loop().create_task(self._follow(), name="hot key")

    async def close(self) -> None:
        """Listen no longer."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _follow(self) -> None:
        hot_key: HotKey | None = None
        try:
            while True:
                await self._changed.wait()
                self._changed.clear()
                if hot_key is not None:
                    await hot_key.stop()
                hot_key = self._begin()
        finally:
            if hot_key is not None:
                await hot_key.stop()

    def _begin(self) -> HotKey | None:
        if not self.chosen:
            return None
        try:
            hot_key = make_hot_key(Keys.parse(self.chosen), self._pressed, lambda reason: self._failed(reason.words))
        except HotKeyError as fault:
            if self.chosen != self._default:
                self._failed(fault.message)
            return None
        except ValueError as fault:
            self._failed(str(fault))
            return None
        hot_key.start()
        return hot_key
