"""Stacks are told apart by what they do, and those that wait are nobody's work."""

from __future__ import annotations

import pytest

from tests.benchmarks.profile_parts import WAITING, libraries, stacks, stage

WORKER = "thread_run (libpython3.11.so.1.0);Thread.run (threading.py:982);Workers._body (capture/encode/workers.py:171)"
FEED = "Thread.run (threading.py:982);FeedThread._watch (capture/feed/thread.py:231)"


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        (
            f"{FEED};VideoEncoder.encode (capture/encoder.py:113);Converter.convert (capture/conversion.py:5)",
            "convert",
        ),
        (f"{WORKER};AvCodec.encode (capture/video/codecs.py:105)", "encode"),
        (f"{WORKER};Future.set_result (concurrent/futures/_base.py:550)", "hand-over"),
        (f"{FEED};X11Window.take (capture/platforms/x11/window.py:143);Cookie.reply (xcffib/__init__.py:341)", "take"),
        (f"{FEED};changed_tiles (capture/picture/damage.py:20)", "compare"),
        ("_run_once (asyncio/base_events.py:1922);ViewerTransport._put (server/stream/socket.py:137)", "socket"),
        ("_run_once (asyncio/base_events.py:1922)", "loop"),
        ("start (somewhere.py:1)", "other"),
    ],
)
def test_a_stack_belongs_to_the_stage_that_it_is_in(frames: str, expected: str) -> None:
    assert stage(frames) == expected


@pytest.mark.parametrize(
    ("frames", "waits"),
    [
        (
            f"{FEED};wait_for_events (capture/platforms/x11/protocol/display.py:201);by_poll (capture/waiting.py:28)",
            True,
        ),
        (f"{WORKER};Condition.wait (threading.py:327)", True),
        ("_run_once (asyncio/base_events.py:1884);EpollSelector.select (selectors.py:468)", True),
        (f"{FEED};by_poll (capture/waiting.py:28);told (capture/waiting.py:31)", False),
    ],
)
def test_what_waits_is_not_at_work(frames: str, waits: bool) -> None:
    assert bool(WAITING.search(frames)) == waits


def test_a_line_is_a_stack_and_how_often_it_was_seen() -> None:
    assert list(stacks("a (b.py:1);c (d e) 3\nf 1\n")) == [("a (b.py:1);c (d e)", 3), ("f", 1)]


def test_libraries_are_called_by_their_own_names() -> None:
    told = """# Overhead  Shared Object
    38.02%  libx264-d6533a8d.so.165
    21.89%  libpython3.11.so.1.0
     4.71%  _multiarray_umath.cpython-311-x86_64-linux-gnu.so
     4.60%  [kernel.kallsyms]
     3.06%  libc.so.6
     0.15%  frame.abi3.so
"""
    assert list(libraries(told)) == [
        ("libx264", 38.02),
        ("Python", 21.89),
        ("numpy", 4.71),
        ("kernel", 4.6),
        ("libc", 3.06),
        ("frame", 0.15),
    ]
