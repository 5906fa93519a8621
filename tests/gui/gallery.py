"""Every window of the app on screens of many sizes, looked at for faults, and as pictures: a program of its own, for
screens, theme and font are chosen before Qt begins.

``python -m tests.gui.gallery [--screens NAMES] [--dark] [--font POINTS] [--lang TAGS] [--pictures FOLDER]`` prints one
fault a line. In a pseudo language, words that come from no catalogue are faults too, and in others what has no name or
no role for those who hear the panel.
The screens are Qt's own and need no display; each has the room that is left of a real one by its scale factor.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast


@dataclass(frozen=True)
class Screen:
    """A screen by what it is in pixels, and its scale factor."""

    name: str
    width: int
    height: int
    scale: float = 1.0


SCREENS = (
    Screen("1024x600", 1024, 600),
    Screen("1366x768", 1366, 768),
    Screen("1366x768-at-1.5", 1366, 768, 1.5),
    Screen("1920x1080-at-2", 1920, 1080, 2.0),
    Screen("1440x900", 1440, 900),
    Screen("2560x1440", 2560, 1440),
    Screen("1024x600-at-1.5", 1024, 600, 1.5),
)
APART = 8000
"""Logical pixels between the corners of two screens: nothing reaches from one to the next."""


def plug_in(screens: list[Screen], folder: Path) -> None:
    """Have the next application find these screens and no others."""
    table = [
        {
            "name": screen.name,
            "x": at * APART,
            "y": 0,
            "width": int(screen.width / screen.scale),
            "height": int(screen.height / screen.scale),
            "logicalDpi": 96,
            "logicalBaseDpi": 96,
            "dpr": 1,
        }
        for at, screen in enumerate(screens)
    ]
    file = folder / "screens.json"
    file.write_text(json.dumps({"windowFrameMargins": True, "screens": table}), encoding="utf-8")
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={file}"
    os.environ["QT_API"] = "pyside6"


def _application(*, dark: bool, points: int) -> Any:
    from PySide6.QtGui import QColor, QPalette
    from PySide6.QtWidgets import QApplication

    from gui.widgets.check_style import PanelStyle
    from gui.widgets.style import accented

    app = QApplication([])
    app.setStyle(PanelStyle())
    if points:
        font = app.font()
        font.setPointSize(points)
        app.setFont(font)
    palette = app.palette()
    if dark:  # as a desktop's own theme has it
        palette = QPalette(QColor("#31363b"), QColor("#232629"))
        for role in (QPalette.ColorRole.Base, QPalette.ColorRole.AlternateBase):
            palette.setColor(role, QColor("#1b1e20"))
        app.setPalette(palette)
    app.setPalette(accented(palette).resolve(palette))
    return app


def _windows(screen: Any) -> Iterator[tuple[str, Any]]:
    """Yield each window of the app, named, shown on ``screen`` by the caller."""
    from PySide6.QtGui import QGuiApplication

    from gui.core.encryption import Encryption
    from gui.core.networks import choice_words
    from gui.core.settings import DECLARED, Settings
    from gui.desktop.tray import Tray
    from gui.dialogs.about import AboutWindow
    from gui.dialogs.consent import ConsentWindow
    from gui.dialogs.crash_report import CrashReportDialog
    from gui.dialogs.encryption import EncryptionWindow
    from gui.dialogs.host_names import HostNamesWindow
    from gui.dialogs.link_form import LinkForm
    from gui.dialogs.links import LinksWindow
    from gui.dialogs.manual.window import ManualWindow
    from gui.dialogs.pin import PinWindow
    from gui.dialogs.privacy import PrivacyDialog
    from gui.dialogs.settings.dialog import SettingsDialog
    from gui.dialogs.settings.extra import Extra, panel_keys
    from gui.dialogs.settings.password import PasswordDialog
    from gui.settings.declared import PAGES
    from gui.settings.words import label_of
    from gui.verbs import Verbs
    from gui.widgets.icons import Icons
    from gui.widgets.qr import QrDialog
    from resources.translate import _
    from server.net.interfaces import Interface
    from tests.gui import gallery_content

    # It says some things when it is imported, in the language that was in use then.
    content = importlib.reload(gallery_content)
    for name, state, access_controller in content.STATES:
        yield name, content.panel(state, access_controller)
    panel = content.panel(*content.STATES[-1][1:])
    panel.move(screen.geometry().topLeft())
    menu = panel.access_bar.more.menu()
    assert menu is not None
    yield "more-menu", menu
    tray = Tray(Icons(), Verbs(Icons()))
    tray.show_state(content.STATES[-1][1])
    yield "tray-menu", tray.menu
    privacy = PrivacyDialog(panel)
    privacy.show_settings(Settings(never_shown=("a program with a rather long name",)), ("firefox", "xterm"))
    yield "privacy", privacy
    known = Settings(never_shown=("a program with a rather long name",), fps=12, remind_after=0)
    verbs = ((_("Export…"), panel.update), (_("Import…"), panel.update))
    everything = _("Saves everything, also links, devices and the key for HTTPS, in one file under a password.")
    more = (
        Extra("keyboard", _("Keys in the panel"), panel_keys()),
        Extra("advanced", _("Export and import"), everything, verbs),
    )
    speed = DECLARED["fps"]
    network = Interface("192.168.1.20", "wlan0", "wifi")
    for page in PAGES:
        offered = {"interface": lambda: [(choice_words(network), "")]}
        offered |= dict.fromkeys(
            ("start_networks", "never_shown", "shown_anyway"),
            lambda: [("wlan0 192.168.1.0/24", "wlan0 192.168.1.0/24")],
        )
        every = SettingsDialog(DECLARED, Settings(), frozenset({"port"}), offered, more, panel)
        every.show_settings(known, frozenset({"fps"}), _("Change: {label}").format(label=label_of(speed)))
        every.show_page(page)
        if page == "pictures":
            every.say("fps", _("It has to be {allowed}.").format(allowed=speed.allowed))
        yield f"settings-{page}", every
    why = _("Enter the password of this backup.")
    asked = PasswordDialog(_("Back up"), why, _("Continue"), panel, is_new=True)
    asked.say(_("A password needs at least {count} characters.").format(count=8))
    yield "password", asked
    links = LinksWindow(panel)
    links.show_access(content.DOORS, content.SOURCES[:5])
    yield "links", links
    form = LinkForm(content.SOURCES[:9], panel)
    form.shows.setCurrentIndex(1)
    form.expiry.setCurrentIndex(form.expiry.count() - 1)
    form.make.click()  # without a name: it says so
    yield "link-form", form
    encryption = EncryptionWindow(panel)
    made = SimpleNamespace(
        fingerprint=":".join(["AB"] * 32),
        is_own=True,
        not_after=datetime(2027, 5, 5, tzinfo=UTC),
        names=("192.168.1.20", "localhost", "127.0.0.1", "::1", "computer.local"),
    )
    encryption.show_encryption(cast("Encryption", SimpleNamespace(is_on=True, files=("", ""), certificate=made)))
    yield "encryption", encryption
    names = HostNamesWindow(panel)
    names.field.setText("screen.example.org")
    yield "names", names
    yield (
        "about",
        AboutWindow(Path("/home/somebody/.config/panecast"), Path("/home/somebody/.local/state/panecast/log"), panel),
    )
    crash = CrashReportDialog("Panecast did not end properly.\n\nFatal Python error: Segmentation fault\n" * 9, panel)
    crash.show_report.click()
    yield "crash-report", crash
    for step in range(3):
        yield f"first-start-{step + 1}", content.first_start(step, panel)
    yield "updates", content.updates(panel)
    manual = ManualWindow(ThreadPoolExecutor(1))
    manual.move(screen.geometry().topLeft())
    manual.open_at("who-can-watch")
    manual.come_forward()
    yield "manual", manual
    pin = PinWindow(panel)
    pin.show_access(content.DOORS)
    yield "pin", pin
    yield "qr", QrDialog(content.DOORS.full_url, panel, "My link")
    yield "close-question", panel.ask_keep_sharing()
    if screen == QGuiApplication.primaryScreen():  # it always lies there
        consent = ConsentWindow()
        consent.show_access(replace(content.DOORS, questions=content.questions(time.monotonic())))
        yield "consent", consent


def _take(window: Any, scale: float, file: Path) -> None:
    from PySide6.QtGui import QPixmap

    pixmap = QPixmap(window.size() * scale)
    pixmap.setDevicePixelRatio(scale)
    window.render(pixmap)
    pixmap.save(str(file))


def _look_at(app: Any, screens: list[Screen], pictures: Path | None, suffix: str) -> Iterator[str]:
    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QComboBox

    from resources.translate import PSEUDO, language
    from tests.gui.accessible import unnamed
    from tests.gui.gallery_content import DATA
    from tests.gui.layout import faults, popup_faults
    from tests.gui.wording import strange_words

    by_name = {screen.name: screen for screen in screens}
    for screen in app.screens():
        wanted = by_name[screen.name()]
        for name, window in _windows(screen):
            window.move(screen.geometry().topLeft() + QPoint(4, 4))
            window.show()
            while not getattr(window, "is_settled", True):
                app.processEvents()
            for _ in range(4):  # each layout asks the one around it to look again
                app.processEvents()
            found = faults(window)
            for choice in window.findChildren(QComboBox):
                if choice.isVisible():
                    found += popup_faults(choice)
            if language() in PSEUDO:
                found += strange_words(window, DATA)
            elif screen == app.screens()[0]:
                found += unnamed(window)
            yield from (f"{language()} {wanted.name} {name}{suffix}: {fault}" for fault in found)
            if pictures is not None:
                _take(window, wanted.scale, pictures / f"{name}-{wanted.name}{suffix}-{language()}.png")
            window.hide()
            window.deleteLater()
            app.processEvents()


def main() -> int:
    """Print the faults; return 1 if there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", default=",".join(screen.name for screen in SCREENS))
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--font", type=int, default=0)
    parser.add_argument("--lang", default="en", help="tags, with commas: one after the other")
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    screens = [screen for screen in SCREENS if screen.name in options.screens.split(",")]
    if options.pictures is not None:
        options.pictures.mkdir(parents=True, exist_ok=True)
    suffix = ("-dark" if options.dark else "-light") + (f"-{options.font}pt" if options.font else "")
    with tempfile.TemporaryDirectory() as folder:
        plug_in(screens, Path(folder))
        app = _application(dark=options.dark, points=options.font)
        from gui.desktop.language import QtWords
        from resources.translate import use

        found, words = [], QtWords()
        for tag in options.lang.split(","):
            use(tag)
            words.follow()
            found += _look_at(app, screens, options.pictures, suffix)
    print("\n".join(found))
    sys.stdout.flush()
    os._exit(bool(found))  # Qt takes its time to take so many windows apart


if __name__ == "__main__":
    sys.exit(main())
