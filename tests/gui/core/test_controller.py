"""What the person does, with the real share list, registry and server below."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable

import pytest

from capture.platforms.demo import demo_source
from capture.privacy.masks import Mask
from capture.source import Source
from gui.core.remembered import remember
from gui.core.settings import Settings
from gui.panel.live_picture import LivePicture
from server.protocol.options import StreamOptions
from tests.helpers.desk import Desk
from tests.helpers.ports import free_port


@pytest.fixture
async def busy() -> AsyncIterator[int]:
    """A port that another program has."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture
async def desk(busy: int) -> AsyncIterator[Desk]:
    desk = Desk(Settings(port=busy))
    yield desk
    await desk.close()


async def test_busy_port_is_said_and_the_next_one_offered(desk: Desk, busy: int) -> None:
    desk.controller.start()
    await desk.until(lambda: desk.controller.state.message is not None)
    message = desk.controller.state.message
    assert message is not None
    assert message.text == f"Port {busy} is used by another program."
    assert desk.controller.state.phase == "idle"
    assert message.act is not None
    message.act()
    await desk.until(lambda: desk.controller.state.is_sharing)

    assert message.action == f"Use {desk.controller.state.port}"
    assert desk.controller.settings.port == desk.controller.state.port
    assert desk.controller.state.message is None


async def test_ticking_shares_and_is_remembered(desk: Desk, window: Callable[..., Source]) -> None:
    first = window(1)
    desk.catalog.feed(first)
    desk.controller.set_shared(first, True)
    assert set(desk.shares.shared) == {"1"}
    assert desk.controller.settings.shared == (remember(first),)
    desk.controller.set_shared(first, False)

    assert not desk.shares.shared
    assert desk.controller.settings.shared == ()


async def test_a_picked_screen_is_asked_about_once_before_it_is_shared(desk: Desk) -> None:
    screen = Source("portal-1", "portal", "Screen 1", "", 0, 0, is_screen=True)
    window = Source("portal-2", "portal", "Window 2", "", 0, 0)
    desk.catalog.set_fixed((screen, window))
    desk.controller.set_shared(window, True)
    assert set(desk.shares.shared) == {"portal-2"}
    desk.controller.set_shared(screen, True)
    await desk.until(lambda: desk.controller.state.message is not None)
    message = desk.controller.state.message
    assert set(desk.shares.shared) == {"portal-2"}
    assert message is not None
    assert message.act is not None
    message.act()
    assert set(desk.shares.shared) == {"portal-1", "portal-2"}
    desk.controller.set_shared(screen, False)
    desk.controller.set_shared(screen, True)
    assert set(desk.shares.shared) == {"portal-1", "portal-2"}


async def test_sharing_that_starts_before_the_first_list_has_what_was_ticked_and_says_so_then(
    window: Callable[..., Source],
) -> None:
    desk = Desk(Settings(port=free_port(), shared=(remember(window(1, "build log")),)))
    desk.catalog.begin()
    desk.controller.start()
    await desk.until(lambda: desk.server.is_running)
    await asyncio.sleep(0)
    early = desk.controller.state
    desk.catalog.feed(window(7, "build log"))
    await desk.until(lambda: desk.controller.state.is_sharing)
    shared = [row.title for row in desk.controller.state.shared]
    desk.catalog.feed(window(7, "build log"), window(8, "build log"))
    await asyncio.sleep(0)
    later = [row.title for row in desk.controller.state.shared]
    await desk.close()

    assert (early.phase, early.headline, early.is_sharing) == ("starting", "Starting…", False)
    assert shared == later == ["build log"]


async def test_remembered_window_is_ticked_again_but_never_while_sharing(window: Callable[..., Source]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    desk = Desk(Settings(port=port, shared=(remember(window(1, "build log")), remember(window(1, "private")))))
    try:
        desk.catalog.feed(window(5, "build log"))
        desk.controller.start()
        await desk.until(lambda: desk.controller.state.is_sharing)
        desk.catalog.feed(window(5, "build log"), window(6, "private"))

        assert set(desk.shares.shared) == {"5"}
    finally:
        await desk.close()


async def test_masks_come_back_before_anything_is_seen(window: Callable[..., Source]) -> None:
    masks = (Mask(0.25, 0.25, 0.75, 0.75),)
    first = Desk(Settings())
    first.catalog.feed(window(1, "bank"), window(2, "mail"))
    for number in (1, 2):
        first.controller.select(window(number, "bank" if number == 1 else "mail"))
        first.controller.set_masks(masks)
    # Taken away under another title than they were laid under.
    first.catalog.feed(window(1, "bank"), window(2, "mail: 3 new"))
    await asyncio.sleep(0)
    first.controller.set_masks(())
    kept = first.controller.settings
    await first.close()

    again = Desk(Settings(masks=kept.masks, shared=(remember(window(1, "bank")),)))
    taken: list[tuple[Mask, ...]] = []
    again.shares.subscribe(lambda: taken.append(again.hub.masks(window(7, "bank"))))
    again.catalog.feed(window(7, "bank"), window(8, "bank"), window(9, "mail"))
    alike = again.hub.masks(window(8, "bank"))
    again.catalog.feed(window(7, "bank"), window(9, "mail"))
    try:
        assert set(again.shares.shared) == {"7"}
        assert taken[-1] == masks
        assert (alike, again.hub.masks(window(9, "mail"))) == (masks, ())
    finally:
        await again.close()


async def test_options_reach_defaults_and_settings(desk: Desk) -> None:
    desk.controller.set_option("fps", 42)
    desk.controller.set_option("format", "webp")
    desk.controller.set_option("cursor", False)

    assert desk.registry.defaults == StreamOptions(fps=42, format="webp", cursor=False)
    assert (desk.controller.settings.fps, desk.controller.settings.pointer) == (42, False)


async def test_changes_are_told_once_for_all(desk: Desk, window: Callable[..., Source]) -> None:
    told: list[int] = []
    desk.controller.subscribe(lambda: told.append(1))
    for count in range(20):
        desk.catalog.feed(*(window(number) for number in range(count)))
    await asyncio.sleep(0.02)

    assert len(told) == 1


async def test_selected_window_stays_when_it_closes(desk: Desk, window: Callable[..., Source]) -> None:
    desk.catalog.feed(window(1))
    desk.controller.select(window(1))
    desk.catalog.feed()
    await asyncio.sleep(0.02)

    assert desk.controller.state.selected == window(1)


async def test_live_picture_fits_its_size_and_lets_the_source_go(desk: Desk) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from PySide6.QtGui import QImage

    images: list[QImage] = []
    with ThreadPoolExecutor(1) as workers:
        live = LivePicture(
            desk.hub,
            demo_source(),
            workers,
            interval=0.05,
            size=(200, 200),
            pointer=True,
            shown=lambda image, condition: images.append(image) if image is not None else None,
        )
        await desk.until(lambda: len(images) >= 3)
        live.close()
        shown = len(images)
        await asyncio.sleep(0.15)

    assert (images[0].width(), images[0].height()) == (200, 112)
    assert len(images) == shown
    assert desk.hub.running == 0
