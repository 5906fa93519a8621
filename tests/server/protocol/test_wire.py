"""The binary messages are what `docs/wire.md` says, as a viewer reads them that was written from it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from capture.encode.parts import RectEncoding, Update, UpdateRect
from capture.picture.pixels import Rect
from server.protocol import wire
from tests.helpers.reference_viewer import Viewer, parse


def parts(*found: UpdateRect, sequence: int = 7, base: int = 0, whole: bool = True) -> Update:
    return Update(found, sequence, base, whole, False, 40, 30, 1_700_000_000.25, 0.002, 0.003)


def png(colour: str, width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def test_every_number_arrives() -> None:
    message = wire.picture(
        parts(
            UpdateRect(Rect(1, 2, 3, 4), RectEncoding.COPY, copied_from=(5, 6)),
            UpdateRect(Rect(7, 8, 9, 10), RectEncoding.H264, b"unit", is_key=True),
            sequence=2**40,
            base=2**40 - 1,
            whole=False,
        ),
        exact=True,
    )
    read = parse(message)

    assert (read.flags, read.sequence, read.base) == (wire.EXACT, 2**40, 2**40 - 1)
    assert (read.width, read.height, read.take_us, read.encode_us) == (40, 30, 2000, 3000)
    assert read.captured_ms == 1_700_000_000_250.0
    copy, unit = read.parts
    assert (copy.x, copy.y, copy.width, copy.height, copy.form, copy.from_x, copy.from_y) == (1, 2, 3, 4, 0, 5, 6)
    assert (unit.form, unit.is_key, unit.data) == (5, True, b"unit")


def test_a_viewer_draws_what_it_is_sent_and_refuses_what_does_not_follow() -> None:
    viewer = Viewer()
    first = viewer.receive(
        wire.picture(
            parts(
                UpdateRect(Rect(0, 0, 40, 30), RectEncoding.FILL, bytes((1, 2, 3))),
                UpdateRect(Rect(4, 4, 8, 8), RectEncoding.PNG, png("red", 8, 8)),
            )
        )
    )
    assert first == wire.ack(7, 0)
    follows = parts(
        UpdateRect(Rect(5, 4, 8, 8), RectEncoding.COPY, copied_from=(4, 4)), sequence=8, base=7, whole=False
    )
    assert viewer.receive(wire.picture(follows)) == wire.ack(8, 0)
    assert viewer.receive(wire.picture(follows)) == bytes([wire.WHOLE_PLEASE])

    assert viewer.pixels is not None
    assert viewer.pixels[4, 12].tolist() == [255, 0, 0]
    assert viewer.pixels[4, 13].tolist() == [1, 2, 3]
    assert viewer.pixels[3, 5].tolist() == [1, 2, 3]


def test_the_pointer_comes_goes_and_stays_within_its_numbers() -> None:
    viewer = Viewer()
    viewer.receive(wire.pointer((-3, 40000), (16, 24), png("blue", 16, 24)))
    assert viewer.pointer == (-3, 32767, 16, 24)
    viewer.receive(wire.no_pointer())

    assert viewer.pointer is None


def test_what_a_viewer_says_is_read() -> None:
    assert wire.read(wire.ack(12, 0.0015)) == wire.Ack(12, 0.0015)
    assert wire.read(bytes([wire.WHOLE_PLEASE])) is None


@given(st.binary(max_size=40))
def test_anything_else_is_refused(message: bytes) -> None:
    if message == bytes([wire.WHOLE_PLEASE]) or (len(message) == 16 and message[0] == wire.ACK):
        return
    with pytest.raises(wire.BadBinary):
        wire.read(message)


@given(st.integers(0, 200))
def test_a_message_that_was_cut_short_is_noticed(size: int) -> None:
    message = wire.picture(parts(UpdateRect(Rect(0, 0, 40, 30), RectEncoding.PNG, np.zeros(160, np.uint8).tobytes())))

    if size < len(message):
        with pytest.raises(ValueError, match=r"cut|add up|picture"):
            parse(message[:size])
