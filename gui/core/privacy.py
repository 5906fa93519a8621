"""Holds to the settings that keep things private: what is never shown, titles, the lock, the hot key, reminders.

Knows no widget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from capture.feed.blank_on_lock import BlankOnLock
from capture.feed.hub import Hub
from capture.privacy.exclusions import STARTING_LIST, ExclusionRules, Exclusions
from gui.core.controller import Controller
from gui.core.hot_key import ChosenHotKey
from gui.core.notices.reminder import Reminder
from gui.core.settings import Settings
from gui.core.state import Message
from resources.translate import _

HOT_KEY = "hot key"
"""The subject of messages about it."""


def rules_of(settings: Settings) -> ExclusionRules:
    """Return what is never shown by ``settings``."""
    kept = tuple(program for program in STARTING_LIST if program not in settings.shown_anyway)
    return ExclusionRules(kept + settings.never_shown)


def _unheard(title: str, words: str) -> None:
    """Have nobody hear of it."""


class PrivacyController:
    """Follows the settings and the session's lock from `open` to `close`. Loop only."""

    def __init__(
        self,
        controller: Controller,
        exclusions: Exclusions,
        hub: Hub,
        hide_titles: Callable[[bool], None],
        remind: Callable[[str, str], None],
        tell_lock: Callable[[str, str], None] = _unheard,
    ) -> None:
        """``hide_titles`` has titles kept from viewers, or not; ``remind`` tells the person a title and words."""
        self._controller = controller
        self._exclusions = exclusions
        self._hub = hub
        self._hide_titles = hide_titles
        self._lock = BlankOnLock(hub, controller.settings.when_locked, self._lock_changed)
        self._hot_key = ChosenHotKey(controller.toggle_blanking, self._say_no_hot_key, Settings().hot_key)
        self._reminder = Reminder(remind)
        self._tell_lock = tell_lock
        self._unfollow = exclusions.subscribe(hub.look_again)

    @property
    def is_locked(self) -> bool:
        """Tell whether this computer is locked or asleep, as far as the system tells."""
        return self._lock.is_locked

    def open(self) -> None:
        """Begin."""
        self._controller.subscribe_settings(self._hold)
        self._controller.subscribe(self._follow_state)
        self._lock.start()
        self._hot_key.start()
        self._hold()

    async def close(self) -> None:
        """End it; what is drawn stays drawn."""
        self._unfollow()
        self._reminder.close()
        await self._hot_key.close()
        await self._lock.stop()

    def _hold(self) -> None:
        settings = self._controller.settings
        self._hide_titles(settings.hide_titles)
        self._lock.set_rule(settings.when_locked)
        if settings.hot_key != self._hot_key.chosen:
            self._controller.dismiss(HOT_KEY)
            self._hot_key.choose(settings.hot_key)
        self._follow_state()

    def _lock_changed(self) -> None:
        self._controller.refresh()
        if self._lock.is_drawn and self._controller.state.is_sharing:
            self._tell_lock(_("Viewers see nothing"), _("This computer is locked, so everything is blanked."))

    def _follow_state(self) -> None:
        self._exclusions.set_rules(replace(rules_of(self._controller.settings), masked=self._hub.masked))
        self._reminder.follow(self._controller.state, self._controller.settings.remind_after)

    def _say_no_hot_key(self, words: str) -> None:
        self._controller.tell(Message(HOT_KEY, words, "notice"))
