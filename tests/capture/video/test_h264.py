"""The best encoder that works is used, what fails is not tried again, and the one in software always remains."""

from __future__ import annotations

import logging

import av
import numpy as np
import pytest

from capture.errors import EncodeError
from capture.platforms.system import family
from capture.video.codecs import SOFTWARE, AvCodec, Setting
from capture.video.conversion import Converter
from capture.video.encoder import encoder_words
from capture.video.h264 import HARDWARE, Codec, Encoders, is_key
from tests.capture.video.canned_codecs import DELTA, KEY, CannedCodecs
from tests.helpers.moving import code, decoded, pan

SETTING = Setting(64, 48, 30, 20, 100_000)
FINE = [KEY, KEY]


def converted(picture: np.ndarray) -> av.VideoFrame:
    """Return what an encoder of its size takes."""
    return Converter(picture.shape[1], picture.shape[0]).convert(picture)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (KEY, True), (DELTA, False), (b"", False), (b"\0\0\1", False),
        (b"\0\0\1\x09\xf0" + KEY, True),  # an access unit delimiter comes first
        (b"\0\0\1\x67set\0\0\1\x65picture", False), (b"\0\0\1\x65picture", False),
        (b"\0\0\1\x41picture" + KEY, False),
    ],
)  # fmt: skip
def test_a_decoder_may_begin_with_parameter_sets_and_a_key_picture(unit: bytes, expected: bool) -> None:
    assert is_key(unit) is expected


@pytest.mark.parametrize(
    ("answers", "expected", "asked"),
    [
        ({}, SOFTWARE, ["one", "two", SOFTWARE]),
        ({"one": FINE}, "one", ["one", "one"]),
        ({"two": FINE}, "two", ["one", "two", "two"]),
        ({"one": [OSError("no device")], "two": FINE}, "two", ["one", "two", "two"]),
        ({"one": [DELTA]}, SOFTWARE, ["one", "two", SOFTWARE]),
        ({"one": [KEY, DELTA], "two": [KEY, RuntimeError()]}, SOFTWARE, ["one", "two", SOFTWARE]),
    ],
    ids=["none", "first", "second", "fails its trial", "begins without a key", "gives no key when asked"],
)
def test_the_first_that_proves_itself_is_used(
    answers: dict[str, list[bytes | Exception]], expected: str, asked: list[str]
) -> None:
    codecs = CannedCodecs(answers)
    codec = Encoders(codecs, hardware=("one", "two")).open(SETTING)

    assert codec.name == expected
    assert codecs.asked == asked
    assert [each.is_closed for each in codecs.opened] == [True] * (len(codecs.opened) - 1) + [False]


def test_what_failed_and_what_works_is_remembered() -> None:
    codecs = CannedCodecs({"two": FINE})
    encoders = Encoders(codecs, hardware=("one", "two", "three"))
    names = [encoders.open(SETTING).name for _ in range(3)]

    assert names == ["two"] * 3
    assert codecs.asked == ["one", "two", "two", "two", "two"]


def test_what_breaks_off_gives_way_to_the_next(caplog: pytest.LogCaptureFixture) -> None:
    codecs = CannedCodecs({"one": FINE, "two": FINE})
    encoders = Encoders(codecs, hardware=("one", "two"))
    with caplog.at_level(logging.WARNING):
        names = []
        for _ in range(3):
            names.append(encoders.open(SETTING).name)
            encoders.invalidate(names[-1])

    assert names == ["one", "two", SOFTWARE]
    assert encoders.open(SETTING).name == SOFTWARE
    assert [record.args for record in caplog.records] == [("one",), ("two",)]


def test_a_size_that_hardware_does_not_take_is_encoded_in_software() -> None:
    class OnlyLarge(CannedCodecs):
        def __call__(self, name: str, setting: Setting) -> Codec:
            if name != SOFTWARE and setting.width < 100:
                raise OSError("too small")
            return super().__call__(name, setting)

    encoders = Encoders(OnlyLarge({"one": FINE}), hardware=("one",))

    assert encoders.open(SETTING).name == SOFTWARE
    assert encoders.open(Setting(640, 480, 30, 20, 100_000)).name == "one"


def test_if_nothing_works_it_is_said() -> None:
    def nothing(name: str, setting: Setting) -> AvCodec:
        raise OSError(f"no {name}")

    with pytest.raises(EncodeError, match="64 × 48 cannot be encoded: no libx264"):
        Encoders(nothing, hardware=("one",)).open(SETTING)


def test_this_computer_has_an_encoder() -> None:
    codec = Encoders().open(SETTING)
    units = [codec.encode(converted(picture), at == 2) for at, picture in enumerate(pan(4, 64, 48))]

    assert [is_key(unit) for unit in units] == [True, False, True, False]
    assert [len(frames) for frames in decoded(units)] == [1] * 4


@pytest.mark.parametrize("name", sorted({name for names in HARDWARE.values() for name in names}))
def test_every_hardware_encoder_is_told_in_its_own_words(name: str) -> None:
    problem: Exception | None = None
    try:
        AvCodec(name, SETTING).close()
    except Exception as error:  # noqa: BLE001  that it does not work here is all right
        problem = error

    assert not isinstance(problem, KeyError)


def test_libx264_takes_every_word() -> None:
    # libx264 passes over what it does not understand, but writes into its first unit what it has set.
    unit = AvCodec(SOFTWARE, SETTING).encode(converted(code(1, 64, 48)[0]), True)

    for word in (b"rc=cqp", b"qp=20", b"ip_ratio=1.20", b"scenecut=0", b"keyint=infinite", b"bframes=0", b"8x8dct=0",
                 b"analyse=0:0x1", b"chroma_qp_offset=3", b"deblock=0", b"threads=1", b"cabac=0"):  # fmt: skip
        assert word in unit
    assert b"deblock=1:0:0" in AvCodec(SOFTWARE, Setting(64, 48, 30, 30, 1e5)).encode(
        converted(code(1, 64, 48)[0]), True
    )


def test_a_closed_codec_is_not_used() -> None:
    codec = AvCodec(SOFTWARE, SETTING)
    codec.close()
    codec.close()

    with pytest.raises(EncodeError, match="closed"):
        codec.encode(converted(pan(1, 64, 48)[0]), False)


def test_what_refused_is_told_with_its_own_words() -> None:
    encoders = Encoders(CannedCodecs({"two": FINE}), hardware=("one", "two", "three"))
    used, refused = encoders.hardware()

    assert used == "two"
    assert list(refused) == ["one"]
    encoders = Encoders(CannedCodecs({"one": [OSError("no device")], "two": [DELTA]}), hardware=("one", "two"))
    assert encoders.hardware() == (None, {"one": "no device", "two": "no key frame"})


def test_doctor_says_which_encoders_were_tried() -> None:
    words = encoder_words()

    # Whether hardware helps depends on the machine; every encoder of its list is accounted for.
    assert words.startswith("H.264 by ")
    assert "in graphics hardware" in words or all(name in words for name in HARDWARE[family()])
