from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.gui.own_process import run

ASK = """
import sys
sys.frozen, sys._MEIPASS = sys.argv[1] != "", sys.argv[1]
from PySide6.QtCore import QCoreApplication
from gui.plugins import use_own_plugins
before = QCoreApplication.libraryPaths()
use_own_plugins()
print((before, QCoreApplication.libraryPaths()))
"""


@pytest.mark.parametrize("name", ["Panecast", "Filme, größer", "é" * 60])
def test_frozen_program_has_its_own_plugins_whatever_its_folder_is_called(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name

    _, found = ast.literal_eval(run(ASK, str(folder)).stdout)

    assert found == [str(folder / "PySide6/plugins"), str(folder / "PySide6/Qt/plugins")]


def test_elsewhere_qt_looks_where_it_does() -> None:
    before, after = ast.literal_eval(run(ASK, "").stdout)

    assert before == after
    assert before
