"""The real panel opens to a network of its own, with mouse and keyboard; somebody asks to watch and is answered."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.access.links import Links
from server.access.store import AccessState, AccessStore
from server.sharing import ShareRule
from tests.browser.parts import App, eventually, running_app
from tests.helpers import secrets as leftovers
from tests.helpers.lan import HOME, NEIGHBOUR, Lan
from tests.helpers.x11.desktop import XServer

pytestmark = [pytest.mark.x11, pytest.mark.panel, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def lan() -> Iterator[Lan]:
    network = Lan()
    yield network
    network.close()


def enter(lan: Lan, port: int, cookie: str = "", **with_what: str) -> http.client.HTTPResponse:
    """Return what a browser on another computer gets for its link or PIN."""
    connection = http.client.HTTPConnection(HOME, port, timeout=30)
    connection.sock = lan.connect(NEIGHBOUR, port)
    connection.sock.settimeout(30)
    headers = {"Content-Type": "application/json", "User-Agent": "Mozilla/5.0 (Android 14) Firefox/140.0"}
    if cookie:
        headers["Cookie"] = cookie
    connection.request("POST", "/api/enter", json.dumps(with_what), headers)
    found = connection.getresponse()
    found.read()
    connection.close()
    return found


def cookie_of(entered: http.client.HTTPResponse) -> str:
    """Return the cookie that came with an answer."""
    return (entered.getheader("Set-Cookie") or "").partition(";")[0]


def secret_of(entered: http.client.HTTPResponse) -> str:
    """Return the secret of the cookie that came with an answer."""
    return cookie_of(entered).partition(".")[2]


def answers(lan: Lan, port: int) -> bool:
    try:
        lan.connect(NEIGHBOUR, port).close()
    except OSError:
        return False
    return True


def press(app: App, button: str, asking: threading.Thread) -> None:
    """Answer who asks; a window that its manager is still placing may miss a click."""
    app.find("where", button)
    while asking.is_alive():
        if app.ask("where", button):
            app.click("where", button)
        asking.join(0.5)


def choose_first_network(app: App) -> None:
    app.click("where", "reach")
    app.click("item", "reach", 1)


def test_network_is_opened_by_hand_with_a_link_that_is_kept(xserver: XServer, lan: Lan, tmp_path: Path) -> None:
    with lan.inside(), running_app(xserver, tmp_path, "--share", "demo") as app:
        app.find("where", "panel")
        assert not answers(lan, app.port)
        choose_first_network(app)
        eventually(lambda: answers(lan, app.port))
        kept = eventually(lambda: (tmp_path / "access.json").exists() and AccessStore(tmp_path).load().links)

        assert [link.name for link in kept] == ["My link"]
        assert enter(lan, app.port, token=kept[0].token).status == 204
        # A further link is the one that is copied, named and revoked; until then another one was first in the list.
        app.click("where", "showLinks")
        app.click("where", "newLinkButton")
        app.click("where", "linkName")
        app.press_key("T", "linkName")
        app.press_key("V", "linkName")
        app.click("where", "allow")
        eventually(lambda: app.ask("text", "chosenLink") == "“TV”")
        made = eventually(lambda: next((one for one in AccessStore(tmp_path).load().links if one.name == "TV"), None))
        assert eventually(lambda: app.ask("clipboard")) == f"http://{HOME}:{app.port}/#t={made.token}"
        cookie = cookie_of(enter(lan, app.port, token=made.token))
        app.click("where", "deny")
        eventually(lambda: enter(lan, app.port, token=made.token).status == 403)
        app.click("where", "undoParting")
        eventually(lambda: enter(lan, app.port, token=made.token, cookie=cookie).status == 204)
        app.click("where", "closeLinks")
        # And the PIN is there, and goes with Esc.
        app.click("where", "showPin")
        app.press_key("Escape", "pinDigits")
        eventually(lambda: not app.ask("where", "pinDigits"))
        complaints = app.close()

    assert "Traceback" not in complaints
    assert kept[0].token not in complaints
    # Where there is no panel to copy it from, the address that is printed lets in: this network was chosen before.
    with (
        lan.inside(),
        running_app(xserver, tmp_path, "--share", "demo", "--print-url", QT_QPA_PLATFORM="offscreen") as app,
    ):
        assert app.process.stdout is not None
        assert app.process.stdout.readline().strip() == f"http://{HOME}:{app.port}/#t={kept[0].token}"
        assert enter(lan, app.port, token=kept[0].token).status == 204


@pytest.mark.parametrize(("button", "status"), [("allow", 204), ("deny", 403)])
def test_question_takes_no_keyboard_and_is_answered_with_the_mouse(
    xserver: XServer, lan: Lan, tmp_path: Path, button: str, status: int
) -> None:
    links = Links()
    link = links.make("TV", (ShareRule("all"),), asks=True)
    assert AccessStore(tmp_path).save(AccessState(links=tuple(links.all.values()))) is None
    got: list[int] = []
    with lan.inside(), running_app(xserver, tmp_path, "--share", "demo") as app:
        app.find("where", "panel")
        choose_first_network(app)
        eventually(lambda: answers(lan, app.port))
        before = xserver.run("xdotool", "getactivewindow")
        asking = threading.Thread(target=lambda: got.append(enter(lan, app.port, token=link.token).status))
        asking.start()
        app.find("where", button)

        assert before.strip()
        assert xserver.run("xdotool", "getactivewindow") == before
        press(app, button, asking)
        assert got == [status]
        assert "Traceback" not in app.close()


def test_no_secret_is_in_anything_that_the_app_leaves(xserver: XServer, lan: Lan, tmp_path: Path) -> None:
    """Attack T7, against the app: somebody came by a link, somebody by a PIN, and somebody guessed."""
    config, home = tmp_path / "config", tmp_path / "home"
    home.mkdir(mode=0o700)
    own = {"HOME": str(home), "TMPDIR": str(home), "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home)}
    with lan.inside(), running_app(xserver, config, "--share", "demo", "--print-url", **own) as app:
        app.find("where", "panel")
        choose_first_network(app)
        eventually(lambda: answers(lan, app.port))
        (link,) = eventually(lambda: (config / "access.json").exists() and AccessStore(config).load().links)
        by_link = enter(lan, app.port, token=link.token)
        assert enter(lan, app.port, token=f"{link.token[:-1]}!").status == 401
        app.click("where", "showPin")
        app.find("where", "pinDigits")
        pin = app.ask("text", "pinDigits").replace(" ", "")
        assert enter(lan, app.port, pin=str((int(pin) + 1) % 1_000_000).zfill(6)).status == 401
        got: list[http.client.HTTPResponse] = []
        asking = threading.Thread(target=lambda: got.append(enter(lan, app.port, pin=pin)))
        asking.start()
        press(app, "allow", asking)
        left = leftovers.of_process(app.process.pid)
        left["complaints"] = app.close().encode()
    left |= leftovers.on_disk(tmp_path)

    assert (by_link.status, got[0].status) == (204, 204)
    assert {"cmdline", "environ", "config/settings.toml", "config/refused.log"} <= left.keys()
    assert b"refused" in left["config/refused.log"]
    cookies = [secret_of(entered) for entered in (by_link, *got)]
    assert all(len(cookie) >= 22 for cookie in cookies)
    assert leftovers.holding(left, (link.token, pin, *cookies)) == []
    assert not any(cookie in (config / "access.json").read_text() for cookie in cookies)
