"""What the windows of the gallery show: long titles, twelve viewers, a strip and a message at once, and nothing."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import cast

from PySide6.QtGui import QColor, QImage

from capture.source import Condition, Source
from gui.core.access_state import EVERYTHING, AccessViewState, failure_words
from gui.core.controller import BLANKED
from gui.core.networks import ChosenNetwork, firewall_hint
from gui.core.state import AppState, Message, SourceState, watchers
from gui.core.updates.check import UpdateCheck, UpdateState
from gui.core.updates.release import Release
from gui.dialogs.first_start.window import FirstStart
from gui.dialogs.manual.pages import pages
from gui.dialogs.updates import UpdatesWindow
from gui.panel.window import Panel
from gui.verbs import Verbs
from gui.widgets.icons import Icons
from resources.translate import _
from server.access.authorizer import Guest
from server.access.consent import Question
from server.access.control import Viewer
from server.access.devices import Device
from server.access.links import Link
from server.access.lockout import Failure
from server.access.pin import Pin
from server.doctor import Check
from server.net.interfaces import Interface
from server.net.peers import Peer
from server.protocol.options import StreamOptions
from server.stream.stats import SessionView


def _window(number: int, title: str, app: str, **more: object) -> Source:
    values: dict[str, object] = {"width": 1280, "height": 720, "pid": number, "started": 5} | more
    return Source(str(number), "window", title, app, **values)


SOURCES = (
    Source("0", "desktop", "Whole desktop", "", width=3840, height=1080),
    Source("monitor-1", "monitor", "Monitor 1", "", width=1920, height=1080),
    _window(1, "build log — make -j8 check in ~/src/panecast, a title that is rather long", "xterm"),
    _window(2, "Inbox (3) — Thunderbird", "thunderbird", state="minimised"),
    *(_window(number, f"Document {number}", "libreoffice") for number in range(3, 12)),
)
MISSING, MEND = "The X server has no extension Composite.", "Switch it on."
NOTES = "Something that was wished for."
DATA = (
    *(page.title for page in pages("en")),
    *(MISSING, MEND, NOTES, "eth0", "wg0"),
    *(source.title for source in SOURCES),
    *(source.app for source in SOURCES if source.app),
    *("My link", "TV in the living room", "Anna", "Firefox, Android", "Firefox", "Mozilla", "key"),
    *(
        "a program with a rather long name",
        "panecast",
        "Panecast",
        "computer.local",
        "localhost",
        "Alt",
        "Strg",
        "Ctrl",
        "Shift",
        "Return",
        "wlan0",
    ),
    *("build log — make -j8 check in ~/src/panecast, a", "build log", "Inbox", "firefox", "screen.example.org"),
    "Press shortcut",  # Qt's own
    *("eth0", "wg0", "The X server has no extension Composite.", "Switch it on."),  # the system's
    *("http", "/home/somebody/.config/panecast", "/home/somebody/.local/state/panecast/log"),
)
"""What is a person's or a program's own, and the same in all languages."""
SHARED = (0, 2, 4)
LINKS = tuple(
    Link(id=str(at), name=name, token="t" * 32, scope=EVERYTHING, created=float(at), expires=ends, most_devices=most)
    for at, (name, ends, most) in enumerate(
        (("My link", None, None), ("TV in the living room", time.time() + 90_000, 3), ("Anna", 1.0, 1))
    )
)
DEVICES = tuple(
    Device(
        id=str(at),
        name="Firefox, Android",
        address=f"192.168.1.{30 + at}",
        first_seen=1.0,
        last_seen=time.time() - at * 4000,
        link_id="0",
    )
    for at in range(12)
)
CARDS = (Interface("192.168.1.20", "eth0", "cable"), Interface("10.8.0.2", "wg0", "vpn"))
DOORS = AccessViewState(
    wanted=ChosenNetwork("eth0", "192.168.1.20"),
    interfaces=CARDS,
    is_open=True,
    url="http://192.168.1.20:8080",
    link=LINKS[0],
    links=LINKS,
    devices=DEVICES,
    blocked=("192.168.1.99",),
    pin=Pin("482913", time.monotonic() + 170),
    hint=firewall_hint(8080, "windows"),
)
MESSAGE = Message(
    "failures",
    failure_words(
        (
            Failure("192.168.1.77", "PIN", 3, 0.0, 120.0),
            Failure("192.168.1.78", "link", 1, 0.0, 0.0),
        )
    ),
    "notice",
    action=_("Share with this network"),
)


def questions(now: float) -> tuple[Question, ...]:
    """Return what two strangers ask for, on the monotonic clock."""
    wanted = ("build log", "Inbox", "Whole desktop", "Document 3")
    return tuple(
        Question(number, f"192.168.1.{number}", "Firefox, Android", wanted, "PIN", now + 50, now) for number in (1, 2)
    )


def _sharing(viewers: int, *, is_busy: bool) -> AppState:
    watching = watchers(
        SessionView(
            f"viewer {at}",
            Viewer(
                f"192.168.1.{30 + at}",
                "Mozilla/5.0 Firefox/128.0",
                Guest(Peer(f"192.168.1.{30 + at}", "key", False), "device", "0"),
                "My link",
            ),
            SOURCES[2],
            StreamOptions(fps=15),
            14.8,
            210_400.0,
            time.monotonic() - 250,
            "live",
        )
        for at in range(viewers)
    )
    return AppState(
        phase="sharing",
        url="http://192.168.1.20:8080",
        sources=tuple(
            SourceState(source, shared=at in SHARED, watching=viewers if at == 2 else 0)
            for at, source in enumerate(SOURCES)
        ),
        viewers=watching,
        selected=SOURCES[2],
        message=MESSAGE if is_busy else None,
        blanking=BLANKED if is_busy else None,
    )


STATES = (
    ("empty", AppState(), AccessViewState(interfaces=CARDS)),
    ("one-viewer", _sharing(1, is_busy=False), DOORS),
    ("strip-and-twelve", _sharing(12, is_busy=True), DOORS),
)


def panel(state: AppState, access_controller: AccessViewState) -> Panel:
    """Return the panel, showing ``state``."""
    icons = Icons()
    verbs = Verbs(icons)
    made = Panel(icons, verbs)
    verbs.show_state(state)
    made.show_state(state)
    made.show_access(access_controller)
    if state.selected is not None:
        picture = QImage(960, 540, QImage.Format.Format_RGB32)
        picture.fill(QColor("#2b5b84"))
        made.preview.stage.show_picture(picture, Condition("live"), (960, 540))
    return made


def updates(parent: Panel) -> UpdatesWindow:
    """Return the window about newer versions, with one."""
    newer = Release("9.9.9", "https://panecast.github.io/changelog#9.9.9", NOTES)
    state = UpdateState("newer", newer)
    check = SimpleNamespace(state=state, is_on=False, switch=print, check_now=print, subscribe=lambda changed: changed)
    return UpdatesWindow(cast("UpdateCheck", check), parent)


def first_start(step: int, parent: Panel) -> FirstStart:
    """Return the first start at one of its steps, with something missing in the first and a viewer in the last."""
    made = FirstStart(Icons(), parent)
    state = STATES[1][1]
    made.what.show_findings([Check("Display", False, MISSING, MEND)])
    made.show_state(state, DOORS, is_fixed=False)
    for _step in range(step):
        made.next.click()
    return made
