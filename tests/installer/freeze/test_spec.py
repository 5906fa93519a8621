"""PyInstaller's recipe, as PyInstaller of each system runs it: what it is told to make."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest

from installer.macos.plists import info
from installer.project import TOP

SPEC = TOP / "installer" / "freeze" / "panecast.spec"
SCRIPTS = [
    ("pyi_rth_cryptography_openssl", "/hooks/pyi_rth_cryptography_openssl.py", "PYSOURCE"),
    ("pyi_rth_pyside6", "/hooks/pyi_rth_pyside6.py", "PYSOURCE"),
    ("start", "/top/installer/freeze/start.py", "PYSOURCE"),
]
"""As PyInstaller's analysis has them: its hooks before the program."""


@dataclass
class Recorder:
    """Stands in for PyInstaller's own classes, and keeps what they are called with."""

    made: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def maker(self, kind: str) -> Callable[..., Any]:
        def make(*things: Any, **named: Any) -> Any:
            self.made.setdefault(kind, []).append(named | {"things": things})
            made = ModuleType(kind)
            made.__dict__.update(binaries=[], datas=[], pure=[], scripts=SCRIPTS, things=things)
            return made

        return make


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Recorder]:
    def run(system: str) -> Recorder:
        recorder = Recorder()
        names = {kind: recorder.maker(kind) for kind in ("Analysis", "PYZ", "EXE", "COLLECT", "BUNDLE")}
        # Only the frozen program's environment has PyInstaller.
        library = ModuleType("PyInstaller.depend.bindepend")
        library.__dict__["get_imports"] = lambda _: ()
        for module in ("PyInstaller", "PyInstaller.depend"):
            monkeypatch.setitem(sys.modules, module, ModuleType(module))
        monkeypatch.setitem(sys.modules, library.__name__, library)
        monkeypatch.setattr(sys, "path", [*sys.path])
        monkeypatch.setattr(sys, "platform", system)
        exec(compile(SPEC.read_text(encoding="utf-8"), SPEC, "exec"), {**names, "SPECPATH": str(SPEC.parent)})
        monkeypatch.undo()
        return recorder

    return run


def test_a_mac_gets_a_bundle_whose_program_can_show_windows(told: Callable[[str], Recorder]) -> None:
    made = told("darwin").made

    # PyInstaller keeps a bundle whose program has a console from showing any window.
    assert [(program["name"], program["console"]) for program in made["EXE"]] == [("panecast", False)]
    (bundle,) = made["BUNDLE"]
    assert bundle["name"] == "Panecast.app"
    assert bundle["info_plist"] == info()
    # installer/macos/build.sh expects both here.
    assert "build/Panecast.app" in (TOP / "installer/macos/build.sh").read_text(encoding="utf-8")
    assert made["COLLECT"][0]["name"] == "panecast"


def test_windows_gets_one_program_with_a_console_and_one_without(told: Callable[[str], Recorder]) -> None:
    made = told("win32").made

    assert {program["name"]: program["console"] for program in made["EXE"]} == {
        "panecast": False,
        "panecast-cli": True,
    }
    assert "BUNDLE" not in made


def test_linux_gets_one_program(told: Callable[[str], Recorder]) -> None:
    made = told("linux").made

    assert [program["name"] for program in made["EXE"]] == ["panecast"]
    assert "BUNDLE" not in made


def test_no_start_runs_the_hook_that_loads_qt(told: Callable[[str], Recorder]) -> None:
    for program in told("win32").made["EXE"]:
        scripts = next(thing for thing in program["things"] if isinstance(thing, list))
        assert [name for name, _, _ in scripts] == ["pyi_rth_cryptography_openssl", "start"]
