"""Whatever a viewer says is a command or an error, and an option stays within its range (attack T11)."""

from __future__ import annotations

import contextlib
import json
import math

from hypothesis import given, settings
from hypothesis import strategies as st

from server.protocol.commands import NAMES, BadCommand, parse
from server.protocol.options import BINARY_FORMATS, OPTIONS, InvalidOption, StreamOptions

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from([1e9, 1e308, -0.0, 2**63, -(2**64), 10**400, "60", "NaN", "\u202e", "\0", "\ud800"]),
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
WISHES = st.dictionaries(st.sampled_from(list(OPTIONS)) | st.text(max_size=8), JSON, max_size=6)
SAID = st.one_of(
    st.text(max_size=200),
    JSON.map(json.dumps),
    st.builds(lambda name, wishes: json.dumps({"command": name, "options": wishes}), st.sampled_from(NAMES), WISHES),
    st.integers(1, 3000).map(lambda deep: '{"options":' * deep + "1" + "}" * deep),
    st.integers(1, 4000).map(lambda deep: "[" * deep),
)


@settings(max_examples=400, deadline=None)
@given(SAID)
def test_what_is_said_is_a_command_or_an_error_in_words(text: str) -> None:
    code, words, name = "", "", ""
    try:
        name = parse(text).name
    except BadCommand as bad:
        code, words = bad.code, bad.reason.english

    assert name in NAMES or (code in ("bad_message", "unknown_command") and words)


@settings(max_examples=400, deadline=None)
@given(WISHES)
def test_options_are_right_or_stay_as_they_were(wishes: dict[str, object]) -> None:
    before = StreamOptions()
    after = before
    with contextlib.suppress(InvalidOption):
        after = before.patched(wishes, BINARY_FORMATS)

    assert before == StreamOptions()
    assert 0.1 <= after.fps <= 60
    assert 10 <= after.quality <= 100
    assert 0.1 <= after.scale <= 1
    assert all(math.isfinite(number) for number in (after.fps, after.scale))
    assert all(edge is None or 16 <= edge <= 16384 for edge in (after.max_width, after.max_height))
