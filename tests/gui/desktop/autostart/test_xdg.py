"""Starting with the system on Linux: real files, as desktops and people leave them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from gui.desktop.autostart.contract import AutostartError, AutostartState, options_for, own_program
from gui.desktop.autostart.desktop_entry import changed, command, values, words
from gui.desktop.autostart.xdg import NAME, XdgAutostart


class Home:
    """A person's folders, and Panecast in one of them."""

    def __init__(self, folder: Path) -> None:
        self.program = made_program(folder / "bin" / "panecast")
        self.own = folder / "config" / "autostart"
        self.shared = folder / "xdg" / "autostart"
        self.environment = {
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_CONFIG_DIRS": str(folder / "xdg"),
            "XDG_CURRENT_DESKTOP": "ubuntu:GNOME",
        }
        self.autostart = XdgAutostart((str(self.program),), self.environment)

    @property
    def entry(self) -> Path:
        return self.own / NAME

    def write(self, name: str, *lines: str, folder: Path | None = None) -> Path:
        """Have an entry with these lines."""
        path = (folder or self.own) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(("[Desktop Entry]", "Type=Application", "Name=Panecast", *lines)), encoding="utf-8")
        return path


def made_program(path: Path) -> Path:
    """Have a program at ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_an_entry_keeps_the_settings_folder_that_it_was_given(home: Home) -> None:
    folder = Path("/home/me/my settings")
    XdgAutostart((str(home.program),), home.environment, options_for(folder)).switch(True)
    line = f'Exec={home.program} --minimized --wait-tray --config-dir "{folder}"'
    assert line in home.entry.read_text().splitlines()

    home.entry.write_text(home.entry.read_text().replace(str(home.program), "/gone/panecast"))
    home.autostart.mend()
    assert line in home.entry.read_text().splitlines()


def test_it_is_switched_on_and_off_and_nothing_is_left(home: Home) -> None:
    assert home.autostart.state() == AutostartState(False)

    home.autostart.switch(True)

    assert home.autostart.state() == AutostartState(True)
    assert values(home.entry.read_text())["Exec"] == f"{home.program} --minimized --wait-tray"
    assert values(home.entry.read_text())["TryExec"] == str(home.program)  # nothing is started once it is removed
    home.autostart.switch(False)
    assert home.autostart.state() == AutostartState(False)
    assert list(home.own.iterdir()) == []


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="needs desktop-file-utils")
def test_its_entry_is_a_good_one(home: Home) -> None:
    home.autostart.switch(True)

    done = subprocess.run(["desktop-file-validate", home.entry], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    "line", ["Hidden=true", "X-GNOME-Autostart-enabled=false", "OnlyShowIn=KDE;XFCE;", "NotShowIn=GNOME;"]
)
def test_an_entry_that_the_desktop_does_not_start_is_shown_as_off_and_can_be_switched_on(home: Home, line: str) -> None:
    home.write(NAME, f"Exec={home.program} --minimized --wait-tray", line)

    assert home.autostart.state() == AutostartState(False, "switched off in the system's settings")
    home.autostart.switch(True)
    assert home.autostart.state() == AutostartState(True)


def test_an_entry_for_this_desktop_is_on(home: Home) -> None:
    home.write(NAME, f"Exec={home.program}", "OnlyShowIn=GNOME;", "X-GNOME-Autostart-enabled=true")

    assert home.autostart.state().is_on


def test_a_program_that_was_moved_is_found_by_the_next_start_with_what_a_person_added(home: Home) -> None:
    home.write(NAME, "# mine", "Exec=/gone/panecast --minimized --share desktop", "Comment[de]=Meins")
    assert home.autostart.state() == AutostartState(False, "its program is gone")

    home.autostart.mend()

    assert home.autostart.state() == AutostartState(True)
    assert values(home.entry.read_text())["Exec"] == f"{home.program} --minimized --share desktop"
    assert "Comment[de]=Meins" in home.entry.read_text()
    assert "# mine" in home.entry.read_text()


def test_a_program_that_is_there_is_left_alone(home: Home, tmp_path: Path) -> None:
    other = made_program(tmp_path / "other" / "panecast")
    before = home.write(NAME, f"Exec={other} --minimized").read_bytes()

    home.autostart.mend()

    assert home.entry.read_bytes() == before


def test_a_program_that_is_looked_for_elsewhere_is_gone_too(home: Home) -> None:
    home.write(NAME, f"Exec={home.program}", "TryExec=/gone/panecast")
    assert home.autostart.state() == AutostartState(False, "its program is gone")

    home.autostart.mend()

    assert home.autostart.state() == AutostartState(True)


def test_an_entry_that_is_switched_off_stays_so_when_it_is_mended(home: Home) -> None:
    home.write(NAME, "Exec=/gone/panecast --minimized", "Hidden=true")

    home.autostart.mend()

    assert not home.autostart.state().is_on


def test_two_entries_are_said_and_switched_off_together(home: Home) -> None:
    home.autostart.switch(True)
    other = home.write("my-panecast.desktop", f"Exec={home.program} --share desktop")
    home.write("other.desktop", "Exec=/usr/bin/xterm")
    assert home.autostart.state() == AutostartState(True, "by 2 entries")

    home.autostart.switch(False)

    assert not home.autostart.state().is_on
    assert values(other.read_text())["Exec"] == f"{home.program} --share desktop"
    assert "Hidden" not in (home.own / "other.desktop").read_text()


def test_an_entry_for_everybody_is_shown_and_covered(home: Home) -> None:
    shared = home.write(NAME, f"Exec={home.program}", folder=home.shared)
    before = shared.read_bytes()
    assert home.autostart.state() == AutostartState(True)

    home.autostart.switch(False)

    assert not home.autostart.state().is_on
    assert shared.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_named(home: Home) -> None:
    home.own.parent.mkdir(parents=True)
    home.own.write_text("no folder")

    with pytest.raises(AutostartError) as refused:
        home.autostart.switch(True)

    assert str(home.own) in refused.value.message
    assert not home.autostart.state().is_on


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"Exec=panecast", b'[Desktop Entry]\nExec="\n', b"["])
def test_what_is_no_entry_starts_nothing_and_is_replaced(home: Home, content: bytes) -> None:
    home.own.mkdir(parents=True)
    home.entry.write_bytes(content)

    assert not home.autostart.state().is_on
    home.autostart.switch(True)
    assert home.autostart.state() == AutostartState(True)


def test_a_folder_of_a_person_keeps_its_rights_and_a_link_stays_one(home: Home, tmp_path: Path) -> None:
    home.own.mkdir(parents=True)
    home.own.chmod(0o755)
    kept = tmp_path / "dotfiles.desktop"
    kept.write_text("")
    home.entry.symlink_to(kept)

    home.autostart.switch(True)

    assert home.own.stat().st_mode & 0o777 == 0o755
    assert "--wait-tray" in kept.read_text()


@pytest.mark.parametrize(
    "word", ["/opt/Pane cast/panecast", 'a"b', "50%", "$HOME", "back\\slash", "`x`", "ünïcode", "--share", ""]
)
def test_words_are_read_as_they_were_written(word: str) -> None:
    assert words(values(changed("", Exec=command(("/bin/x", word))))["Exec"]) == ("/bin/x", word)


def test_places_for_files_are_no_words() -> None:
    assert words('panecast %U --share "title:a b"') == ("panecast", "--share", "title:a b")


def test_an_appimage_is_started_by_its_own_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPIMAGE", "/home/me/Panecast.AppImage")

    assert own_program() == ("/home/me/Panecast.AppImage",)
