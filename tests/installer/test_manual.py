"""The manual page, held to what the command line knows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from installer.commands import Command, commands
from installer.project import TOP

FOLDER = TOP / "installer" / "linux"
OWN_SECTIONS = {"panecast.1": "Options of the panel", "panecast.de.1": "Optionen des Panels"}
"""By the manual page of each language, the part about the program itself."""
KNOWN = commands()


def named_in(page: str, section: str) -> set[str]:
    """Return the options that one part of the page has an entry for."""
    parts = re.split(r"^\.S[sh] (.*)$", (FOLDER / page).read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = dict(zip(parts[1::2], parts[2::2], strict=True)).get(section, "")
    entries = re.findall(r"^\.It (Fl .*)$", text, re.MULTILINE)
    return {f"-{name}" for entry in entries for name in re.findall(r"Fl (\S+)", entry)}


@pytest.mark.parametrize("page", OWN_SECTIONS)
@pytest.mark.parametrize("command", KNOWN, ids=lambda command: command.name or "panecast")
def test_it_has_the_options_of_each_command_and_no_others(command: Command, page: str) -> None:
    known = {name for option in command.options for name in option.names}

    assert named_in(page, command.name or OWN_SECTIONS[page]) == known


@pytest.mark.parametrize("page", OWN_SECTIONS)
def test_its_synopsis_has_each_command(page: str) -> None:
    synopsis = (FOLDER / page).read_text(encoding="utf-8").partition(".Sh SYNOPSIS")[2].partition(".Sh")[0]

    assert re.findall(r"^\.Cm (\S+)", synopsis, re.MULTILINE) == [command.name for command in KNOWN if command.name]


@pytest.mark.parametrize("page", OWN_SECTIONS)
@pytest.mark.parametrize(
    ("program", "arguments", "package"),
    [("mandoc", ["-T", "lint", "-W", "style"], "mandoc"), ("man", ["--warnings", "-E", "UTF-8", "-l"], "man-db")],
)
def test_a_formatter_has_nothing_to_say(program: str, arguments: list[str], package: str, page: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"needs {program} (Debian: {package})")

    done = subprocess.run(
        [program, *arguments, FOLDER / page],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"MANWIDTH": "80"},
    )
    remarks = done.stderr + (done.stdout if program == "mandoc" else "")

    # The database of manual pages of this machine is not of interest.
    assert [line for line in remarks.splitlines() if "makewhatis" not in line] == []
    assert done.returncode == 0
