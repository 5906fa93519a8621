"""The panel and the windows around it: made, joined, kept up to date, and taken apart again.

The app makes them when one is first wanted: started with the system, it may stay in the tray for weeks without.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

from capture.feed.hub import Hub
from capture.platforms.linux.memory import give_back
from capture.platforms.restore import restore
from capture.source import Source
from gui.core.access import AccessController
from gui.core.controller import Controller
from gui.core.settings_file import SettingsFile
from gui.core.state import AppState, Message
from gui.core.updates.check import UpdateCheck
from gui.deferred import Deferred
from gui.desktop.autostart.contract import Autostart
from gui.desktop.autostart.switch import AutostartSwitch
from gui.dialogs.about import AboutWindow
from gui.dialogs.access_windows import AccessWindows
from gui.dialogs.crash_report import show_after_crash
from gui.dialogs.first_start.opener import FirstStartOpener
from gui.dialogs.fixed_parts import fixed_parts
from gui.dialogs.manual.opener import ManualOpener
from gui.dialogs.privacy_opener import PrivacyOpener
from gui.dialogs.settings.extra import Extra, panel_keys
from gui.dialogs.settings.opener import SettingsOpener
from gui.dialogs.updates import UpdatesOpener
from gui.doctor import checks as gui_checks
from gui.loop.turns import in_turns
from gui.panel.previewing import Previewing
from gui.panel.throttle import Throttle
from gui.panel.thumbnails import Thumbnails
from gui.panel.window import Panel
from gui.saving import Saving
from gui.verbs import Verbs
from gui.widgets.fixed import fix
from gui.widgets.icons import Icons
from resources.translate import _
from server.doctor import checks
from server.logs.recording import Recording

if TYPE_CHECKING:
    from gui.dialogs.settings.files import SettingsFiles

GIVE_BACK_SECONDS = 1.0
"""After the panel was closed. What its pictures took is a fifth of all (docs/decisions/020-memory-back.md)."""


class Windows:
    """The panel, the windows that it opens, and the pictures in it. Loop only.

    Attributes:
        panel, settings, first_start: for those who drive the app from outside, such as tests.
        is_seen: the panel is open, and not minimised.
    """

    def __init__(
        self,
        controller: Controller,
        access_controller: AccessController,
        doorway: AccessWindows,
        icons: Icons,
        verbs: Verbs,
        hub: Hub,
        workers: Executor,
        file: SettingsFile,
        saving: Saving,
        recording: Recording,
        updates: UpdateCheck,
        autostart: Autostart | None,
        *,
        seen: Callable[[], None],
        keep: Callable[[], None],
        restart: Callable[..., None],
        tell_later: Callable[[str, str], None],
    ) -> None:
        """``seen()`` is called when the panel can be seen, or no longer.

        ``keep()`` writes all that is to be kept; ``restart(*options)`` ends the app and starts it again;
        ``tell_later(subject, sentence)`` may be called by any thread.
        """
        self._controller = controller
        self._verbs = verbs
        self._seen = seen
        self._tell_later = tell_later
        self._loop = asyncio.get_running_loop()
        panel = self.panel = Panel(icons, verbs)
        self.is_seen = False
        self._in_sight: tuple[Source, ...] = ()
        self._throttles: dict[str, Throttle] = {}
        self._thumbnails = Thumbnails(hub, workers, panel.sources.list.set_thumbnail)
        self._previewing = Previewing(hub, workers, panel.preview.stage)
        folder = file.path.parent
        self._privacy = PrivacyOpener(controller, panel)
        self.settings = SettingsOpener(controller, panel, file.defaults, saving.take_up, self._extras)
        self._files = Deferred(lambda: self._make_files(folder, keep, restart))
        self._about = Deferred(lambda: AboutWindow(folder, recording.folder, panel))
        self._manual = ManualOpener(panel, workers)
        self._updates = UpdatesOpener(updates, panel)
        self.first_start = FirstStartOpener(
            controller,
            access_controller,
            hub,
            workers,
            panel,
            icons,
            copy_link=doorway.copy_link,
            checks=lambda: [*checks(with_video=False), *gui_checks()],
        )
        menu = panel.access_bar.more.menu()
        self._autostart = AutostartSwitch(
            panel.access_bar.autostart, menu, lambda words: controller.tell(Message("autostart", words)), autostart
        )
        show_after_crash(recording.run.report, panel, lambda: restart("--safe-mode"))
        self._join()
        doorway.join(panel)
        self._fix()
        panel.place(controller.settings.geometry, controller.settings.splitter)

    def show_state(self, state: AppState) -> None:
        """Show ``state``, if it can be seen."""
        if self.is_seen:
            self.panel.show_state(state)
            self._previewing.show(state.selected)

    def remember_look(self) -> None:
        """Keep where the panel is, and how it is divided."""
        sizes = tuple(self.panel.splitter.sizes())
        self._controller.remember_look(self.panel.geometry_text(), sizes)

    def translate(self) -> None:
        """Say everything in the language in use: what is open does so at once, the rest when it opens."""
        in_turns(
            (
                self.panel.translate,
                self._fix,
                self._privacy.translate,
                self.settings.translate,
                self.first_start.translate,
                self._manual.translate,
                self._updates.forget,
                self._forget_about,
            )
        )

    def _forget_about(self) -> None:
        about = self._about.forget()
        if about is not None:
            about.deleteLater()

    async def close(self) -> None:
        """Show nothing any more."""
        self.panel.hide()
        self.first_start.close()
        self._manual.close()
        self._thumbnails.close()
        self._previewing.stop()
        await self.settings.close()
        if self._files.made is not None:
            await self._files.made.close()

    def _join(self) -> None:
        controller, panel = self._controller, self.panel
        panel.sharing.port_requested.connect(controller.set_port)
        panel.sources.share_requested.connect(controller.set_shared)
        panel.sources.selected.connect(controller.select)
        panel.sources.in_sight.connect(self._look_at)
        panel.sources.pick_requested.connect(controller.pick)
        panel.controls.option_requested.connect(self._set_option)
        panel.viewers.figures_requested.connect(controller.refresh)
        panel.message_bar.dismissed.connect(controller.dismiss)
        panel.shown.connect(self._panel_shown)
        panel.hidden.connect(self._panel_hidden)
        panel.privacy_requested.connect(self._privacy.open)
        panel.access_bar.about_requested.connect(lambda: self._about().come_forward())
        panel.preview.masks.masks_requested.connect(controller.set_masks)
        panel.preview.restore_requested.connect(self._restore)
        panel.preview.pick_requested.connect(controller.pick)
        panel.preview.remove_requested.connect(controller.remove_pick)

    def _make_files(self, folder: Path, keep: Callable[[], None], restart: Callable[..., None]) -> SettingsFiles:
        # Its ciphers take 8 MB.
        from gui.dialogs.settings.files import SettingsFiles

        return SettingsFiles(self._controller, self.settings, folder, keep, restart)

    def _fix(self) -> None:
        fixed = fixed_parts(self.panel)
        fix(part for name in sorted(self._controller.fixed) for part in fixed.get(name, ()))

    def _extras(self) -> tuple[Extra, ...]:
        """Return what stands in the dialog of all settings beside them."""
        self._autostart.refresh()
        quietly = _("Panecast starts when you log in, quietly; the system keeps this choice.")
        switch = self.panel.access_bar.autostart
        found = [
            Extra(
                "notices",
                _("Quiet hour"),
                _("No notices for an hour; the panel still shows everything."),
                action=self._verbs.quiet,
            ),
            Extra("keyboard", _("Keys in the panel"), panel_keys()),
        ]
        if switch.isVisible():
            found.append(Extra("general", switch.text(), quietly, action=switch))
        return (*found, *self._files().extras())

    def _set_option(self, name: str, value: object) -> None:
        if name not in self._throttles:
            self._throttles[name] = Throttle(lambda requested: self._controller.set_option(name, requested))
        self._throttles[name](value)

    def _panel_shown(self) -> None:
        if not self.is_seen and not self.panel.isMinimized():
            self.is_seen = True
            self._seen()
            self._look_at(self._in_sight)

    def _panel_hidden(self) -> None:
        if self.is_seen:
            self.is_seen = False
            self._previewing.stop()
            self._thumbnails.set_in_sight(())
            self.remember_look()
            self._seen()
            # Once the threads have ended that took its pictures.
            self._loop.call_later(GIVE_BACK_SECONDS, give_back)

    def _look_at(self, sources: tuple[Source, ...]) -> None:
        self._in_sight = sources
        ratio = self.panel.devicePixelRatioF()
        self._thumbnails.set_size((round(72 * ratio), round(45 * ratio)))
        self._thumbnails.set_in_sight(sources if self.is_seen else ())

    def _restore(self, source: Source) -> None:
        restore(source, lambda reason: self._tell_later("restore", reason.words))
