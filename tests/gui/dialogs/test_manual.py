"""The manual: complete in every language, no link or “?” leads nowhere, and it quotes what the program says."""

from __future__ import annotations

import ast
import re
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from gui.dialogs.manual import loading
from gui.dialogs.manual import window as manual_window
from gui.dialogs.manual.opener import ManualOpener
from gui.dialogs.manual.pages import Page, folder, pages, shown
from gui.dialogs.manual.window import ManualWindow
from gui.dialogs.pin import PinWindow
from gui.dialogs.settings.dialog import HELP as SETTINGS_HELP
from gui.panel.window import Panel
from gui.verbs import Verbs
from gui.widgets.help import HelpButton, help_of
from gui.widgets.icons import Icons
from resources.translate import ENGLISH, NAMES, use
from tests.helpers.x11.desktop import PROJECT

MOST_BYTES = 20_000
NARROW = 300
"""Pixels that each picture has at least."""
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)]*)\)")
HELP = re.compile(r'(?:HelpButton\(|help_page = |set_help\([\w.]+, |ask_help\([\w.]+, |FIRST = )"([^"]+)"')


@pytest.fixture
def workers() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as made:
        yield made


def said() -> set[str]:
    """Return every text in the source of the panel and what lies below it."""
    return {
        node.value
        for part in ("gui", "server", "capture")
        for path in (PROJECT / part).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def by_name(language: str) -> dict[str, Page]:
    return {page.name: page for page in pages(language)}


def test_each_page_is_there_in_each_language_with_the_same_anchors_and_words() -> None:
    english = by_name(ENGLISH)

    assert len(english) == 12
    for language in NAMES:
        others = by_name(language)
        assert {name: page.file for name, page in others.items()} == {n: page.file for n, page in english.items()}
        for name, page in others.items():
            assert page.anchors == english[name].anchors, (language, name)
            assert sorted(page.words) == sorted(english[name].words), (language, name)


@pytest.mark.parametrize("language", list(NAMES))
def test_links_and_pictures_lead_somewhere(language: str) -> None:
    files = {page.file: page for page in pages(language)}
    pictures = {file.name: file for file in folder(language).iterdir() if file.name.endswith(".png")}
    used = set()
    for page in files.values():
        for is_picture, target in LINK.findall(page.source):
            file, _, anchor = target.partition("#")
            if is_picture:
                used.add(target)
                assert target in pictures, page.file
            elif anchor:
                assert anchor in files[file or page.file].anchors, (page.file, target)
            else:
                assert file in files, (page.file, target)

    assert used == pictures.keys()
    assert [name for name, file in pictures.items() if len(file.read_bytes()) > MOST_BYTES] == []


def test_each_question_mark_leads_to_something() -> None:
    english = by_name(ENGLISH)
    targets = {
        target for path in (PROJECT / "gui").rglob("*.py") for target in HELP.findall(path.read_text(encoding="utf-8"))
    }

    assert len(targets) >= 12
    for target in targets | set(SETTINGS_HELP.values()):
        name, _, anchor = target.partition("#")
        assert name in english, target
        assert not anchor or anchor in english[name].anchors, target


def test_words_of_the_program_are_those_of_its_source() -> None:
    known = said()

    assert {word for page in pages(ENGLISH) for word in page.words} - known == set()


def test_words_are_shown_without_the_letter_to_press() -> None:
    page = Page("01-a.md", "a", "# Title {#top}\n\nPress {&Copy link} or {Links…}.\n")

    assert page.title == "Title"
    assert page.anchors == ("top",)
    assert page.markdown == "# Title\n\nPress **Copy link** or **Links**.\n"
    assert shown("Salt && &Pepper…") == "Salt & Pepper"


def test_the_manual_comes_along_in_packages() -> None:
    assert (files("resources") / "manual" / ENGLISH / "01-first-steps.md").is_file()


@pytest.mark.parametrize("name", [page.name for page in pages(ENGLISH)])
def test_every_page_is_rendered_with_its_anchors(qtbot: QtBot, workers: Executor, name: str) -> None:
    manual = ManualWindow(workers)
    qtbot.addWidget(manual)
    manual.resize(700, 400)
    manual.open_at(name)
    manual.come_forward()
    qtbot.waitUntil(lambda: manual.isVisible() and manual.is_settled)
    page = by_name(ENGLISH)[name]
    text = manual.text.toPlainText()

    assert "{" not in text
    assert "#}" not in text
    assert manual.contents.currentItem().text() == page.title
    last = [anchor for anchor in page.anchors if anchor][-1]
    manual.open_at(f"{name}#{last}")
    qtbot.waitUntil(lambda: manual.is_settled)
    bar = manual.text.verticalScrollBar()
    assert bar.value() > 0 or bar.maximum() == 0


def test_f1_and_the_question_marks_of_the_panel_open_the_page_beside_them(qtbot: QtBot, workers: Executor) -> None:
    icons = Icons()
    panel = Panel(icons, Verbs(icons))
    qtbot.addWidget(panel)
    panel.show()
    panel.activateWindow()
    opener = ManualOpener(panel, workers)
    asked = QSignalSpy(panel.help_requested)
    marks = [mark for mark in panel.findChildren(HelpButton) if mark.page == "quality"]
    qtbot.mouseClick(marks[0], Qt.MouseButton.LeftButton)
    window = opener.window
    assert window is not None
    qtbot.waitUntil(window.isVisible)
    window.hide()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    panel.sources.search.setFocus()
    QTest.keyClick(panel, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: window.isVisible() and window.is_settled)

    assert [asked.at(at)[0] for at in range(asked.count())] == ["quality", "choosing"]
    assert opener.window.contents.currentItem().text() == "Choosing windows and screens"
    assert opener.window.isVisible()
    assert help_of(panel.controls.fps) == "quality"

    # AND those of a dialog
    pin = PinWindow(panel)
    pin.show()
    qtbot.mouseClick(pin.findChildren(HelpButton)[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.is_settled)
    assert opener.window.contents.currentItem().text() == "Who can watch"
    opener.close()
    assert not opener.window.isVisible()


def test_a_page_that_does_not_exist_is_no_fault(qtbot: QtBot, workers: Executor) -> None:
    manual = ManualWindow(workers)
    qtbot.addWidget(manual)
    manual.open_at("quality")
    manual.open_at("nowhere#at-all")
    manual.come_forward()
    qtbot.waitUntil(manual.isVisible)
    assert manual.contents.currentRow() == 0

    manual.open_at("quality")
    manual.open_at("notices")  # the last one counts
    qtbot.waitUntil(lambda: manual.is_settled)
    manual.open_at("nowhere#at-all")
    qtbot.waitUntil(lambda: manual.is_settled)
    assert manual.contents.currentItem().text() == "Notices"


def test_f1_decodes_no_picture_on_the_loop_and_shows_the_window_with_all_of_them(
    qtbot: QtBot, workers: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []

    class WatchedImage(QImage):
        """Notes in which thread pictures are decoded."""

        @staticmethod
        def fromData(content: bytes) -> QImage:  # noqa: N802 (Qt's name)
            threads.append(threading.get_ident())
            return QImage.fromData(content)

    for module in (loading, manual_window):
        monkeypatch.setattr(module, "QImage", WatchedImage)
    manual = ManualWindow(workers)
    qtbot.addWidget(manual)
    manual.open_at("hide-and-mask")
    manual.come_forward()
    assert not manual.isVisible()
    qtbot.waitUntil(manual.isVisible)
    pictures = loading.PICTURE.findall(by_name(ENGLISH)["hide-and-mask"].source)

    assert 0 < len(pictures) <= len(threads) <= 2 * len(pictures)  # again, where there is less room than they take
    assert threading.get_ident() not in threads
    kind = QTextDocument.ResourceType.ImageResource.value
    for name in pictures:
        shown_picture = manual.text.document().resource(kind, QUrl(name))
        assert NARROW < shown_picture.width() < manual.text.viewport().width()
    assert manual.text.loadResource(kind, QUrl("panel.png")) is None  # that of another page


def test_an_open_manual_changes_its_language_and_stays(qtbot: QtBot, workers: Executor) -> None:
    icons = Icons()
    panel = Panel(icons, Verbs(icons))
    qtbot.addWidget(panel)
    opener = ManualOpener(panel, workers)
    opener.open("quality")
    window = opener.window
    assert window is not None
    qtbot.waitUntil(window.isVisible)
    try:
        use("de")
        opener.translate()
        qtbot.waitUntil(lambda: window.is_settled)

        assert window.isVisible()
        assert opener.window is window
        assert window.contents.currentItem().text() == by_name("de")["quality"].title
        assert window.text.toPlainText().startswith(by_name("de")["quality"].title)
        assert window.shut.text() == "Schließen"
    finally:
        use("en")
    window.close()
    opener.open("notices")
    qtbot.waitUntil(lambda: window.isVisible() and window.is_settled)
    assert window.contents.currentItem().text() == "Notices"


def test_a_language_without_a_manual_has_the_english_one() -> None:
    assert [page.title for page in pages("qps")] == [page.title for page in pages(ENGLISH)]
    assert Path(str(folder("tlh"))).name == ENGLISH
