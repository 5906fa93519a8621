"""Programs that keep secrets are known by many names; others are not mistaken for them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from capture.platforms.linux.process import program_names
from capture.privacy.exclusions import ExclusionRules, Exclusions


@pytest.mark.parametrize(
    "name",
    [
        "keepassxc", "KeePassXC", "org.keepassxc.KeePassXC", "KeePass2", "bitwarden", "Bitwarden", "1password",
        "1Password", "seahorse", "org.gnome.seahorse.Application", "gcr-prompter", "Gcr-prompter", "pinentry-gtk-2",
        "pinentry-qt", "kwalletmanager5", "kwalletd6", "com.belmoussaoui.Authenticator", "ente_auth", "Ente Auth",
        "io.ente.auth", "enteauth", "Enpass", "lastpass", "proton-pass", "Proton Pass", "me.proton.Pass",
        "polkit-gnome-authentication-agent-1", "polkit-gnome-au", "polkit-kde-authentication-agent-1", "lxpolkit",
        "xfce-polkit", "ksshaskpass", "org.gnome.World.Secrets", "yubioauth-desktop", "yubico-authenti",
    ],
)  # fmt: skip
def test_a_program_that_keeps_secrets_is_known(name: str) -> None:
    assert ExclusionRules().names_one_of(["something", name])


@pytest.mark.parametrize(
    "name",
    [
        "",
        "firefox",
        "openpass",
        "xterm",
        "gnome-terminal-server",
        "code",
        "passport",
        "proton-mail",
        "ente",
        "panecast",
    ],
)
def test_other_programs_are_not(name: str) -> None:
    assert not ExclusionRules().names_one_of([name])


def test_the_list_comes_from_outside() -> None:
    rules = ExclusionRules(("My Bank!", "", "--"))

    assert rules.names_one_of(["com.example.my-bank"])
    assert not rules.names_one_of(["keepassxc", "bank", "mybank", "my"])
    assert not ExclusionRules(()).names_one_of(["keepassxc"])


def test_who_listens_hears_of_changes_only() -> None:
    heard = []
    exclusions = Exclusions()
    end = exclusions.subscribe(lambda: heard.append(exclusions.rules))
    exclusions.set_rules(ExclusionRules())
    exclusions.set_rules(ExclusionRules(("xterm",)))
    end()
    end()
    exclusions.set_rules(ExclusionRules())

    assert heard == [ExclusionRules(("xterm",))]


def test_a_process_is_known_by_what_it_runs() -> None:
    script = "import sys; sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", script, "keepassxc"], stdin=subprocess.PIPE) as process:
        names = program_names(process.pid)

    assert any(name.startswith("python") for name in names)
    assert program_names(os.getpid())
    assert program_names(None) == ()
    assert program_names(process.pid) == ()
