"""Setup's script, as far as it can be read without making it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from installer.project import PUBLISHER, TOP

FOLDER = TOP / "installer" / "windows"
SCRIPTS = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in ("panecast.nsi", "processes.nsh"))
WORDS = (FOLDER / "words.nsh").read_text(encoding="utf-8")


def test_each_sentence_is_there_in_both_languages_and_said() -> None:
    there = re.findall(r'^!insertmacro Word (\w+) (?:\\\s*)?"[^"]+" (?:\\\s*)?"[^"]+"$', WORDS, re.MULTILINE)
    said = set(re.findall(r"\$\((\w+)\)", SCRIPTS))

    assert len(there) == WORDS.count("!insertmacro Word ")
    assert set(there) == said


def test_exit_codes_are_those_that_are_promised() -> None:
    codes = {number for _, number in re.findall(r"^!define (EXIT_\w+) (\d+)$", SCRIPTS, re.MULTILINE)}
    told = set(re.findall(r"^\| (\d) \|", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    winget = (TOP / "installer/winget/Panecast.Panecast.installer.yaml").read_text(encoding="utf-8")

    # 0 to 2 are makensis's own.
    assert told == codes | {"0", "1", "2"}
    assert codes <= set(re.findall(r"InstallerReturnCode: (\d+)", winget))


def test_it_names_the_publisher_that_all_packages_name() -> None:
    assert f'!define PUBLISHER "{PUBLISHER}"' in SCRIPTS


@pytest.mark.skipif(shutil.which("makensis") is None, reason="makensis is not installed")
@pytest.mark.parametrize("video", [False, True])
def test_makensis_takes_it_without_a_warning(tmp_path: Path, video: bool) -> None:
    tree, pyav = tmp_path / "tree", tmp_path / "video"
    for file in (tree / "_internal/a", tree / "panecast.exe", tree / "panecast-cli.exe", tree / "L.txt", pyav / "av/a"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    (tmp_path / "on-top.nsh").write_text('!insertmacro OnTop "L.txt"\n')
    out = tmp_path / "panecast-setup.exe"
    icon = "/usr/share/nsis/Contrib/Graphics/Icons/modern-install.ico"
    named = {"VERSION": "1.2.3", "TREE": tree, "ON_TOP": tmp_path / "on-top.nsh", "ICON": icon, "OUT": out}
    if video:
        named["VIDEO"] = pyav
    words = [f"-D{name}={value}" for name, value in named.items()]
    command = ["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *words, FOLDER / "panecast.nsi"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert out.read_bytes()[:2] == b"MZ"
