"""The composition root: makes every part of the tray app, joins them, and takes them apart again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtWidgets import QApplication, QMessageBox

from capture.privacy.exclusions import Exclusions
from capture.source import Source
from gui.core.access import AccessController
from gui.core.after_start import AfterStart
from gui.core.controller import Controller
from gui.core.encryption import Encryption
from gui.core.notices.quiet import Quiet
from gui.core.privacy import PrivacyController, rules_of
from gui.core.settings import Settings, cautious
from gui.core.settings_file import SettingsFile
from gui.core.state import Message
from gui.core.updates.check import UpdateCheck
from gui.deferred import Deferred
from gui.desktop.autostart.switch import attempt, make_autostart
from gui.desktop.border import Borders
from gui.desktop.demo import DemoProcess
from gui.desktop.notices import Notices
from gui.desktop.presence import Presence, advice
from gui.desktop.running_copy import TrayCopy
from gui.desktop.session_end import SessionEnd
from gui.desktop.tray import Tray
from gui.dialogs.access_windows import AccessWindows
from gui.loop.gc_on_loop import freeze_around
from gui.loop.loop import end_at_once
from gui.loop.monitor import BUSY_INTERVAL, IDLE_INTERVAL, Watchdog
from gui.loop.signals import EndingSignals
from gui.saving import Saving
from gui.speaking import Speaking
from gui.verbs import Verbs
from gui.widgets.icons import Icons
from gui.widgets.style import current_look
from resources.translate import N_, _, prefer
from server.ending import end_within
from server.folder_lock import named_folder
from server.host import Host
from server.logs.recording import Recording
from server.protocol.options import StreamOptions
from server.sharing import ShareRule
from server.terminal import say

if TYPE_CHECKING:
    from gui.dialogs.first_start.opener import FirstStartOpener
    from gui.dialogs.settings.opener import SettingsOpener
    from gui.panel.window import Panel
    from gui.windows import Windows

SAFE_MODE = N_("Safe mode: nothing is shared from last time, and changes to the settings are not kept.")


@dataclass(frozen=True, slots=True)
class StartOptions:
    """What the command line asked for."""

    rules: tuple[ShareRule, ...] = ()
    demo: bool = False
    port: int | None = None
    print_url: bool = False
    config_dir: Path | None = None
    minimized: bool = False
    verbose: bool = False
    begin: bool = False
    """Turn sharing on, whatever is shared."""
    wait_tray: bool = False
    """When minimized, wait for a tray before the panel is put into the task bar."""
    safe_mode: bool = False
    """Share nothing from last time, and keep no changes of the settings."""


class App:
    """Everything there is, joined. Loop only.

    Attributes:
        quitting: set when the app is to end.
        restarts: options with which it is to be started again then; None where it is not.
        remote: what a later start of the program asks.
        verbs, tray, controller, access_controller, encryption, doorway, updates, watchdog: for those who drive the app
            from outside, such as tests.
    """

    def __init__(self, application: QApplication, options: StartOptions, recording: Recording) -> None:
        self._options = options
        self._recording = recording
        self._loop = asyncio.get_running_loop()
        self._file = SettingsFile(options.config_dir, keeps=not options.safe_mode)
        settings = _begun_with(self._file, options)
        self._workers = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._host = host = Host(
            options.rules,
            _defaults(settings),
            exclusions=Exclusions(rules_of(settings)),
            folder=self._file.path.parent,
            say=self._say_unkept,
            host_needs_token=settings.asks_here,
        )
        assert host.persister is not None
        self._hub, self._catalog = host.hub, host.catalog
        self.quitting = asyncio.Event()
        self.restarts: tuple[str, ...] | None = None
        self.controller = Controller(host.catalog, host.shares, host.registry, host.server, settings)
        self.controller.fixed = frozenset(self._file.policy.locked)
        self.access_controller = AccessController(self.controller, host.registry, host.server)
        self.encryption = Encryption(self.controller, self._file.path.parent)
        self._speaking = Speaking(self.controller)
        self._icons = icons = Icons()
        self.verbs = verbs = Verbs(icons)
        self._windows = Deferred(self._make_windows)
        self.tray = Tray(icons, verbs)
        self._presence = Presence(
            self.tray, lambda: self.panel, self._say_no_tray, lambda: self.controller.dismiss("tray")
        )
        self._notices = Notices(
            self.tray,
            lambda: self.controller.settings,
            self._open_notice,
            is_screen_shared=lambda: self.controller.state.shows_screen,
            is_locked=lambda: self._guarding.is_locked,
        )
        self._quiet = Quiet(self.controller, verbs.show_quiet)
        self._after_start = AfterStart(self.controller)
        self._guarding = PrivacyController(
            self.controller, host.exclusions, host.hub, host.shares.hide_titles, self._remind, self._tell_lock
        )
        self.doorway = AccessWindows(
            self.controller,
            self.access_controller,
            self.encryption,
            self.tray,
            host.persister,
            self._notices,
        )
        application.setWindowIcon(icons.icon("panecast", current_look().accent))
        self.watchdog = Watchdog()
        self._saving = Saving(self._file, self.controller, self.access_controller, self.encryption, self._workers)
        config = self._saving.config
        self.remote = TrayCopy(host, self.controller, self.access_controller, verbs, self._show_demo, config)
        self._borders = Borders(self.controller)
        self._autostart = make_autostart(options.config_dir or named_folder())
        self.updates = UpdateCheck(self.controller)
        self._signals = EndingSignals(self.quit, self._end_in_time)
        self._session = SessionEnd(self._keep, self._end_soon)
        application.commitDataRequest.connect(self._keep)  # where Qt is told of the session's end, as on Windows
        self._has_printed = False
        self._opening: set[asyncio.Task[None]] = set()
        self._question: QMessageBox | None = None
        self._demo: DemoProcess | None = None
        self._join()

    @property
    def panel(self) -> Panel:
        """Return the panel."""
        return self._windows().panel

    @property
    def settings(self) -> SettingsOpener:
        """Return what opens the dialog of all settings."""
        return self._windows().settings

    @property
    def first_start(self) -> FirstStartOpener:
        """Return what helps with the first steps."""
        return self._windows().first_start

    def open(self) -> None:
        """Show the panel and begin."""
        controller, options = self.controller, self._options
        # First, so that what can be mended is said over it.
        self._recording.writer.tell(partial(self._tell_later, "log"))
        if options.safe_mode:
            controller.tell(Message("safe mode", _(SAFE_MODE), "notice"))
        self.watchdog.start()
        self._show_state()
        self._presence.open(is_quiet=options.minimized, waits=options.wait_tray)
        self._saving.open()
        if self._host.problems:
            self._say_unkept(" ".join(self._host.problems))
        self._catalog.start()
        self._guarding.open()
        if self._autostart is not None:
            # An entry whose program, this one, was moved.
            attempt(self._autostart.mend, lambda words: controller.tell(Message("autostart", words)))
        self._session.start()
        self._borders.open()
        if options.demo:
            self._show_demo()
        self._quiet.open()
        if options.demo or options.rules or options.begin:
            controller.start()
        else:
            self._after_start.open(has_crashed=bool(self._recording.run.report))
        self._begin_first_start()

    def _begin_first_start(self) -> None:
        """Help with the first steps, once, and nobody who already knows what they want."""
        options = self._options
        is_plain = not (options.rules or options.demo or options.begin or options.print_url)
        if not self._file.is_new:
            self.controller.remember(knows_first_steps=True)
        elif is_plain and not (options.minimized or options.safe_mode):
            self.first_start.open()

    async def settle(self) -> None:
        """Keep the garbage collector from holding the loop."""
        await freeze_around(self._catalog.ready())

    def quit(self) -> None:
        """Have the app end."""
        self.quitting.set()

    def abandon(self) -> None:
        """Keep what is to be kept, and end the process: the display is gone."""
        try:
            self._recording.run.ending()
            self._keep()
            self._recording.end()
        finally:
            end_at_once()

    async def close(self) -> None:
        """End everything, in the order in which it depends on each other."""
        self._signals.close()
        windows = self._windows.made
        if windows is not None:
            windows.remember_look()
        self._saving.close()
        # Before anything that speaks to the display, which may not answer any more.
        self._keep()
        await self._presence.close()
        self.tray.close()
        if windows is not None:
            await windows.close()
        await self.updates.close()
        self._quiet.close()
        self._after_start.close()
        await self._guarding.close()
        await self._borders.close()
        self.doorway.close()
        await self._notices.close()
        self.access_controller.close()
        await self.controller.close()
        if self._demo is not None:
            self._demo.close()
        await self._host.close()
        await self._session.close()
        self.watchdog.stop()
        self._workers.shutdown(wait=False, cancel_futures=True)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=0.5)

    def _tell_later(self, subject: str, words: str) -> None:
        """Tell of something that another thread has found."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody reads it any more
            self._loop.call_soon_threadsafe(self.controller.tell, Message(subject, words, "notice"))

    def _start_over(self, *options: str) -> None:
        self.restarts = options
        self.quit()

    def _end_in_time(self) -> None:
        end_within(note=self._recording.run.ending)

    def _hide_titles(self) -> None:
        self._recording.writer.titles.hide(source.title for source in self._catalog.sources if source.kind == "window")

    def _keep(self) -> None:
        """Write all that is to be kept, at once."""
        self._saving.save_now()
        self._host.settle()

    def _end_soon(self) -> None:
        self._end_in_time()
        self.quit()

    def _join(self) -> None:
        controller, verbs = self.controller, self.verbs
        self._catalog.subscribe(self._hide_titles)
        controller.subscribe(self._show_state)
        controller.subscribe_settings(self._follow_settings)
        controller.tell_port_taken = self._tell_port_taken
        self._follow_settings()
        for verb, act in (
            (verbs.start_stop, controller.toggle),
            (verbs.pause, controller.pause),
            (verbs.blank, controller.blank),
            (verbs.go_on, controller.go_on),
            (verbs.copy, self.doorway.copy_link),
            (verbs.open, self._come_forward),
            (verbs.settings, self._open_settings),
            (verbs.quiet, self._quiet.toggle),
            (verbs.quit, self.quit),
        ):
            verb.triggered.connect(act)
        self._speaking.have(
            (
                verbs.translate,
                self._translate_windows,
                self.doorway.translate,
                self.access_controller.refresh,
                self._show_state,
            )
        )
        self.tray.unshare_requested.connect(lambda source: controller.set_shared(source, False))

    def _make_windows(self) -> Windows:
        from gui.windows import Windows

        windows = Windows(
            self.controller,
            self.access_controller,
            self.doorway,
            self._icons,
            self.verbs,
            self._hub,
            self._workers,
            self._file,
            self._saving,
            self._recording,
            self.updates,
            self._autostart,
            seen=self._show_state,
            keep=self._keep,
            restart=self._start_over,
            tell_later=self._tell_later,
        )
        windows.panel.close_requested.connect(self._close_panel)
        return windows

    def _come_forward(self) -> None:
        self._with_windows(lambda windows: windows.panel.come_forward())

    def _open_settings(self) -> None:
        self._with_windows(lambda windows: windows.settings.open())

    def _with_windows(self, act: Callable[[Windows], None]) -> None:
        """Do something with the windows; the first time their modules are loaded before, which would hold the loop."""
        if self._windows.made is not None:
            act(self._windows.made)
            return
        opening = self._loop.create_task(self._load(act), name="the first window")
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)

    async def _load(self, act: Callable[[Windows], None]) -> None:
        await self._loop.run_in_executor(self._workers, _load_windows)
        if not self.quitting.is_set():
            act(self._windows())

    def _translate_windows(self) -> None:
        if self._windows.made is not None:
            self._windows.made.translate()

    def _show_state(self) -> None:
        state = self.controller.state
        self.verbs.show_state(state)
        if self._windows.made is not None:
            self._windows.made.show_state(state)
        self.tray.show_state(state)
        self.watchdog.interval = BUSY_INTERVAL if self._is_seen or state.is_sharing else IDLE_INTERVAL
        if state.is_sharing and self._options.print_url and not self._has_printed:
            self._has_printed = True
            # With the link, where nobody gets in without one: where there is no panel it stands nowhere else.
            self.access_controller.refresh_now()
            say(self.access_controller.state.full_url or state.url)

    @property
    def _is_seen(self) -> bool:
        return self._windows.made is not None and self._windows.made.is_seen

    def _show_demo(self) -> None:
        """Open the demo's window and share it; one that is open is shared again."""
        if self._demo is not None and self._demo.is_open:
            self._demo.find_again()
        else:
            self._demo = DemoProcess(self._catalog, self._share_demo)

    def _share_demo(self, source: Source) -> None:
        self._host.shares.set_rules((*self._host.shares.rules, ShareRule.for_source(source)))
        self.controller.select(source)

    def _remind(self, title: str, words: str) -> None:
        self._notices.say("reminder", title, words)

    def _tell_lock(self, title: str, words: str) -> None:
        self._notices.say("lock", title, words)

    def _tell_port_taken(self, words: str) -> None:
        if not self._is_seen:
            self._notices.say("port", _("Sharing has not started"), words)

    def _follow_settings(self) -> None:
        self._recording.listen(self.controller.settings.log_level)

    def _open_notice(self, kind: str) -> None:
        """Show what a notice is about: the question, or the panel."""
        if kind == "questions" and self.doorway.consent.cards:
            self.doorway.consent.come_forward()
        else:
            self._come_forward()

    def _close_panel(self) -> None:
        if self.tray.is_there:
            self.panel.hide()
            if not self.controller.settings.knows_tray:
                self.tray.say(
                    _("Panecast keeps running"),
                    _("Sharing continues; click this icon to open or quit.")
                    if self.controller.state.is_sharing
                    else _("Click this icon to open or quit."),
                )
                self.controller.remember_tray()
        elif not self.controller.state.is_sharing:
            self.quit()
        elif self._question is None:
            self._question = self.panel.ask_keep_sharing()
            self._question.accepted.connect(self.quit)
            self._question.rejected.connect(self.panel.showMinimized)
            self._question.finished.connect(self._forget_question)

    def _say_no_tray(self) -> None:
        # It can wait for another start: whatever is said already matters more.
        if not self.controller.settings.knows_no_tray and self.controller.state.message is None:
            self.controller.tell(Message("tray", advice(), "notice"))
            self.controller.remember(knows_no_tray=True)

    def _forget_question(self) -> None:
        self._question = None

    def _say_unkept(self, problem: str) -> None:
        self.controller.tell(Message("access", problem))


def _load_windows() -> None:
    from gui import windows  # noqa: F401  until it is imported where it is used, which is quick then


def _begun_with(file: SettingsFile, options: StartOptions) -> Settings:
    """Return the settings of this run, and speak their language."""
    settings, locked = file.load(), file.policy.locked
    if options.safe_mode:
        settings = cautious(settings, locked)
    if options.port is not None and "port" not in locked:
        settings = msgspec.structs.replace(settings, port=options.port)
    prefer(settings.language)
    return settings


def _defaults(settings: Settings) -> StreamOptions:
    return StreamOptions(fps=settings.fps, quality=settings.quality, format=settings.format, cursor=settings.pointer)
