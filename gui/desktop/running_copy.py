"""The tray app as `panecast share` and the like find it: by the verbs and the controller, as by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from capture.source import Source
from gui.core.access import AccessController
from gui.core.controller import Controller
from gui.core.networks import HERE
from gui.verbs import Verbs
from resources.translate import _
from server.errors import ServerError
from server.host import Host
from server.remote.message import Answer, Request
from server.server import listen


class TrayCopy:
    """The app that runs, as `server.remote.requests.RunningCopy`. Loop only."""

    has_panel = True

    def __init__(
        self,
        host: Host,
        controller: Controller,
        access_controller: AccessController,
        verbs: Verbs,
        show_demo: Callable[[], None],
        config: Callable[[Request], Coroutine[Any, Any, Answer]],
    ) -> None:
        self.host = host
        self._controller = controller
        self._access_controller = access_controller
        self._verbs = verbs
        self.show_demo = show_demo
        self._config = config
        self.set_shared: Callable[[Source, bool], None] = controller.set_shared
        self.pause, self.blank, self.go_on = controller.pause, controller.blank, controller.go_on
        self.show = verbs.open.trigger
        self.settled = controller.settled

    @property
    def phase(self) -> str:
        """Return ``idle``, ``starting``, ``sharing`` or ``stopping``."""
        return self._controller.state.phase

    @property
    def address(self) -> str:
        """Return the address that *Copy link* gives away."""
        self._access_controller.refresh_now()
        return self._access_controller.state.full_url or self._controller.state.url

    async def start(self) -> str:
        """Let viewers in; return why that is not possible."""
        await self._controller.settled()
        self._controller.start()
        return await self._controller.settled()

    async def stop(self) -> None:
        """Let nobody in any more."""
        await self._controller.settled()
        self._controller.stop()
        await self._controller.settled()

    async def set_port(self, port: int) -> str:
        """Listen at ``port``; return why that is not possible."""
        await self._controller.settled()
        if port == self._controller.state.port:
            return ""
        if "port" in self._controller.fixed:
            return _("The port cannot be changed. It is fixed by your administrator.")
        # Looked at before: where it cannot be had, those who watch stay where they are.
        try:
            for listening in listen(HERE, port):
                listening.close()
        except ServerError as error:
            return error.message
        self._controller.set_port(port)
        return await self._controller.settled()

    async def config(self, request: Request) -> Answer:
        """Return a setting, or change it."""
        return await self._config(request)

    def quit(self) -> None:
        """End, once the answer is written."""
        asyncio.get_running_loop().call_soon(self._verbs.quit.trigger)
