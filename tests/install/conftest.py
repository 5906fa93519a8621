"""What tests of the wheel share: one build for all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.install.building import Built, build, set_traps


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The sdist, and the wheel made of it, as both are published."""
    return build(tmp_path_factory.mktemp("built"))


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """On PYTHONPATH, modules that are called as our folders are; none of them can be imported."""
    set_traps(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path
