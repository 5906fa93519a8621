"""Text as programs write it into properties of X11 windows: their encodings, old ones included. Knows no display."""

from __future__ import annotations

import re

ESCAPE = 0x1B
INTRODUCER = 0x9B
"""It begins directions (left to right and back), which say nothing that we show."""
RIGHT_OF_LATIN = {
    b"A": "iso8859-1", b"B": "iso8859-2", b"C": "iso8859-3", b"D": "iso8859-4", b"F": "iso8859-7", b"G": "iso8859-6",
    b"H": "iso8859-8", b"L": "iso8859-5", b"M": "iso8859-9", b"V": "iso8859-10", b"T": "iso8859-11", b"Y": "iso8859-13",
    b"_": "iso8859-14", b"b": "iso8859-15", b"f": "iso8859-16",
}  # fmt: skip
"""Sets of 96 characters by the last byte of the sequence that chooses them, with the codec in whose upper half they are
(ISO's register of coded character sets)."""
PAIRS = {b"A": ("gb2312", b""), b"B": ("euc_jp", b""), b"C": ("euc_kr", b""), b"D": ("euc_jp", b"\x8f")}
"""Sets of 94 × 94 characters, with the codec that has them in its upper half, and what it wants before each."""
KANA = ("euc_jp", b"\x8e")
NAMED = {
    "big5-0": "big5", "big5hkscs-0": "big5hkscs", "gbk-0": "gbk", "gb18030-0": "gb18030", "koi8-r": "koi8-r",
    "koi8-u": "koi8-u", "microsoft-cp1251": "cp1251", "microsoft-cp1255": "cp1255", "microsoft-cp1256": "cp1256",
    "tis620-0": "tis-620", "tcvn-5712": "cp1258", "iso8859-15": "iso8859-15",
}  # fmt: skip
"""Encodings of extended segments by the names that Xlib gives them. No others: some of Python's codecs unpack."""
SEQUENCE = re.compile(
    rb"\x1b%/[0-4](?P<size>[\x80-\xff]{2})"  # an extended segment: any encoding, by name
    rb"|\x1b%G(?P<utf8>.*?)(?:\x1b%@|$)"
    rb"|\x1b%@"
    rb"|\x1b\$(?P<pair_half>[()]?)(?P<pair>[@-~])"
    rb"|\x1b(?P<half>[()])(?P<single>[0-~])"
    rb"|\x1b-(?P<right>[0-~])"
    rb"|\x1b[ -/]*[0-~]?"
    rb"|\x9b[0-?]*[ -/]*[@-~]?",
    re.DOTALL,
)

Charset = tuple[str, bytes, int]
"""A codec that has a set of characters in its upper half, what stands before each one, and its bytes in our text."""


def decode(raw: bytes, kind: str) -> str:
    """Return ``raw``, the value of a property of type ``kind``, as text; no bytes are wrong enough to raise anything.

    ``STRING`` is Latin-1 by the rules (ICCCM 2.7.1), but many programs write UTF-8 there, which is told from Latin-1 by
    being valid, and some write compound text. Types that nobody knows are read like it.
    """
    if kind == "UTF8_STRING":
        return raw.decode("utf-8", "replace")
    if kind != "COMPOUND_TEXT" and ESCAPE not in raw:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode("latin-1")
    return _from_compound_text(raw)


def class_names(raw: bytes, kind: str) -> tuple[str, ...]:
    """Return what a ``WM_CLASS`` holds: the instance's name and the class, or what of it is there."""
    return tuple(decode(part, kind) for part in raw.split(b"\0") if part)


def _from_compound_text(raw: bytes) -> str:
    """Return compound text as text: pieces in different encodings, told apart by escape sequences (ISO 2022)."""
    found: list[str] = []
    left: Charset | None = None  # ASCII
    right: Charset = ("iso8859-1", b"", 1)
    at = 0
    while at < len(raw):
        if raw[at] not in (ESCAPE, INTRODUCER):
            end = next((place for place in range(at, len(raw)) if raw[place] in (ESCAPE, INTRODUCER)), len(raw))
            found.append(_plain(raw[at:end], left, right))
            at = end
            continue
        sequence = SEQUENCE.match(raw, at)
        assert sequence is not None, "the expression's last two ways take any escape"
        at = sequence.end()
        if sequence["size"] is not None:
            high, low = sequence["size"]
            segment = raw[at : at + (high - 128) * 128 + low - 128]
            at += len(segment)
            name, _, text = segment.partition(b"\x02")
            found.append(_by_name(name, text))
        elif sequence["utf8"] is not None:
            found.append(sequence["utf8"].decode("utf-8", "replace"))
        elif sequence["pair"] is not None:
            codec, before = PAIRS.get(sequence["pair"], ("", b""))
            if sequence["pair_half"] == b")":
                right = (codec, before, 2)
            else:
                left = (codec, before, 2)
        elif sequence["single"] is not None:
            kana: Charset | None = (*KANA, 1) if sequence["single"] == b"I" else None
            if sequence["half"] == b"(":
                left = kana
            else:
                right = kana or right
        elif sequence["right"] is not None:
            right = (RIGHT_OF_LATIN.get(sequence["right"], ""), b"", 1)
    return "".join(found)


def _plain(raw: bytes, left: Charset | None, right: Charset) -> str:
    """Return bytes without escape sequences: ``left`` is what those below 128 mean, ``right`` what those above do."""
    found = []
    for run in re.findall(rb"[\x80-\xff]+|[\x21-\x7f]+|[\x00-\x20]+", raw):
        charset = right if run[0] >= 0x80 else left if run[0] > 0x20 else None
        found.append(run.decode("ascii") if charset is None else _from_charset(run, charset))
    return "".join(found)


def _from_charset(run: bytes, charset: Charset) -> str:
    codec, before, size = charset
    characters = [run[at : at + size] for at in range(0, len(run), size)]
    if not codec:
        return "\N{REPLACEMENT CHARACTER}" * len(characters)
    upper = b"".join(before + bytes(byte | 0x80 for byte in character) for character in characters)
    return upper.decode(codec, "replace")


def _by_name(name: bytes, text: bytes) -> str:
    """Return text in an encoding that programs have agreed on by its name."""
    codec = NAMED.get(name.decode("latin-1").lower())
    return "\N{REPLACEMENT CHARACTER}" if codec is None else text.decode(codec, "replace")
