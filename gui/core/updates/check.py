"""Whether there is a newer version: asked at one address, only where the person wants it, and nothing is downloaded.

Where a package manager keeps Panecast up to date, nothing is asked at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from capture.events import Listeners
from capture.installation import Installation, installation
from gui.core.controller import Controller
from gui.core.state import Message
from gui.core.updates.release import ADDRESS, NoAnswer, Release, is_newer, newest
from resources.translate import _
from server import __version__

log = logging.getLogger(__name__)

SUBJECT = "update"
KEPT_BY_SYSTEM: tuple[Installation, ...] = ("deb", "rpm", "arch")
"""Ways to install that bring newer versions themselves."""
FIRST_SECONDS = 60.0
"""After the start: it has better things to do then."""
DAY_SECONDS = 86400.0
State = Literal["idle", "checking", "newest", "newer", "failed"]


@dataclass(frozen=True, slots=True)
class UpdateState:
    """What is known of newer versions.

    Attributes:
        release: the newer version; None unless `state` is ``newer``.
    """

    state: State = "idle"
    release: Release | None = None

    @property
    def words(self) -> str:
        """Return it as a sentence, empty where nothing was asked yet."""
        match self.state:
            case "checking":
                return _("Checking…")
            case "newest":
                return _("Panecast {version} is the newest version.").format(version=__version__)
            case "newer" if self.release is not None:
                words = _("Panecast {version} is available. You have {own}.")
                return words.format(version=self.release.version, own=__version__)
            case "failed":
                return _("The newest version could not be looked up. Check the network connection and try again.")
        return ""


def is_offered() -> bool:
    """Tell whether newer versions are looked for with this kind of package."""
    return installation() not in KEPT_BY_SYSTEM


class UpdateCheck:
    """Asks once a day while the person wants that, and whenever they say so. Loop only.

    Attributes:
        state: what is known; frozen, replaced whole.
        is_offered: newer versions are looked for with this kind of package.
    """

    def __init__(
        self,
        controller: Controller,
        *,
        address: str = ADDRESS,
        own: str = __version__,
        first_seconds: float = FIRST_SECONDS,
        offered: bool | None = None,
    ) -> None:
        self.state = UpdateState()
        self.is_offered = is_offered() if offered is None else offered
        self.show: Callable[[], None] = lambda: None
        """Opens what shows more, for the button of the message."""
        self._controller = controller
        self._address = address
        self._own = own
        self._seconds = first_seconds
        self._listeners = Listeners()
        self._timer: asyncio.TimerHandle | None = None
        self._asking: asyncio.Task[None] | None = None
        if self.is_offered:
            controller.subscribe_settings(self._adapt)
            self._adapt()

    def subscribe(self, changed: Callable[[], None]) -> None:
        """Have ``changed()`` called after each change of `state`."""
        self._listeners.subscribe(changed)

    @property
    def is_on(self) -> bool:
        """Tell whether it is asked once a day."""
        return self._controller.settings.check_for_updates

    def switch(self, is_on: bool) -> None:
        """Ask once a day from now on, or no longer."""
        self._controller.remember(check_for_updates=is_on)

    def check_now(self) -> None:
        """Ask at once; whatever comes of it is in `state`."""
        self._ask(says_failure=True)

    async def close(self) -> None:
        """Ask no more."""
        if self._timer is not None:
            self._timer.cancel()
        asking, self._asking = self._asking, None
        if asking is not None:
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asking

    def _adapt(self) -> None:
        if not self.is_on and self._timer is not None:
            self._timer.cancel()
            self._timer = None
        elif self.is_on and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._daily)

    def _daily(self) -> None:
        self._timer, self._seconds = None, DAY_SECONDS
        self._adapt()
        self._ask(says_failure=False)

    def _ask(self, *, says_failure: bool) -> None:
        if self.is_offered and self._asking is None:
            self._asking = asyncio.get_running_loop().create_task(self._find_out(says_failure), name="updates")

    async def _find_out(self, says_failure: bool) -> None:
        before = self.state
        if says_failure:
            self._become(UpdateState("checking"))
        try:
            found = await newest(self._address)
        except NoAnswer as reason:
            log.info("the newest version is not known: %s", reason)
            self._become(UpdateState("failed") if says_failure else before)
        else:
            is_newer_one = is_newer(found.version, self._own)
            self._become(UpdateState("newer", found) if is_newer_one else UpdateState("newest"))
            if is_newer_one and not says_failure:
                self._tell()
        finally:
            self._asking = None

    def _become(self, state: UpdateState) -> None:
        if state != self.state:
            self.state = state
            self._listeners.tell()

    def _tell(self) -> None:
        show = self.show
        self._controller.tell(Message(SUBJECT, self.state.words, "notice", action=_("What is new"), act=show))
