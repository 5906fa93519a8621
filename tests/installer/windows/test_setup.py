"""Setup's script, as far as it can be read without making it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from installer.project import PUBLISHER, TOP

FOLDER = TOP / "installer" / "windows"
EPOCH = 1_700_000_000
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


def make(folder: Path, name: str, **more: object) -> Path:
    """Have makensis make a setup of a tree of empty files."""
    tree, pyav = folder / "tree", folder / "video"
    for file in (tree / "_internal/a", tree / "panecast.exe", tree / "panecast-cli.exe", tree / "L.txt", pyav / "av/a"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        os.utime(file, (EPOCH, EPOCH))
    (folder / "on-top.nsh").write_text('!insertmacro OnTop "L.txt"\n')
    out = folder / name
    icon = "/usr/share/nsis/Contrib/Graphics/Icons/modern-install.ico"
    named = {"VERSION": "1.2.3", "TREE": tree, "ON_TOP": folder / "on-top.nsh", "ICON": icon, "OUT": out} | more
    words = [f"-D{key}={value}" for key, value in named.items()]
    command = ["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *words, FOLDER / "panecast.nsi"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


needs_makensis = pytest.mark.skipif(shutil.which("makensis") is None, reason="makensis is not installed")


@needs_makensis
@pytest.mark.parametrize("video", [False, True])
def test_makensis_takes_it_without_a_warning_and_makes_the_same_bytes(tmp_path: Path, video: bool) -> None:
    more = {"VIDEO": tmp_path / "video"} if video else {}
    first = make(tmp_path, "panecast-setup.exe", **more).read_bytes()

    assert first[:2] == b"MZ"
    assert make(tmp_path, "panecast-setup.exe", **more).read_bytes() == first


@needs_makensis
@pytest.mark.skipif(shutil.which("osslsigncode") is None, reason="osslsigncode is not installed")
def test_setup_is_signed_where_there_is_a_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate, both = tmp_path / "key.pem", tmp_path / "certificate.pem", tmp_path / "both.p12"
    words = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=Panecast-Test -addext extendedKeyUsage=codeSigning"
    )
    subprocess.run([*words.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    pack = [
        "openssl",
        "pkcs12",
        "-export",
        "-inkey",
        key,
        "-in",
        certificate,
        "-out",
        both,
        "-passout",
        "pass:of a test",
    ]
    subprocess.run(pack, check=True)
    (tmp_path / "password").write_text("of a test\n")
    monkeypatch.setenv("PANECAST_SIGN_PKCS12", str(both))
    monkeypatch.setenv("PANECAST_SIGN_PASSWORD", str(tmp_path / "password"))
    monkeypatch.delenv("PANECAST_SIGN_TIMESTAMP", raising=False)

    out = make(tmp_path, "panecast-setup.exe", SIGN=f'sh "{FOLDER / "sign.sh"}"')

    verify = ["osslsigncode", "verify", "-CAfile", certificate, "-in", out]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert "Signature verification: ok" in done.stdout, done.stdout + done.stderr
    assert not list(tmp_path.glob("*.signed"))
