"""The feed's thread encodes what will be asked for, and nothing that was not accepted is ever in a unit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from capture.encode.image import Rendition
from capture.video import shared as shared_videos
from capture.video.ahead import AheadRequest
from capture.video.shared import SharedVideo
from tests.capture.video.fake_codec import FakeCodecs
from tests.capture.video.test_shared import Viewer, picture
from tests.helpers.waiting import Until


class Withdrawn:
    """The number of the last picture that is not shown any more."""

    number = 0

    def __call__(self) -> int:
        return self.number


@pytest.fixture
def codecs() -> FakeCodecs:
    return FakeCodecs()


@pytest.fixture
def withdrawn() -> Withdrawn:
    return Withdrawn()


@pytest.fixture
def film(codecs: FakeCodecs, withdrawn: Withdrawn, monkeypatch: pytest.MonkeyPatch) -> Iterator[SharedVideo]:
    monkeypatch.setattr(shared_videos, "AHEAD", 1000.0)  # a busy machine encodes slowly
    monkeypatch.setattr(shared_videos, "KEY_SECONDS", 0.0)
    made = SharedVideo(Rendition(), 30, codecs, withdrawn)
    yield made
    made.close()


@pytest.fixture
def feed() -> Iterator[ThreadPoolExecutor]:
    """The feed's thread."""
    with ThreadPoolExecutor(1) as thread:
        yield thread


async def test_what_was_encoded_ahead_is_what_viewers_get(film: SharedVideo, feed: ThreadPoolExecutor) -> None:
    one, two = Viewer(film), Viewer(film)
    first = picture(1)
    assert not feed.submit(film.encode_ahead, first).result()  # nobody has asked for anything yet
    assert [await one.sees(first), await two.sees(first)] == ["K1", "K1"]
    for number in (2, 3):
        shown = picture(number)
        assert feed.submit(film.encode_ahead, shown).result()
        film.accept(shown)
        assert await one.sees(shown) == f"P{number}"

    assert await two.sees(shown) == "P2 P3"
    assert film.encodes == 3


async def test_a_request_for_it_accepts_only_what_was_made(film: SharedVideo) -> None:
    request, viewer = AheadRequest(film), Viewer(film)
    await viewer.sees(picture(1))
    old, new = picture(1), picture(2)

    for shown in (old, new):
        request.supply(None, shown, request.make(shown))  # type: ignore[arg-type]  it needs no encoder of pictures

    assert await viewer.sees(new) == "P2"
    assert film.encodes == 2


async def test_what_is_not_accepted_yet_waits(film: SharedVideo, feed: ThreadPoolExecutor) -> None:
    viewer = Viewer(film)
    shown, ahead = picture(1), picture(2)
    await viewer.sees(shown)
    feed.submit(film.encode_ahead, ahead).result()

    assert await Viewer(film).sees(shown) == "K1"
    film.accept(ahead)
    assert await viewer.sees(ahead) == "P2"


async def test_what_is_never_accepted_is_in_no_unit(
    film: SharedVideo, codecs: FakeCodecs, feed: ThreadPoolExecutor, until: Until
) -> None:
    viewer = Viewer(film)
    await viewer.sees(picture(1))
    feed.submit(film.encode_ahead, picture(2)).result()

    assert await viewer.sees(picture(3)) == "K3"
    await until(lambda: codecs.closed == 1)


async def test_what_is_withdrawn_once_it_was_accepted_is_in_no_unit(
    film: SharedVideo, withdrawn: Withdrawn, feed: ThreadPoolExecutor
) -> None:
    viewer = Viewer(film)
    await viewer.sees(picture(1))
    ahead = picture(2)
    feed.submit(film.encode_ahead, ahead).result()
    film.accept(ahead)
    withdrawn.number = 2

    assert await viewer.sees(picture(3)) == "K3"


async def test_slow_ones_and_those_of_another_size_are_left_to_the_worker(
    film: SharedVideo, feed: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = Viewer(film)
    await viewer.sees(picture(1))

    assert not feed.submit(film.encode_ahead, picture(2, width=50)).result()
    monkeypatch.setattr(shared_videos, "AHEAD", 0.0)
    assert not feed.submit(film.encode_ahead, picture(2)).result()
    assert await viewer.sees(picture(2)) == "P2"


async def test_the_feed_does_not_wait_for_the_worker(
    film: SharedVideo, codecs: FakeCodecs, feed: ThreadPoolExecutor, until: Until
) -> None:
    viewer = Viewer(film)
    await viewer.sees(picture(1))
    codecs.hangs = threading.Event()
    encoding = feed.submit(film.encode_ahead, picture(2))
    await until(lambda: codecs.hanging == 1)

    assert not film.encode_ahead(picture(3))
    codecs.hangs.set()
    assert encoding.result()


async def test_a_failure_in_the_feeds_thread_gives_single_pictures(
    film: SharedVideo, codecs: FakeCodecs, feed: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = Viewer(film)
    await viewer.sees(picture(1))
    codecs.fails = True

    assert not feed.submit(film.encode_ahead, picture(2)).result()
    assert await viewer.sees(picture(2)) is None
    monkeypatch.setattr(shared_videos, "REST_SECONDS", 0.0)
    assert await viewer.sees(picture(3)) == "K3"


async def test_a_key_frame_that_is_asked_for_may_come_ahead(film: SharedVideo, feed: ThreadPoolExecutor) -> None:
    viewer = Viewer(film)
    for number in range(1, 12):
        await viewer.sees(picture(number))
    assert await Viewer(film).sees(picture(11)) is None
    shown = picture(12)
    feed.submit(film.encode_ahead, shown).result()
    film.accept(shown)

    assert await viewer.sees(shown) == "K12"
