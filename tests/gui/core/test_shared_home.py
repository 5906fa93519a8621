"""Two computers with one home on a network disk: what each sets holds on both, and neither loses what it had."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import msgspec
import pytest
import tomli_w
from pytestqt.qtbot import QtBot

from gui.core import settings_file
from gui.core.settings import Settings
from gui.core.settings_file import SettingsFile
from gui.desktop.settings_watch import SettingsWatch
from gui.settings.policy import Policy
from server import folder_lock, private_files
from server.access.devices import Devices
from server.access.links import Links
from server.access.store import AccessState, AccessStore
from server.folder_lock import FolderTaken, lock_folder


class PowerLost(BaseException):
    """The battery of a computer that slept ran out."""


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return what makes this computer another one."""

    def be(name: str) -> None:
        monkeypatch.setattr(private_files, "this_computer", lambda: name)
        monkeypatch.setattr(folder_lock, "this_computer", lambda: name)

    be("desk")
    return be


def settings_at(folder: Path) -> SettingsFile:
    file = SettingsFile(folder, Policy())
    file.load()
    return file


def change(file: SettingsFile, **changes: object) -> str | None:
    return file.save(msgspec.structs.replace(file.current, **changes))


def links(name: str) -> AccessState:
    made = Links()
    made.make(name, ())
    return AccessState.of(made, Devices(made))


def test_another_computer_is_named_that_has_the_folder(tmp_path: Path, at: Callable[[str], None]) -> None:
    lock = lock_folder(tmp_path, "the panel")
    at("laptop")
    with pytest.raises(FolderTaken, match=r"^The panel on the computer desk uses the settings folder"):
        lock_folder(tmp_path, "the panel")
    lock.release()

    assert lock_folder(tmp_path, "the panel").problem == "", "it ended properly there"


def test_one_is_told_of_where_locks_are_each_computers_own(
    tmp_path: Path, at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_lock, "_take", lambda number: None)
    lock_folder(tmp_path, "the panel")
    again = lock_folder(tmp_path, "the panel")
    at("laptop")
    other = lock_folder(tmp_path, "the panel")

    assert (again.is_held, again.problem) == (True, "")
    assert other.is_held
    assert "Panecast on the computer desk uses the settings folder" in other.problem


def test_what_each_sets_holds_on_both(tmp_path: Path, at: Callable[[str], None]) -> None:
    settings_at(tmp_path).save(Settings())
    desk, laptop = settings_at(tmp_path), settings_at(tmp_path)

    assert change(desk, fps=12) is None
    at("laptop")
    assert change(laptop, quality=41, port=9007) is None
    assert laptop.current.fps == 12
    at("desk")
    assert change(desk) is None
    assert (desk.current, settings_at(tmp_path).current) == (laptop.current, laptop.current)


@pytest.mark.parametrize("step", ["before the copy", "before its own is in place"])
def test_what_the_other_writes_meanwhile_is_not_written_over(
    tmp_path: Path, at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Between reading and writing this computer slept, or the disk was slow; and the file is of an earlier form."""
    (tmp_path / "settings.toml").write_bytes(tomli_w.dumps({"port": 9001}).encode())
    before = (tmp_path / "settings.toml").read_bytes()
    desk, laptop = settings_at(tmp_path), settings_at(tmp_path)
    name = {"before the copy": "keep_copy_of_schema", "before its own is in place": "write_through"}[step]
    slept: list[bool] = []

    def sleep(*given: object) -> object:
        if not slept:
            slept.append(True)
            at("laptop")
            assert change(laptop, quality=41) is None
            at("desk")
        return awake(*given)

    awake = getattr(settings_file, name)
    monkeypatch.setattr(settings_file, name, sleep)
    assert change(desk, fps=12) is None

    kept = settings_at(tmp_path).current
    assert (kept.fps, kept.quality, kept.port) == (12, 41, 9001)
    assert (tmp_path / "settings.toml.schema-0.bak").read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def test_a_file_that_never_rests_is_said(
    tmp_path: Path, at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = settings_at(tmp_path)
    numbers = iter(range(100))

    def write(number: int, content: bytes) -> None:
        os.close(number)
        file.path.write_bytes(tomli_w.dumps({"schema": 1, "port": 9000 + next(numbers)}).encode())

    monkeypatch.setattr(settings_file, "write_through", write)
    assert "keeps changing" in (change(file, fps=12) or "")


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (settings_file, "keep_copy_of_schema"),
        (private_files, "write_through"),
        (settings_file, "write_through"),
        (Path, "replace"),
    ],
)
@pytest.mark.parametrize("half", [False, True])
def test_a_migration_that_never_wakes_up_loses_nothing(
    tmp_path: Path, at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, module: object, name: str, half: bool
) -> None:
    (tmp_path / "settings.toml").write_bytes(tomli_w.dumps({"port": 9001, "fps": 12, "later": {"a": 1}}).encode())
    before = (tmp_path / "settings.toml").read_bytes()

    def never(*given: object) -> NoReturn:
        if half and name == "write_through":
            os.write(given[0], given[1][: len(given[1]) // 2])  # type: ignore[index,call-overload]
        raise PowerLost

    file = settings_at(tmp_path)
    with monkeypatch.context() as asleep:
        asleep.setattr(module, name, never)
        with pytest.raises(PowerLost):
            change(file, quality=41)
    assert file.path.read_bytes() == before

    again = settings_at(tmp_path)
    assert (again.problems, again.current.port, again.current.fps) == ((), 9001, 12)
    assert change(again, quality=42) is None
    assert again.peek()["later"] == {"a": 1}
    assert before in [path.read_bytes() for path in tmp_path.glob("settings.toml.schema-0.bak*")]
    assert not list(tmp_path.glob(".*"))


def test_links_of_the_other_are_kept_beside_and_that_is_said(tmp_path: Path, at: Callable[[str], None]) -> None:
    folder = tmp_path / "settings"
    desk, laptop = AccessStore(folder), AccessStore(folder)
    assert (desk.load(), laptop.load()) == (AccessState(), AccessState())
    assert desk.save(links("of the desk")) is None
    theirs = desk.path.read_bytes()

    assert "What it wrote is kept as access.json.bak" in (laptop.save(links("of the laptop")) or "")
    assert (folder / "access.json.bak").read_bytes() == theirs
    assert laptop.save(links("of the laptop, later")) is None


def test_what_no_system_tells_of_is_looked_for(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SettingsWatch, "_follow", lambda self: None)  # as on a network disk
    path, told = tmp_path / "settings.toml", []
    watch = SettingsWatch(path, lambda: told.append(path.read_text(encoding="utf-8")))
    watch.look()
    path.write_text("fps = 12\n", encoding="utf-8")
    watch.look()
    watch.look()
    watch.close()

    assert told == ["fps = 12\n"]
