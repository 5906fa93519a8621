"""Equal wishes are encoded once; who leaves takes nothing from the others."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from capture.encode.fair_queue import Party
from capture.encode.image import Encoded, Rendition
from capture.encode.shared import MOST_HANGING, MOST_SLOTS, ImageRequest, SharedEncoder
from capture.encode.workers import Workers
from capture.errors import EncodeError
from capture.picture.frame import Frame
from capture.source import Source
from tests.helpers.canned import SOURCE, frame, plain


@pytest.fixture
async def encoder() -> AsyncIterator[SharedEncoder]:
    made = SharedEncoder(Workers(2, "encode"))
    yield made
    made.close()


def size(encoded: Encoded) -> int:
    return len(encoded.data)


async def test_equal_wishes_share_one_result(encoder: SharedEncoder) -> None:
    picture = frame(plain(1, 2, 3))
    results = await asyncio.gather(
        *(encoder.encode(picture, ImageRequest(Rendition(max_width=w))) for w in (100, 500, None))
    )

    assert encoder.encodes == 1
    assert results[0] is results[1] is results[2]


async def test_quality_matters_but_for_png(encoder: SharedEncoder) -> None:
    picture = frame(plain(1, 2, 3))
    for quality in (20, 30):
        await encoder.encode(picture, ImageRequest(Rendition("jpeg", quality)))
        await encoder.encode(picture, ImageRequest(Rendition("png", quality)))

    assert encoder.encodes == 3


async def test_what_is_finished_otherwise_shares_the_encoding(encoder: SharedEncoder) -> None:
    picture = frame(plain(1, 2, 3))
    length, again, encoded = await asyncio.gather(
        encoder.encode(picture, ImageRequest(Rendition(), size)),
        encoder.encode(picture, ImageRequest(Rendition(), size)),
        encoder.encode(picture, ImageRequest(Rendition())),
    )

    assert length == again == len(encoded.data) > 100
    assert encoder.encodes == 1


async def test_another_picture_is_made_anew(encoder: SharedEncoder) -> None:
    await encoder.encode(frame(plain(1, 2, 3)), ImageRequest(Rendition(), size))
    await encoder.encode(frame(plain(1, 2, 3), sequence=2), ImageRequest(Rendition(), size))

    assert encoder.encodes == 2


async def test_a_handle_in_other_hands_never_gets_the_old_picture(encoder: SharedEncoder) -> None:
    old = await encoder.encode(frame(plain(1, 2, 3)), ImageRequest(Rendition("png")))
    other = frame(plain(9, 9, 9), source=replace(SOURCE, pid=99))
    new = await encoder.encode(other, ImageRequest(Rendition("png")))

    assert new.data != old.data


async def test_who_leaves_does_not_cancel_the_others(encoder: SharedEncoder) -> None:
    picture = frame(plain(1, 2, 3, 2000, 2000))
    leaving = asyncio.create_task(encoder.encode(picture, ImageRequest(Rendition("png"))))
    staying = asyncio.create_task(encoder.encode(picture, ImageRequest(Rendition("png"))))
    await asyncio.sleep(0)
    leaving.cancel()

    assert (await staying).width == 2000
    assert encoder.encodes == 1


async def test_a_failure_reaches_everybody_who_waits(encoder: SharedEncoder) -> None:
    wide = frame(plain(0, 0, 0, 20000, 2))
    results = await asyncio.gather(
        *(encoder.encode(wide, ImageRequest(Rendition("webp"))) for _ in range(2)), return_exceptions=True
    )

    assert [type(result) for result in results] == [EncodeError, EncodeError]


async def test_only_so_many_results_are_kept(encoder: SharedEncoder) -> None:
    picture = frame(plain(1, 2, 3))
    for quality in range(10, 10 + MOST_SLOTS + 5):
        await encoder.encode(picture, ImageRequest(Rendition("jpeg", quality)))
    before = encoder.encodes
    await encoder.encode(picture, ImageRequest(Rendition("jpeg", 10 + MOST_SLOTS + 4)))
    assert encoder.encodes == before
    await encoder.encode(picture, ImageRequest(Rendition("jpeg", 10)))
    assert encoder.encodes == before + 1
    encoder.forget(SOURCE)
    await encoder.encode(picture, ImageRequest(Rendition("jpeg", 10)))
    assert encoder.encodes == before + 2


class Hanging:
    """A wish that is not made before it is released, but for other sources, which are made at once."""

    def __init__(self, name: str = "hanging") -> None:
        self.name = name
        self.released = threading.Event()
        self.has_begun = False

    def family(self, frame: Frame) -> str:
        return self.name

    def version(self, frame: Frame) -> int:
        return frame.sequence

    def make(self, frame: Frame) -> str:
        self.has_begun = True
        if frame.source is SOURCE:
            self.released.wait(20)
        return f"made {frame.sequence}"


@pytest.fixture
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.encode.shared.HANG_SECONDS", 0.2)
    monkeypatch.setattr("capture.encode.shared.RELIEF_SECONDS", 0.05)


OTHER = Source("8", "window", "", "", 1, 1)


@pytest.mark.usefixtures("impatience")
async def test_what_hangs_is_given_up_and_the_others_go_on(
    encoder: SharedEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    request = Hanging()
    stuck = [asyncio.create_task(encoder.encode(frame(plain(1, 2, 3)), request)) for _ in range(2)]
    failures = await asyncio.gather(*stuck, return_exceptions=True)

    assert [type(failure) for failure in failures] == [EncodeError, EncodeError]
    assert await encoder.encode(frame(plain(1, 2, 3), source=OTHER), request) == "made 1"
    assert caplog.text.count("is replaced") == 1
    request.released.set()


@pytest.mark.usefixtures("impatience")
async def test_others_do_not_wait_behind_all_that_hangs(
    encoder: SharedEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.encode.shared.HANG_SECONDS", 20)
    requests = [Hanging(name) for name in "abcd"]
    stuck = [asyncio.create_task(encoder.encode(frame(plain(1, 2, 3)), request)) for request in requests]
    await asyncio.sleep(0)
    made = [await encoder.encode(frame(plain(1, 2, 3), number, source=OTHER), requests[0]) for number in range(1, 6)]

    assert made == [f"made {number}" for number in range(1, 6)]
    assert not any(task.done() for task in stuck)
    for request in requests:
        request.released.set()
    assert await asyncio.gather(*stuck) == ["made 1"] * 4


@pytest.mark.usefixtures("impatience")
async def test_a_source_whose_encodings_hang_takes_no_more_workers_until_they_end(
    encoder: SharedEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Hanging()
    for number in range(1, MOST_HANGING + 1):
        with pytest.raises(EncodeError):
            await encoder.encode(frame(plain(1, 2, 3), number), request)
    begun = encoder.encodes
    with pytest.raises(EncodeError):
        await encoder.encode(frame(plain(1, 2, 3), 9), request)
    assert encoder.encodes == begun == MOST_HANGING
    request.released.set()
    async with asyncio.timeout(20):
        while True:
            with contextlib.suppress(EncodeError):
                assert await encoder.encode(frame(plain(1, 2, 3), 10), request) == "made 10"
                break
            await asyncio.sleep(0.005)


GREEDY, MODEST = Party("far", "greedy"), Party("near", "modest")


async def test_work_of_who_left_is_not_begun(encoder: SharedEncoder) -> None:
    requests = [Hanging(str(number)) for number in range(12)]
    leaving = [asyncio.create_task(encoder.encode(frame(plain(1, 2, 3)), request, GREEDY)) for request in requests]
    await asyncio.sleep(0)
    for task in leaving:
        task.cancel()
    await asyncio.gather(*leaving, return_exceptions=True)
    later = Hanging("later")
    later.released.set()

    # Behind twelve that hang for twenty seconds each, were they begun.
    assert await encoder.encode(frame(plain(1, 2, 3), 2), later, GREEDY) == "made 2"
    assert sum(request.has_begun for request in requests) <= 2
    for request in requests:
        request.released.set()


async def test_others_do_not_wait_behind_one_who_wishes_for_much(encoder: SharedEncoder) -> None:
    requests = [Hanging(str(number)) for number in range(12)]
    waiting = [asyncio.create_task(encoder.encode(frame(plain(1, 2, 3)), request, GREEDY)) for request in requests]
    await asyncio.sleep(0)
    # What somebody else has wished for already, and stands far behind in his queue.
    shared = asyncio.create_task(encoder.encode(frame(plain(1, 2, 3)), ImageRequest(Rendition(), size), GREEDY))
    await asyncio.sleep(0)

    assert await encoder.encode(frame(plain(1, 2, 3)), ImageRequest(Rendition(), size), MODEST) > 100
    assert await shared > 100
    assert not any(task.done() for task in waiting)
    for request in requests:
        request.released.set()
    assert await asyncio.gather(*waiting) == ["made 1"] * 12
