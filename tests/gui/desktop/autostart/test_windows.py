"""Starting with the system on Windows, with a stand-in for the registry."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gui.desktop.autostart.contract import AutostartError, AutostartState, options_for
from gui.desktop.autostart.windows import APPROVED, NAME, RUN, RunKey

PROGRAM = sys.executable


class StandInRegistry:
    """Values in memory; ``refuses`` to change any where an administrator has said so."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str | bytes] = {}
        self.refuses = False

    def read(self, key: str, name: str) -> str | bytes | None:
        return self.values.get((key, name))

    def write(self, key: str, name: str, value: str) -> None:
        self._check()
        self.values[key, name] = value

    def delete(self, key: str, name: str) -> None:
        self._check()
        self.values.pop((key, name), None)

    def _check(self) -> None:
        if self.refuses:
            raise PermissionError(13, "Access is denied")


@pytest.fixture
def registry() -> StandInRegistry:
    return StandInRegistry()


def test_it_is_switched_on_and_off_and_nothing_is_left(registry: StandInRegistry) -> None:
    key = RunKey((PROGRAM, "-m", "a b"), registry)
    assert key.state() == AutostartState(False)

    key.switch(True)

    assert registry.values == {(RUN, NAME): f'{PROGRAM} -m "a b" --minimized --wait-tray'}
    assert key.state() == AutostartState(True)
    key.switch(False)
    assert registry.values == {}


def test_an_entry_keeps_the_settings_folder_that_it_was_given(registry: StandInRegistry) -> None:
    folder = Path("/home/me/my settings")
    RunKey((PROGRAM,), registry, options_for(folder)).switch(True)
    line = f'{PROGRAM} --minimized --wait-tray --config-dir "{folder}"'
    assert registry.values == {(RUN, NAME): line}

    # The program was moved, and started there without that folder.
    registry.values[RUN, NAME] = line.replace(PROGRAM, '"C:\\gone --away\\panecast.exe"')
    RunKey((PROGRAM,), registry).mend()
    assert registry.values == {(RUN, NAME): line}


@pytest.mark.parametrize(("first", "is_on"), [(2, True), (6, True), (3, False), (7, False)])
def test_what_the_task_manager_says_counts(registry: StandInRegistry, first: int, is_on: bool) -> None:
    key = RunKey((PROGRAM,), registry)
    key.switch(True)
    registry.values[APPROVED, NAME] = bytes((first, *[0] * 11))

    assert key.state().is_on is is_on
    key.switch(True)
    assert key.state() == AutostartState(True)


def test_a_program_that_was_moved_is_found_by_the_next_start(registry: StandInRegistry) -> None:
    registry.values[RUN, NAME] = '"C:\\Gone\\Pane cast\\panecast.exe" --minimized'
    key = RunKey((PROGRAM,), registry)
    assert key.state() == AutostartState(False, "its program is gone")

    key.mend()

    assert key.state() == AutostartState(True)


def test_a_registry_that_refuses_is_named(registry: StandInRegistry) -> None:
    registry.refuses = True

    with pytest.raises(AutostartError, match=r"the registry cannot be written \(Access is denied\)"):
        RunKey((PROGRAM,), registry).switch(True)
