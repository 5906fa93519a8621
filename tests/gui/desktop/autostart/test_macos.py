"""Starting with the system on macOS: the agent's file."""

from __future__ import annotations

import plistlib
import sys
from pathlib import Path

import pytest

from gui.desktop.autostart.contract import AutostartError, AutostartState
from gui.desktop.autostart.macos import LaunchAgent
from tests.helpers.x11.desktop import PROJECT

NAME = "io.github.panecast.Panecast.plist"


def test_it_is_switched_on_and_off_and_nothing_is_left(tmp_path: Path) -> None:
    agent = LaunchAgent((sys.executable,), tmp_path / "LaunchAgents")
    agent.switch(True)
    written = plistlib.loads((tmp_path / "LaunchAgents" / NAME).read_bytes())

    assert agent.state() == AutostartState(True)
    assert written["ProgramArguments"] == [sys.executable, "--minimized", "--wait-tray"]
    agent.switch(False)
    assert agent.state() == AutostartState(False)
    assert list((tmp_path / "LaunchAgents").iterdir()) == []


def test_it_is_what_administrators_are_given(tmp_path: Path) -> None:
    LaunchAgent(("/Applications/Panecast.app/Contents/MacOS/panecast",), tmp_path).switch(True)

    given = plistlib.loads((PROJECT / "installer" / "macos" / "launch-agent.plist").read_bytes())
    assert plistlib.loads((tmp_path / NAME).read_bytes()) == given


@pytest.mark.parametrize("change", [{"Disabled": True}, {"RunAtLoad": False}])
def test_one_that_is_switched_off_is_shown_so(tmp_path: Path, change: dict[str, bool]) -> None:
    agent = LaunchAgent((sys.executable,), tmp_path)
    agent.switch(True)
    path = tmp_path / NAME
    path.write_bytes(plistlib.dumps(plistlib.loads(path.read_bytes()) | change))

    assert agent.state() == AutostartState(False, "switched off in the system's settings")


def test_a_program_that_was_moved_is_found_by_the_next_start(tmp_path: Path) -> None:
    LaunchAgent(("/gone/panecast",), tmp_path).switch(True)
    agent = LaunchAgent((sys.executable,), tmp_path)
    assert agent.state() == AutostartState(False, "its program is gone")

    agent.mend()

    assert agent.state() == AutostartState(True)


def test_what_is_no_agent_is_off_and_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("no plist")
    assert not LaunchAgent((sys.executable,), tmp_path).state().is_on

    with pytest.raises(AutostartError, match="cannot be written"):
        LaunchAgent((sys.executable,), tmp_path / NAME).switch(True)
