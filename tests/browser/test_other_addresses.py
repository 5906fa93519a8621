"""Somebody on another computer watches while the cable is pulled and this computer gets other addresses."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

from gui.settings.schema import SCHEMA
from server.access.links import Links
from server.access.store import AccessState, AccessStore
from server.sharing import ShareRule
from tests.browser.parts import ARGUMENTS, eventually, running_app
from tests.browser.real_page import FRAME
from tests.helpers.lan import CARD, HOME, Cable
from tests.helpers.x11.desktop import XServer

pytestmark = [
    pytest.mark.x11,
    pytest.mark.panel,
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.skipif(not os.environ.get("PANECAST_LONG"), reason="waits for three silences: test.sh --long"),
]

SETTINGS = """schema = {schema}
knows_first_steps = true
mode = "network"
interface = "{card}"
address = "{home}"
"""
NEARBY = "192.168.77.9"


@pytest.fixture
def cable() -> Iterator[Cable]:
    made = Cable()
    yield made
    made.close()


@contextmanager
def chromium_of(playwright: Playwright, cable: Cable, folder: Path) -> Iterator[Browser]:
    """Have Chromium on the other computer."""
    program = folder / "chromium"
    program.write_text(f'#!/bin/sh\nexec nsenter --net={cable.away.path} /usr/bin/chromium "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
    try:
        yield browser
    finally:
        browser.close()


def is_reached(cable: Cable, port: int) -> bool:
    with cable.away.inside():
        try:
            socket.create_connection((HOME, port), timeout=5).close()
        except OSError:
            return False
    return True


def is_live(page: Page) -> None:
    page.wait_for_selector('body[data-state="live"]')
    before = page.evaluate(FRAME)
    eventually(lambda: page.evaluate(FRAME) != before)


def test_viewers_come_back_by_themselves(
    xserver: XServer, playwright: Playwright, cable: Cable, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    links = Links()
    token = links.make("TV", (ShareRule("all"),)).token
    assert AccessStore(config).save(AccessState(links=tuple(links.all.values()))) is None
    text = SETTINGS.format(schema=SCHEMA, card=CARD, home=HOME)
    (config / "settings.toml").write_text(text, encoding="utf-8")
    with (
        chromium_of(playwright, cable, tmp_path) as browser,
        cable.home.inside(),
        running_app(xserver, config, "--share", "demo") as app,
    ):
        page = browser.new_page()
        app.find("where", "panel")
        url = f"http://{HOME}:{app.port}"
        eventually(lambda: is_reached(cable, app.port))
        page.goto(f"{url}/#t={token}")
        is_live(page)
        for change, back in (
            (cable.pull, cable.plug),  # as while it sleeps
            (lambda: cable.give(NEARBY), lambda: cable.give(HOME)),
            (cable.give, lambda: cable.give(HOME)),
        ):
            change()
            page.wait_for_selector('body:not([data-state="live"])')
            back()
            is_live(page)
        assert "Traceback" not in app.close()
