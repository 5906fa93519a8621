"""What all judges look at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.served import Served, serving


@pytest.fixture
def served() -> Iterator[Served]:
    """A server that shows the test picture."""
    with serving() as found:
        yield found
