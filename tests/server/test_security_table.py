"""What docs/security.md promises is tested by tests that exist: the table in it cannot name one that has gone."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "security.md"
NAMED = re.compile(r"`([a-z0-9_/]+\.py)::(\w+)`")
ATTACKS = [f"T{number}" for number in range(1, 40) if number not in (6, 14, 15, 16)]
FAULTS = [str(number) for number in range(1, 12)]


def rows() -> list[list[str]]:
    """Return the cells of every row beneath the heading about promises and tests, but for headings and judges."""
    text = PAGE.read_text(encoding="utf-8").partition("## Promise, test, result\n")[2].partition("### Judges")[0]
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return [cells for cells in found if not set(cells[0]) <= {"-"} and cells[0] not in ("Promise", "#")]


@functools.cache
def functions(path: Path) -> frozenset[str]:
    """Return the names of all functions in a file that can be tests."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, kinds) and node.name.startswith("test_"))


def is_test(path: str, name: str) -> bool:
    """Tell whether there is such a test, in a file below the folder of all tests."""
    file = TESTS / path
    return file.name.startswith("test_") and file.is_file() and name in functions(file)


@pytest.mark.parametrize("row", rows(), ids=lambda cells: cells[0])
def test_each_row_names_tests_that_exist_and_a_result(row: list[str]) -> None:
    named = NAMED.findall(row[-2])
    # Nothing but names of tests, so that none is misread and passed over.
    assert NAMED.sub("", row[-2]).split() == []
    assert named

    assert [f"{path}::{name}" for path, name in named if not is_test(path, name)] == []
    assert row[-1]


def test_every_attack_and_every_fault_has_a_row() -> None:
    first = [cells[0] for cells in rows()]
    begin = first.index("T1")

    assert first[begin:] == ATTACKS + FAULTS
    assert begin >= 10


@pytest.mark.parametrize(
    ("path", "name", "exists"),
    [
        ("server/test_security_table.py", "test_every_attack_and_every_fault_has_a_row", True),
        ("server/test_security_table.py", "test_of_long_ago", False),
        ("server/test_security_table.py", "rows", False),
        ("server/test_of_long_ago.py", "test_every_attack_and_every_fault_has_a_row", False),
        ("server", "test_every_attack_and_every_fault_has_a_row", False),
    ],
)
def test_what_does_not_exist_is_noticed(path: str, name: str, exists: bool) -> None:
    assert is_test(path, name) is exists
