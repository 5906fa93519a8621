"""Files as a bad disk, another version or a person with an editor leaves them: what they held, mutated at random."""

from __future__ import annotations

import base64
import random
import re

NUMBERS = (
    "0", "-1", "1e999", "-1e999", "nan", "-inf", "NaN", "1e308", "4.9e-324", "1e-9", "99999999999999999999", "007",
    "1_000", "-9223372036854775809", "0x" + "f" * 5000, "9" * 5000, "253402300800", "65536", "0.5",
    "1979-05-27T07:32:00Z",
)  # fmt: skip
STRINGS = (
    '""', '"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"', '"\\U0010ffff"', '"\\u202e"', '"\n"', '"' + "x" * 100_000 + '"',
    "'", '"""', '"../../../etc/passwd"', '"AdnQywADAAD/////AAAAAP////8AAAAA"', '"127.0.0.1/33"', '"Ctrl+Alt+Shift+"',
)  # fmt: skip
OTHERS = ("null", "true", "[]", "{}", "[[]]", "{a.b.c = 1}", '{"kind": "title"}', "[1, [2, [3]], {}]", "")
DEPTHS = (3, 200, 5000, 100_000)
BYTES = (
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b"\x1b[2J",
    b"\n= = =\n",
    b"\n[a]\n[a]\n",
    b"\na" + b".a" * 20_000 + b" = 1\n",
    b"\r",
)
TOKEN = re.compile(rb'"(?:[^"\\\n]|\\.)*"|-?\d[\d.eE+-]*|\btrue\b|\bfalse\b|\bnull\b')
PEM = re.compile(rb"(-----BEGIN [A-Z ]+-----\n)([A-Za-z0-9+/=\n]+)(-----END)")


def mutated(chosen: random.Random, content: bytes) -> bytes:
    """Return ``content`` with some damage, of one to three kinds."""
    kinds = (_value, _value, _value, _deeper, _line, _bytes, _cut)
    for _ in range(chosen.randint(1, 3)):
        content = chosen.choice(kinds)(chosen, content)
    return content


def mutated_pem(chosen: random.Random, content: bytes) -> bytes:
    """Return keys and certificates with some damage in the file, or within one of them."""
    blocks = list(PEM.finditer(content))
    if not blocks or chosen.random() < 0.3:
        return mutated(chosen, content)
    block = chosen.choice(blocks)
    inner = bytearray(base64.b64decode(block[2]))
    for _ in range(chosen.randint(1, 3)):
        inner[chosen.randrange(len(inner))] = chosen.randrange(256)
    if chosen.random() < 0.2:
        del inner[chosen.randrange(len(inner)) :]
    return content[: block.start(2)] + base64.encodebytes(bytes(inner)) + content[block.end(2) :]


def _value(chosen: random.Random, content: bytes) -> bytes:
    odd = chosen.choice(chosen.choice((NUMBERS, STRINGS, OTHERS))).encode("utf-8", "surrogatepass")
    return _replaced(chosen, content, lambda token: odd)


def _deeper(chosen: random.Random, content: bytes) -> bytes:
    depth = chosen.choice(DEPTHS)
    left, right = chosen.choice(((b"[", b"]"), (b'{"a": ', b"}"), (b"{a = ", b"}")))
    return _replaced(chosen, content, lambda token: left * depth + token + right * depth)


def _line(chosen: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True) or [b"\n"]
    place = chosen.randrange(len(lines))
    match chosen.randrange(3):
        case 0:
            lines.insert(chosen.randrange(len(lines)), lines[place])
        case 1:
            del lines[place]
        case _:
            chosen.shuffle(lines)
    return b"".join(lines)


def _bytes(chosen: random.Random, content: bytes) -> bytes:
    place = chosen.randint(0, len(content))
    return content[:place] + chosen.choice(BYTES) + content[place + chosen.randint(0, 3) :]


def _cut(chosen: random.Random, content: bytes) -> bytes:
    begin, end = sorted((chosen.randint(0, len(content)), chosen.randint(0, len(content))))
    return content[:begin] if chosen.random() < 0.5 else content[:begin] + content[end:]


def _replaced(chosen: random.Random, content: bytes, other: object) -> bytes:
    tokens = list(TOKEN.finditer(content))
    if not tokens:
        return content
    token = chosen.choice(tokens)
    assert callable(other)
    return content[: token.start()] + other(token[0]) + content[token.end() :]
