"""The switch in the panel's menu, over real files."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from gui.desktop.autostart.switch import AutostartSwitch
from gui.desktop.autostart.xdg import NAME
from gui.panel.access_bar import AccessBar
from tests.gui.desktop.autostart.test_xdg import Home


def test_it_shows_the_truth_each_time_it_is_looked_at(qtbot: QtBot, tmp_path: Path) -> None:
    home, bar, said = Home(tmp_path), AccessBar(), list[str]()
    qtbot.addWidget(bar)
    menu = bar.more.menu()
    switch = AutostartSwitch(bar.autostart, menu, said.append, home.autostart)
    assert not bar.autostart.isChecked()

    bar.autostart.trigger()
    assert home.autostart.state().is_on
    home.write(NAME, f"Exec={home.program}", "Hidden=true")
    menu.aboutToShow.emit()

    assert not bar.autostart.isChecked()
    assert bar.autostart.text() == "Start with the system (switched off in the system's settings)"
    assert said == []
    del switch  # until here, for signals do not keep it


def test_what_is_not_possible_is_said_and_it_stays_as_it_is(qtbot: QtBot, tmp_path: Path) -> None:
    home, bar, said = Home(tmp_path), AccessBar(), list[str]()
    qtbot.addWidget(bar)
    home.own.parent.mkdir(parents=True)
    home.own.write_text("no folder")
    switch = AutostartSwitch(bar.autostart, bar.more.menu(), said.append, home.autostart)

    bar.autostart.trigger()

    assert not bar.autostart.isChecked()
    assert len(said) == 1
    assert said[0].startswith("“Start with the system” was not changed, because ")
    del switch  # until here, for signals do not keep it
