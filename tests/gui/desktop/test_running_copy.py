"""The real app beside later starts of the program, each a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tomli_w

from tests.gui.test_app import lightly
from tests.helpers.ports import free_port
from tests.helpers.x11.desktop import PROJECT, XServer, windows_of

pytestmark = pytest.mark.panel


class Programs:
    """Starts of the program, all with one settings folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started: list[subprocess.Popen[str]] = []
        self.environment = {name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"}
        self.environment |= {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(folder)}
        self.environment.pop("DISPLAY", None)

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Start one that goes on."""
        command = [sys.executable, "-m", "gui", *arguments, "--config-dir", str(self.folder / "settings")]
        self._started.append(
            subprocess.Popen(
                command,
                cwd=PROJECT,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        )
        return self._started[-1]

    def begin_app(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the app without its panel; return it once it listens."""
        app = self.begin("--minimized", *arguments)
        # Programs that ask would take the time from its start.
        until(lambda: app.poll() is not None or any(self.folder.glob("panecast-*.socket")))
        while self.run("status")[0] == 3:
            assert app.poll() is None
        return app

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Run one that ends; return its code and what it wrote."""
        return self.end(self.begin(*arguments))

    @staticmethod
    def end(program: subprocess.Popen[str]) -> tuple[int, str, str]:
        """Wait for the end of one; return its code and what it wrote."""
        said, complained = program.communicate(timeout=60)
        return program.returncode, said, complained

    def status(self) -> dict[str, object]:
        """Return how the copy is that runs."""
        code, said, complained = self.run("status", "--json")
        assert code == 0, complained
        found: dict[str, object] = json.loads(said)
        return found

    def close(self) -> None:
        for each in self._started:
            each.kill()
            each.communicate()


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Programs]:
    # Its path is short, as that of a socket has to be.
    with tempfile.TemporaryDirectory(prefix="one") as folder:
        made = Programs(Path(folder))
        yield made
        made.close()


def until(reached: Callable[[], bool]) -> None:
    """Wait until ``reached()``; whoever waits in vain is ended by the test's time limit."""
    while not reached():
        time.sleep(0.05)


def address(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def test_a_terminal_beside_the_app_does_all_that_the_panel_does(programs: Programs) -> None:
    port = free_port()
    app = programs.begin_app("--port", str(port))
    url = f"http://localhost:{port}"

    assert programs.run("share", "demo") == (0, f"Sharing Demo picture at {url}\n", "")
    assert programs.run("link") == (0, f"{url}\n", "")
    code, said, _ = programs.run("link", "--qr")
    assert (code, said.splitlines()[-1]) == (0, url)
    assert "▀" in said
    assert programs.run("blank")[0] == 0
    assert programs.status() | {"shared": 1} == {
        "version": "0.1.0",
        "state": "sharing",
        "blanking": "blanked",
        "address": url,
        "open": False,
        "viewers": 0,
        "shared": 1,
        "panel": True,
    }
    assert programs.run("go-on") == (0, f"Sharing is on: 1 source at {url} · 0 watching\n", "")
    assert programs.run("unshare", "demo")[0] == 0
    assert programs.run("stop") == (0, "Sharing was stopped.\n", "")
    assert programs.run("link")[0] == 1
    assert programs.run("show") == (0, "", "")
    assert programs.run("quit")[:2] == (0, "Panecast is quitting.\n")
    assert app.wait(20) == 0
    code, _, complained = programs.run("status")
    assert (code, complained) == (3, "panecast: Panecast is not running. Start it with: panecast\n")


def test_the_arguments_of_a_second_start_are_taken_up(programs: Programs) -> None:
    first, moved = free_port(), free_port()
    programs.begin_app("--port", str(first))
    url = f"http://localhost:{first}"

    assert programs.run("--share", "demo") == (0, f"Sharing Demo picture at {url}\n", "")
    assert programs.run("--print-url", "--minimized") == (0, f"{url}\n", "")
    assert programs.run() == (0, "", "")
    code, _, complained = programs.run("--share", "title:novel")
    assert (code, "Not found, so nothing was changed: title:novel." in complained) == (1, True)
    assert programs.run("--share", "planet")[0] == 2
    assert programs.run("--verbose")[0] == 1
    # A port that cannot be had leaves those who watch where they are.
    code, _, complained = programs.run("--port", "25")
    assert (code, "refuse to open port 25" in complained) == (1, True)
    assert programs.status()["address"] == url
    assert programs.run("--port", str(moved))[0] == 0
    assert programs.status()["address"] == f"http://localhost:{moved}"
    assert programs.run("stop")[0] == 0
    assert programs.run("--print-url")[0] == 1


@pytest.mark.parametrize(("command", "count"), [(("share", "demo"), 1), (("start",), 0)])
def test_share_and_start_start_a_copy_where_none_runs(programs: Programs, command: tuple[str, ...], count: int) -> None:
    (programs.folder / "settings").mkdir(mode=0o700)
    (programs.folder / "settings" / "settings.toml").write_text(f"port = {free_port()}\n", encoding="utf-8")
    app = programs.begin(*command, "--minimized")
    while programs.run("status")[0] == 3:
        assert app.poll() is None
    found = programs.status()
    shared = found["shared"]

    assert isinstance(shared, list)
    assert (found["state"], len(shared)) == ("sharing", count)
    assert app.poll() is None


def test_of_two_that_start_at_once_one_stays_and_does_both(programs: Programs) -> None:
    (programs.folder / "settings").mkdir(mode=0o700)
    (programs.folder / "settings" / "settings.toml").write_text(f"port = {free_port()}\n", encoding="utf-8")
    both = [programs.begin("share", "demo", "--minimized") for _ in range(2)]
    while all(each.poll() is None for each in both):
        time.sleep(0.05)
    (ended,) = (each for each in both if each.poll() is not None)
    said, complained = ended.communicate()

    assert (ended.returncode, said.startswith("Sharing Demo picture at"), complained) == (0, True, "")
    assert programs.status()["state"] == "sharing"


def test_a_copy_that_is_stuck_is_said(programs: Programs) -> None:
    app = programs.begin_app("--port", str(free_port()))
    app.send_signal(signal.SIGSTOP)
    # At once, for each waits for three seconds.
    asking = (["--print-url"], ["--share", "demo", "--print-url"], ["stop"])
    found = [programs.end(each) for each in [programs.begin(*arguments) for arguments in asking]]
    app.send_signal(signal.SIGCONT)

    assert [code for code, _, _ in found] == [1, 1, 1]
    assert all("has not answered for 3 seconds" in complained for _, _, complained in found)
    assert programs.run("status")[0] == 0


def test_a_second_start_loads_next_to_nothing(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    programs.begin_app("--share", "demo", "--port", str(free_port()), "--print-url")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(programs.folder))
    assert programs.run("start")[0] == 0
    for arguments in (["--share", "demo"], ["status"], ["windows"]):
        done = lightly([*arguments, "--config-dir", str(programs.folder / "settings")])
        assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_serve_answers_the_same(programs: Programs) -> None:
    server = programs.begin("serve", "--share", "demo", "--port", "0", "--print-url")
    url = address(server)

    assert programs.run("status")[1].splitlines()[0] == f"Sharing is on: 1 source at {url} · 0 watching"
    assert programs.run("link") == (0, f"{url}\n", "")
    assert programs.run("pause")[0] == 0
    assert programs.run("stop")[0] == 0
    assert programs.status()["state"] == "idle"
    assert programs.run("start")[0] == 0
    assert programs.status() | {"shared": 1, "version": ""} == {
        "version": "",
        "state": "sharing",
        "blanking": "paused",
        "address": url,
        "open": False,
        "viewers": 0,
        "shared": 1,
        "panel": False,
    }
    code, _, complained = programs.run("show")
    assert (code, "no panel" in complained) == (4, True)
    assert programs.run("quit")[0] == 0
    assert server.wait(20) == 0
    assert programs.run("quit")[0] == 3


@pytest.mark.x11
def test_ticks_of_last_time_are_not_shared_with_the_named(programs: Programs) -> None:
    (programs.folder / "settings").mkdir(mode=0o700)
    kept = programs.folder / "settings" / "settings.toml"
    kept.write_text(f'port = {free_port()}\n[[shared]]\nkind = "desktop"\nid = "0"\n', encoding="utf-8")
    display = XServer()
    try:
        programs.environment["DISPLAY"] = display.name
        programs.begin_app()
        while not programs.status()["shared"]:
            time.sleep(0.05)  # until the first list of windows is there
        shares = []
        for arguments in (("share", "demo"), ("stop",), ("--share", "demo"), ("share", "desktop")):
            assert programs.run(*arguments)[0] == 0
            found = programs.status()
            shared = found["shared"]
            assert isinstance(shared, list)
            if found["state"] == "sharing":
                shares.append([each["handle"] for each in shared])
    finally:
        display.close()

    assert shares == [["demo"], ["demo"], ["demo", 0]]


@pytest.mark.x11
def test_by_this_way_too_a_never_shown_program_is_not_shared(programs: Programs) -> None:
    display = XServer()
    try:
        programs.environment["DISPLAY"] = display.name
        with windows_of(display, "keepassxc") as keeper, windows_of(display, "editor") as plain:
            secret = keeper.open("secretwords", 10, 10, 200, 150, "ff00ff")
            handle = plain.open("buildlog", 300, 10, 200, 150, "00ff00")
            display.wait_until_managed(secret)
            display.wait_until_managed(handle)
            programs.begin_app("--port", str(free_port()))
            assert programs.run("share", "title:buildlog")[0] == 0
            refused = [programs.run("share", what) for what in ("title:secretwords", secret)]
            assert programs.run("share", "all")[0] == 0
            listed = programs.run("windows")[1]
            shared = json.dumps(programs.status()["shared"])
    finally:
        display.close()

    assert [code for code, _, _ in refused] == [1, 1]
    assert "buildlog" in shared
    assert "secretwords" not in shared + listed


def hand_written(programs: Programs, **values: object) -> None:
    """Change the settings file as an editor does: a new file in place of the old one."""
    path = programs.folder / "settings" / "settings.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    fresh = path.with_name("edited")
    fresh.write_bytes(tomli_w.dumps(table | values).encode())
    fresh.replace(path)


def test_a_change_by_hand_is_taken_up_while_it_runs(programs: Programs) -> None:
    programs.begin_app("--share", "demo", "--port", str(free_port()))
    port = free_port()
    until((programs.folder / "settings" / "settings.toml").exists)
    hand_written(programs, port=port, fps=9, never_shown=["signal"])

    until(lambda: programs.status()["address"] == f"http://localhost:{port}")
    assert programs.run("config", "get", "fps")[1] == "9\n"
    assert programs.run("config", "get", "never_shown")[1] == '["signal"]\n'
    assert programs.run("quit")[0] == 0


def test_what_an_administrator_fixed_stays(programs: Programs) -> None:
    site = programs.folder / "xdg" / "panecast"
    site.mkdir(parents=True)
    (site / "settings.toml").write_text("fps = 12\n[locked]\nquality = 44\nport = 8123\n", encoding="utf-8")
    programs.environment["XDG_CONFIG_DIRS"] = str(site.parent)
    app = programs.begin_app("--port", str(free_port()))

    assert programs.run("config", "get", "fps")[1] == "12\n"
    assert programs.run("config", "get", "port")[1] == "8123\n"
    code, _, complained = programs.run("config", "set", "quality", "90")
    assert (code, "Fixed by your administrator" in complained) == (1, True)
    assert "fixed by your administrator" in programs.run("--port", "8200")[2]
    hand_written(programs, quality=90, remind_after=5)
    until(lambda: programs.run("config", "get", "remind_after")[1] == "5\n")
    assert programs.run("config", "get", "quality")[1] == "44\n"
    assert programs.run("quit")[0] == 0
    app.wait(timeout=20)
    table = tomllib.loads((programs.folder / "settings" / "settings.toml").read_text(encoding="utf-8"))
    assert ("fps" in table, table["quality"]) == (False, 90), "neither is a choice of the person"


def test_a_setting_is_changed_beside_the_app_and_outlives_it(programs: Programs) -> None:
    app = programs.begin_app("--share", "demo", "--port", str(free_port()))
    port = free_port()

    assert programs.run("config", "set", "fps", "7") == (0, "fps = 7\n", "")
    assert programs.run("config", "set", "never_shown", "signal", "mail")[0] == 0
    assert programs.run("config", "set", "port", str(port))[0] == 0
    assert programs.run("config", "set", "port", "0")[0] == 2
    assert programs.run("config", "get", "fps") == (0, "7\n", "")
    assert programs.status()["address"] == f"http://localhost:{port}"
    assert programs.run("quit")[0] == 0
    app.wait(timeout=20)
    assert programs.run("config", "get", "never_shown") == (0, '["signal","mail"]\n', "")
    assert programs.run("config", "get", "port") == (0, f"{port}\n", "")
