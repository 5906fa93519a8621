"""Titles and names in the encodings in which programs of forty years write them."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

if not sys.platform.startswith("linux"):
    pytest.skip("X11 only", allow_module_level=True)

from capture.platforms.x11.protocol.text import class_names, decode
from capture.source import TITLE_LIMIT, clean_text

UNKNOWN = "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("raw", "kind", "text"),
    [
        ("Müller".encode("latin-1"), "STRING", "Müller"),
        ("日本語 ü".encode(), "STRING", "日本語 ü"),  # against the rules, and common
        ("日本語 ü".encode(), "UTF8_STRING", "日本語 ü"),
        ("日本語 ü".encode(), "NEVER_HEARD_OF", "日本語 ü"),
        (b"caf\xe9 \xff", "UTF8_STRING", f"caf{UNKNOWN} {UNKNOWN}"),
        ("Müller".encode("latin-1"), "COMPOUND_TEXT", "Müller"),
        (b"\x1b%G" + "日本語".encode() + b"\x1b%@ \xfc", "COMPOUND_TEXT", "日本語 ü"),
        (b"\x1b%G" + "日本語".encode(), "STRING", "日本語"),
        ("日本語 ok".encode("iso2022_jp"), "COMPOUND_TEXT", "日本語 ok"),
        (b"\x1b$(BF|K\\8l\x1b(B ok", "COMPOUND_TEXT", "日本語 ok"),
        (b"\x1b$)B" + "日本語".encode("euc_jp"), "COMPOUND_TEXT", "日本語"),
        (b"\x1b$(D" + bytes(byte & 0x7F for byte in "丂".encode("euc_jp")[1:]), "COMPOUND_TEXT", "丂"),
        (b"\x1b)I\xb1\xb2 \x1b(I12\x1b(B", "COMPOUND_TEXT", "ｱｲ ｱｲ"),
        (b"\x1b$)C" + "한국어".encode("euc_kr"), "COMPOUND_TEXT", "한국어"),
        (b"\x1b$)A" + "中文".encode("gb2312"), "COMPOUND_TEXT", "中文"),
        (b"\x1b-F" + "Ελλάς".encode("iso-8859-7"), "COMPOUND_TEXT", "Ελλάς"),
        (b"\x1b-L" + "Привет".encode("iso-8859-5") + b"\x1b-A \xfc", "COMPOUND_TEXT", "Привет ü"),
        (b"\x1b%/1\x80\x8agbk-0\x02" + "中文".encode("gbk") + b" ok", "COMPOUND_TEXT", "中文 ok"),
        (b"\x9b1]abc\x9b]", "COMPOUND_TEXT", "abc"),
        (b"\x1b%/1\x80\x8bzip-0\x02xxxxx ok", "COMPOUND_TEXT", f"{UNKNOWN} ok"),
        (b"\x1b$(G!! ok", "COMPOUND_TEXT", f"{UNKNOWN} {UNKNOWN}"),  # a set that we do not have: by pairs
    ],
)
def test_text_is_read_as_it_was_meant(raw: bytes, kind: str, text: str) -> None:
    assert decode(raw, kind) == text


@given(
    st.lists(st.sampled_from([*b"\x1b%/$()-[]ABGI129\x02 \x80\x81\x9b\xe9\xff"]), max_size=40).map(bytes) | st.binary(),
    st.sampled_from(["STRING", "COMPOUND_TEXT", "UTF8_STRING", ""]),
)
def test_no_bytes_are_wrong_enough_to_leave_a_window_out(raw: bytes, kind: str) -> None:
    title = clean_text(decode(raw, kind))

    assert len(title) <= TITLE_LIMIT
    assert "\n" not in title
    title.encode("utf-8")


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (b"xterm\0XTerm\0", ("xterm", "XTerm")),
        (b"xterm\0XTerm", ("xterm", "XTerm")),
        (b"xterm", ("xterm",)),
        (b"\0\0", ()),
        (b"", ()),
        ("Käse\0".encode("latin-1"), ("Käse",)),
    ],
)
def test_a_class_is_what_there_is_of_it(raw: bytes, names: tuple[str, ...]) -> None:
    assert class_names(raw, "STRING") == names
