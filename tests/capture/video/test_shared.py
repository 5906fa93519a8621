"""Everybody who wishes for the same video gets the same units, from a key frame on, whoever is slow or breaks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from capture.encode.image import Rendition
from capture.encode.parts import Update
from capture.picture.frame import Frame
from capture.video import shared as shared_videos
from capture.video.shared import SharedVideo, SharedVideos, VideoUpdate
from tests.capture.video.fake_codec import FakeCodecs
from tests.helpers.canned import frame, plain
from tests.helpers.waiting import Until


@pytest.fixture
def codecs() -> FakeCodecs:
    return FakeCodecs()


@pytest.fixture
def film(codecs: FakeCodecs) -> Iterator[SharedVideo]:
    made = SharedVideo(Rendition(), 30, codecs)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def keys_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_videos, "KEY_SECONDS", 0.0)


def picture(number: int, width: int = 100, height: int = 60) -> Frame:
    return frame(plain(number, 0, 0, width, height), sequence=number)


def units(parts: Update) -> str:
    return " ".join(part.data.decode() for part in parts.parts)


class Viewer:
    """Where one viewer is."""

    def __init__(self, film: SharedVideo) -> None:
        self.film = film
        self.sequence = 0
        self.position: int | None = None

    async def sees(self, shown: Frame) -> str | None:
        video_update: VideoUpdate[str] | None = await self.film.video_update(shown, self.sequence, self.position, units)
        if video_update is None:
            return None
        assert video_update.parts.base in (0, self.sequence)
        self.sequence, self.position = video_update.parts.sequence, video_update.position
        return video_update.finished


async def test_all_share_one_encode_of_each_picture(film: SharedVideo) -> None:
    one, two = Viewer(film), Viewer(film)
    for number, expected in ((1, "K1"), (2, "P2"), (3, "P3")):
        assert [await one.sees(picture(number)), await two.sees(picture(number))] == [expected, expected]

    assert film.encodes == 3


async def test_who_joins_gets_what_there_is_since_the_key_frame_or_a_new_one(film: SharedVideo) -> None:
    old = Viewer(film)
    for number in (1, 2, 3):
        await old.sees(picture(number))
    assert await Viewer(film).sees(picture(3)) == "K1 P2 P3"
    for number in range(4, 14):
        await old.sees(picture(number))
    late = Viewer(film)
    assert await late.sees(picture(13)) is None  # the key frame is gone; a new one comes with the next picture

    assert await old.sees(picture(14)) == "K14"
    assert await late.sees(picture(14)) == "K14"
    assert film.encodes == 14


async def test_who_is_a_little_slow_gets_several_units_and_who_is_very_slow_a_key_frame(film: SharedVideo) -> None:
    quick, slow, stuck = Viewer(film), Viewer(film), Viewer(film)
    for viewer in (quick, slow, stuck):
        await viewer.sees(picture(1))
    for number in range(2, 5):
        await quick.sees(picture(number))
    assert await slow.sees(picture(4)) == "P2 P3 P4"
    for number in range(5, 20):
        await quick.sees(picture(number))
    assert await stuck.sees(picture(19)) is None

    assert await quick.sees(picture(20)) == "K20"
    assert await stuck.sees(picture(20)) == "K20"


async def test_key_frames_are_not_asked_for_all_the_time(film: SharedVideo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_videos, "KEY_SECONDS", 1000.0)
    old = Viewer(film)
    for number in range(1, 12):
        await old.sees(picture(number))
        late = await Viewer(film).sees(picture(number))

    assert late is None
    assert await old.sees(picture(12)) == "P12"


async def test_what_is_withdrawn_is_in_no_unit_and_the_next_is_a_key_frame(codecs: FakeCodecs, until: Until) -> None:
    withdrawn = 0
    film = SharedVideo(Rendition(), 30, codecs, lambda: withdrawn)
    viewer, behind = Viewer(film), Viewer(film)
    for number in (1, 2):
        await viewer.sees(picture(number))
    await behind.sees(picture(2))
    await viewer.sees(picture(3))
    withdrawn = 3

    assert await behind.sees(picture(3)) is None
    assert await viewer.sees(picture(4)) == "K4"
    assert await behind.sees(picture(4)) == "K4"

    # While it is in the encoder, too.
    codecs.hangs = threading.Event()
    late = asyncio.create_task(viewer.sees(picture(5)))
    await until(lambda: codecs.hanging == 1)
    withdrawn = 5
    codecs.hangs.set()

    assert await late is None
    assert await viewer.sees(picture(6)) == "K6"
    assert await behind.sees(picture(6)) == "K6"
    film.close()


async def test_another_size_begins_with_a_key_frame(film: SharedVideo, codecs: FakeCodecs) -> None:
    viewer = Viewer(film)
    await viewer.sees(picture(1))
    await viewer.sees(picture(2))

    assert await viewer.sees(picture(3, 80, 40)) == "K3"
    assert codecs.opened == [(100, 60, 80, 30), (80, 40, 80, 30)]


async def test_an_encoder_that_fails_rests_and_is_replaced(
    film: SharedVideo, codecs: FakeCodecs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    viewer = Viewer(film)
    await viewer.sees(picture(1))
    codecs.fails = True
    assert await viewer.sees(picture(2)) is None
    assert await viewer.sees(picture(3)) is None
    assert "The video encoder is closed" in caplog.text
    monkeypatch.setattr(shared_videos, "REST_SECONDS", 0.0)

    assert await viewer.sees(picture(4)) == "K4"
    assert len(codecs.opened) == 2


async def test_an_encoder_that_hangs_is_given_up(
    film: SharedVideo,
    codecs: FakeCodecs,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(shared_videos, "REST_SECONDS", 0.0)
    viewer = Viewer(film)
    await viewer.sees(picture(1))
    codecs.hangs = threading.Event()
    with monkeypatch.context() as patch:
        # Only here: on a busy machine one that does its work may be as slow.
        patch.setattr(shared_videos, "HANG_SECONDS", 0.05)
        assert await viewer.sees(picture(2)) is None
    released, codecs.hangs = codecs.hangs, None

    assert await viewer.sees(picture(3)) == "K3"
    assert "did not answer" in caplog.text
    released.set()
    # What the other one still makes goes nowhere, and its codec is closed.
    await until(lambda: codecs.closed == 1)
    assert await viewer.sees(picture(4)) == "P4"


async def test_the_last_who_leaves_ends_it(codecs: FakeCodecs) -> None:
    all_films = SharedVideos(codecs)
    first = all_films.join("source", Rendition(), 30)
    assert all_films.join("source", Rendition(cursor=False), 30) is first
    assert all_films.join("source", Rendition(quality=50), 30) is not first
    viewer = Viewer(first)
    await viewer.sees(picture(1))
    all_films.leave("source", Rendition(), 30)
    assert await viewer.sees(picture(2)) == "P2"
    all_films.leave("source", Rendition(), 30)
    all_films.leave("source", Rendition(quality=50), 30)

    assert await viewer.sees(picture(3)) is None
    assert all_films.join("source", Rendition(), 30) is not first
    all_films.leave("source", Rendition(), 30)
