"""Every test of a page is run in every browser; each is started once."""

from __future__ import annotations

import functools
import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.browser.browsers import BROWSERS, Downloads, chromium, firefox, new_page

ONLY_WHEN_LONG = (
    "test_grid",
    "test_wall",
    "test_embedding",
    "test_entering",
    "test_watching",
    "test_faults",
    "test_privacy",
)
"""What is looked at with Firefox only by ``installer/test.sh --long``: the rest has to end within ten minutes. Of other
files, those tests that are marked so."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take out what takes too long for every day."""
    if os.environ.get("PANECAST_LONG"):
        return
    left_out = [item for item in items if "[firefox" in item.name and _is_only_when_long(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _is_only_when_long(item: pytest.Item) -> bool:
    return item.path.stem in ONLY_WHEN_LONG or item.get_closest_marker("firefox_when_long") is not None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what Firefox cannot do."""
    parameters = getattr(item, "callspec", None)
    missing = item.get_closest_marker("firefox_lacks")
    if missing is not None and parameters is not None and parameters.params.get("browser") == "firefox":
        pytest.skip(f"Firefox lacks {missing.args[0]}")


@pytest.fixture(scope="package")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Downloads:
    """What catches files that pages give to be saved."""
    return Downloads(tmp_path_factory.mktemp("downloads"))


# Of the package and not of the session: while it is there, tests that use asyncio cannot run.
@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; a thread can have only one."""
    with sync_playwright() as driver:
        yield driver
    # What is left of its loop is in a circle; collected later, that would take the place of whatever loop runs then.
    gc.collect()


@pytest.fixture(scope="package")
def browsers(playwright: Playwright, downloads: Downloads) -> Iterator[Callable[[str], Browser]]:
    """What returns a running browser by its name; once started, each stays."""
    with ExitStack() as stack:

        @functools.cache
        def running(name: str) -> Browser:
            start = firefox(playwright, downloads.folder) if name == "firefox" else chromium(playwright)
            return stack.enter_context(start)

        yield running


@pytest.fixture(params=BROWSERS)
def browser(request: pytest.FixtureRequest, browsers: Callable[[str], Browser]) -> Browser:
    """A real browser."""
    return browsers(request.param)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page of a real browser."""
    opened = new_page(browser)
    yield opened
    opened.close()
