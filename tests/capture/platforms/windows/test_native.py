"""The tests that run on Windows alone can be read everywhere: what they name is there."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

from tests.capture.platforms.windows import native

MODULES = [each.name for each in pkgutil.iter_modules(native.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_what_they_name_is_there(name: str) -> None:
    importlib.import_module(f"{native.__name__}.{name}")


def test_there_are_some() -> None:
    assert len(MODULES) >= 5
