"""Names of modules as they are in the wheel: what is changed, what is left alone, and what ends the build."""

from __future__ import annotations

from pathlib import Path

import pytest

from installer.wheel_hook import FOLDERS, NotUnderstood, renamed

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("written", "packed"),
    [
        ("from gui import app", "from panecast.gui import app"),
        ("from server.net.tls import Context  # a word", "from panecast.server.net.tls import Context  # a word"),
        (
            "from   capture.source import (\n    Source,\n    State,\n)\n",
            "from   panecast.capture.source import (\n    Source,\n    State,\n)\n",
        ),
        ("if True:\n    from gui.app import run; run()", "if True:\n    from panecast.gui.app import run; run()"),
        ("'ä'; from gui import app", "'ä'; from panecast.gui import app"),
        ("import os, gui.app as ours, server", "import os, panecast.gui.app as ours, panecast.server as server"),
        ("files('resources') / 'icons'", "files('panecast.resources') / 'icons'"),
        ('logging.getLogger("capture.feed")', 'logging.getLogger("panecast.capture.feed")'),
        ('["python", "-m", "gui", "serve"]', '["python", "-m", "panecast.gui", "serve"]'),
    ],
)
def test_names_of_modules_are_changed(written: str, packed: str) -> None:
    assert renamed(written, "some.py") == packed


@pytest.mark.parametrize(
    "written",
    [
        "from . import gui",
        "from capturer import server",
        "from guitar.gui import resources",
        "import serverless, xml.server",
        "server.start(); gui = capture = 1",
        'DELAYS = ("capture", "encode", "server")',
        "getLogger(__name__); getLogger(f'{__name__}.more'); getLogger(); files('other'); find_spec('av')",
        '"""gui.app is told of it: from gui import app"""',
        '# from gui import app, files("resources")',
        "text = 'from gui import app'",
        "other.import_module('xml')",
    ],
)
def test_all_else_is_left_alone(written: str) -> None:
    assert renamed(written, "some.py") == written


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("x = 1\nPROGRAM = 'gui.desktop.demo_window'", "some.py:2"),
        ("ENTRY = 'gui.__main__:main'", "gui.__main__:main"),
        ("open('resources/openapi.json')", "resources/openapi.json"),
        ("load(f'capture.platforms.{name}')", "capture.platforms."),
        ("for name in NAMES:\n    getLogger(name)", "getLogger(name)"),
        ("import_module(r'gui.app')", "gui.app"),
        ("import gui.app", "from gui import app"),
        ("from \\\n    gui import app", "some.py:1"),
    ],
)
def test_what_is_not_understood_ends_the_build(written: str, named: str) -> None:
    with pytest.raises(NotUnderstood) as told:
        renamed(written, "some.py")

    assert named in str(told.value)
    assert "installer/wheel_hook.py" in str(told.value)


def test_every_module_of_ours_stays_as_long_as_it_is() -> None:
    """A line that is told of in a traceback is the same line in the tree."""
    for folder in FOLDERS:
        for path in (PROJECT / folder).rglob("*.py"):
            source = path.read_text(encoding="utf-8")

            assert renamed(source, str(path)).count("\n") == source.count("\n")
