"""Notices that the desktop shows, by its notification service (``org.freedesktop.Notifications`` on the session's bus).

What is said there and may be asked is described at https://specifications.freedesktop.org/notification-spec/.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from capture.platforms.linux.dbus import BUS, NoAnswer, call, connect, follow, session_bus
from capture.platforms.system import family
from resources import APPLICATION_ID
from resources.translate import _
from server.access.consent import ANSWERABLE_SECONDS

log = logging.getLogger(__name__)

SERVICE = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
ANSWER_SECONDS = 25.0
"""As is usual on the bus: the service may have to be started first."""
ELSEWHERE_SECONDS = 3.0
"""A question is asked elsewhere too when the service has not shown it for so long."""
FAREWELL_SECONDS = 0.5
URGENT = 2
NORMAL = 1
OPEN = "default"
"""What a notice that is pressed itself invokes, by the specification."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A notice that the service shows.

    Attributes:
        number: the service's, which it may give to another notice once this one is over.
        actions: what may be invoked of it.
        since: when it was shown, on the monotonic clock.
    """

    number: int
    actions: tuple[str, ...]
    since: float

    @property
    def is_question(self) -> bool:
        """Tell whether it has answers to press."""
        return any(action != OPEN for action in self.actions)


class DesktopNotices:
    """Shows one notice under each name at a time: a newer one takes the older one's place. Loop only.

    Where no service answers nothing is shown, and it is asked again the next time.

    A question, which has answers to press, never takes the place of another notice: an answer belongs to the notice
    that it was pressed on, also when a hand is on its way while things change. Each name of an action holds the name of
    its notice, so that one that a service invokes late, or under a number given anew, is known for what it is.
    """

    def __init__(self, pressed: Callable[[str, str], None], address: str | None = None) -> None:
        """``pressed`` gets the name of a notice and the answer that the person pressed, empty for the notice itself;
        ``address`` is the bus, else the session's."""
        self._pressed = pressed
        self._address = address
        self._bus: Any = None
        self._abilities: frozenset[str] | None = None
        self._service = ""
        self._shown: dict[str, _Shown] = {}
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def say(self, name: str, title: str, words: str, *, urgent: bool = False) -> None:
        """Show a notice; ``words`` are plain text, whatever is in them."""
        self._begin(self._say(name, title, words, {}, urgent=urgent))

    def ask(self, name: str, title: str, words: str, answers: Mapping[str, str], otherwise: Callable[[], None]) -> None:
        """Show a question with its ``answers``, each with what stands on its button.

        ``otherwise()`` is called when that cannot be: there is no service, it has no buttons, or it takes long.
        """
        self._begin(self._ask(name, title, words, answers, otherwise))

    def withdraw(self, name: str) -> None:
        """Take the notice of that name away, if there is one or one is on its way."""
        if name in self._shown or self._tasks:
            self._begin(self._withdraw(name))

    async def close(self) -> None:
        """Say nothing any more; questions go, for nobody hears an answer, and what else is shown goes by itself."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        bus, self._bus = self._bus, None
        if bus is not None and bus.connected:
            asked = [shown.number for shown in self._shown.values() if shown.is_question]
            with contextlib.suppress(Exception):  # a service that hangs keeps nothing from ending
                for number in asked:
                    await call(bus, SERVICE, PATH, SERVICE, "CloseNotification", "u", number, seconds=FAREWELL_SECONDS)
            bus.disconnect()
            with contextlib.suppress(Exception):  # however the connection ends, it has ended
                await bus.wait_for_disconnect()

    def _begin(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(self._try(work), name="desktop notice")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _try(self, work: Any) -> None:
        try:
            async with self._turn:  # the number of the one before is known when the next one takes its place
                await work
        except asyncio.CancelledError:
            raise
        except Exception as fault:  # noqa: BLE001  a missing bus or service shows in many ways
            log.info("the desktop shows no notices: %s", fault)
        finally:
            work.close()

    async def _ask(
        self, name: str, title: str, words: str, answers: Mapping[str, str], otherwise: Callable[[], None]
    ) -> None:
        is_late = False

        def be_late() -> None:
            nonlocal is_late
            is_late = True
            otherwise()

        timer = asyncio.get_running_loop().call_later(ELSEWHERE_SECONDS, be_late)
        try:
            await self._connect(needs="actions")
            await self._say(name, title, words, answers, urgent=True)
        except Exception:
            if not is_late:
                otherwise()
            raise
        finally:
            timer.cancel()

    async def _say(self, name: str, title: str, words: str, answers: Mapping[str, str], *, urgent: bool) -> None:
        from dbus_fast import Variant

        await self._connect()
        abilities = self._abilities or frozenset()
        body = html.escape(words, quote=False) if "body-markup" in abilities else words
        actions = [OPEN, _("Open Panecast")] if "actions" in abilities else []
        for answer, label in answers.items():
            actions += [_action(name, answer), label]
        hints = {
            "urgency": Variant("y", URGENT if urgent else NORMAL),
            "desktop-entry": Variant("s", APPLICATION_ID),
        }
        before = self._shown.get(name)
        if before is not None and before.is_question:
            return  # it says the same, and more
        reply = await self._call(
            "Notify",
            "susssasa{sv}i",
            "Panecast",
            before.number if before is not None else 0,
            APPLICATION_ID,  # its icon's name too
            title,
            body,
            actions,
            hints,
            -1,
        )
        if reply.sender != self._service:
            self._shown.clear()  # of another service, whose numbers mean nothing to this one
            self._service = reply.sender
        self._shown[name] = _Shown(int(reply.body[0]), tuple(actions[::2]), time.monotonic())

    async def _withdraw(self, name: str) -> None:
        shown = self._shown.pop(name, None)
        if shown is not None and self._bus is not None and self._bus.connected:
            await self._call("CloseNotification", "u", shown.number)

    async def _connect(self, needs: str = "") -> None:
        """Connect to the bus and learn what the service can do, unless that is done.

        Raises:
            NoAnswer: there is none, or it cannot do what is needed.
        """
        if self._bus is None or not self._bus.connected:
            await self._join()
        if self._abilities is None:
            self._abilities = frozenset((await self._call("GetCapabilities")).body[0])
        if needs and needs not in self._abilities:
            raise NoAnswer(f"{SERVICE} has no {needs}")

    async def _join(self) -> None:
        address = self._address or session_bus()
        if family() != "linux" or address is None:
            raise NoAnswer("there is no session bus")
        bus = await connect(address)
        try:
            self._bus = bus
            self._forget()
            bus.add_message_handler(self._receive)
            await follow(bus, f"type='signal',sender='{SERVICE}',interface='{SERVICE}',member='ActionInvoked'")
            await follow(bus, f"type='signal',sender='{BUS}',member='NameOwnerChanged',arg0='{SERVICE}'")
        except BaseException:
            self._bus = None
            bus.disconnect()
            raise

    def _forget(self) -> None:
        """Know nothing of the service and what it shows: it is another one."""
        self._abilities = None
        self._service = ""
        self._shown.clear()

    async def _call(self, member: str, signature: str = "", *body: Any) -> Any:
        return await call(self._bus, SERVICE, PATH, SERVICE, member, signature, *body, seconds=ANSWER_SECONDS)

    def _receive(self, message: Any) -> None:
        if message.member == "NameOwnerChanged" and message.sender == BUS and message.body[0] == SERVICE:
            self._forget()
            return
        # Anybody on the bus could send us such a message.
        if message.member != "ActionInvoked" or message.interface != SERVICE or message.sender != self._service:
            return
        if message.signature != "us":
            return
        number, action = message.body
        for name, shown in tuple(self._shown.items()):
            if shown.number == number and action in shown.actions:
                if action == OPEN:
                    self._pressed(name, "")
                # What was pressed sooner was meant for what had been in the same place.
                elif time.monotonic() - shown.since >= ANSWERABLE_SECONDS:
                    self._pressed(name, action.removeprefix(_action(name, "")))


def _action(name: str, answer: str) -> str:
    """Return what an answer is called on the bus: unlike that of any other notice."""
    return f"{name}:{answer}"
