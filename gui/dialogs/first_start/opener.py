"""Opens the first start where there was none before, and carries out what is chosen in it by the panel's own verbs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices

from capture.feed.hub import Hub
from capture.source import Source
from gui.core.access import AccessController
from gui.core.controller import Controller
from gui.core.state import Message
from gui.dialogs.first_start.steps import local_url
from gui.dialogs.first_start.window import FirstStart
from gui.panel.thumbnails import Thumbnails
from gui.panel.window import Panel
from gui.widgets.icons import Icons
from resources.translate import N_, _
from server.doctor import Check
from server.net.interfaces import Interface

log = logging.getLogger(__name__)

PORT_CHECK = N_("Port")
"""The check that the last step itself offers to mend."""


class FirstStartOpener:
    """The first start, from `open` until the person ends it. Loop only.

    Attributes:
        window: what is open; None before and after.
    """

    def __init__(
        self,
        controller: Controller,
        access_controller: AccessController,
        hub: Hub,
        workers: Executor,
        panel: Panel,
        icons: Icons,
        *,
        copy_link: Callable[[], None],
        checks: Callable[[], list[Check]],
    ) -> None:
        """``checks()`` says what this system has; it is called in another thread."""
        self.window: FirstStart | None = None
        self._controller = controller
        self._access_controller = access_controller
        self._panel = panel
        self._icons = icons
        self._hub = hub
        self._workers = workers
        self._copy_link = copy_link
        self._checks = checks
        self._thumbnails: Thumbnails | None = None
        self._looking: asyncio.Task[None] | None = None
        controller.subscribe(self._show)
        access_controller.subscribe(self._show)

    def open(self) -> None:
        """Show the window, this once, as soon as the panel stands where it belongs."""
        # Before, window managers would put it anywhere.
        self._panel.preview.stage.painted.connect(self._begin_soon, Qt.ConnectionType.SingleShotConnection)

    def _begin_soon(self) -> None:
        QTimer.singleShot(0, self._panel, self._begin)

    def _begin(self) -> None:
        window = self.window = FirstStart(self._icons, self._panel)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.setWindowModality(Qt.WindowModality.WindowModal)
        self._thumbnails = Thumbnails(self._hub, self._workers, window.what.cards.set_picture)
        window.what.cards.in_sight.connect(self._look_at)
        window.what.pick_requested.connect(self._controller.pick)
        window.share_requested.connect(self._share)
        window.look_requested.connect(self._access_controller.look)
        window.link.copy_requested.connect(self._copy)
        window.link.open_requested.connect(self._open_here)
        window.finished.connect(self._end)
        self._controller.remember(knows_first_steps=True)
        self._show()
        window.open()
        window.what.cards.setFocus()
        self._look_at_system()

    def translate(self) -> None:
        """Say everything in the language in use, where it is open."""
        if self.window is not None:
            self.window.translate()
            self._show()
            self._look_at_system()

    def close(self) -> None:
        """End it with the app; may be called where nothing is open."""
        if self.window is not None:
            self.window.reject()

    def _show(self) -> None:
        if self.window is not None:
            is_fixed = bool(self._controller.fixed & {"mode", "interface"})
            self.window.show_state(self._controller.state, self._access_controller.state, is_fixed=is_fixed)

    def _look_at(self, sources: tuple[Source, ...]) -> None:
        if self._thumbnails is not None and self.window is not None:
            self._thumbnails.set_size(self.window.what.cards.picture_size)
            self._thumbnails.set_in_sight(sources)

    def _share(self, sources: tuple[Source, ...], interface: Interface | None) -> None:
        controller = self._controller
        wanted = {source.identity for source in sources}
        for row in controller.state.shared:
            if row.source.identity not in wanted:
                controller.set_shared(row.source, False)
        for source in sources:
            controller.set_shared(source, True)
        chosen = self._access_controller.state.wanted
        name, address = (interface.name, interface.address) if interface is not None else ("", "")
        if (chosen.name, chosen.address) != (name, address) and "mode" not in controller.fixed:
            self._access_controller.choose(interface)
        controller.start()

    def _copy(self) -> None:
        self._copy_link()
        if self.window is not None:
            self.window.link.say_copied()

    def _open_here(self) -> None:
        settings = self._controller.settings
        needs_link = bool(settings.asks_here or settings.names)
        url = local_url(self._controller.state, self._access_controller.state.full_url, needs_link=needs_link)
        if url and not QDesktopServices.openUrl(QUrl(url)):
            words = _("No browser opened. Copy the link and paste it into a browser.")
            self._controller.tell(Message("server", words, "notice"))

    def _look_at_system(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._looking = asyncio.get_running_loop().create_task(self._find_out(), name="first start")

    async def _find_out(self) -> None:
        try:
            found = await asyncio.get_running_loop().run_in_executor(None, self._checks)
        except Exception:
            # The task's border: the first start goes on without.
            log.exception("it could not be found out what this system lacks")
            return
        if self.window is not None:
            self.window.show_findings([check for check in found if not check.ok and check.name != _(PORT_CHECK)])

    def _end(self) -> None:
        self.window = None
        if self._looking is not None:
            self._looking.cancel()
        if self._thumbnails is not None:
            self._thumbnails.close()
            self._thumbnails = None
