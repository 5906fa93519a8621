"""Stacks are told apart by what they do, and those that wait are nobody's work."""

from __future__ import annotations

import pytest

from tests.benchmarks.profile_parts import WAITING, stacks, stage

WORKER = "thread_run (libpython3.11.so.1.0);Thread.run (threading.py:982);Workers._body (capture/encode/workers.py:171)"
FEED = "Thread.run (threading.py:982);FeedThread._watch (capture/feed/thread.py:231)"


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        (
            f"{WORKER};AvCodec.encode (capture/video/codecs.py:91);0x7f14d11a8267 (libswscale.so.9)",
            "convert",
        ),
        (f"{WORKER};AvCodec.encode (capture/video/codecs.py:105);0x7f14cb5ad6ac (libx264.so.165)", "encode"),
        (f"{WORKER};Future.set_result (concurrent/futures/_base.py:550);send (libc.so.6)", "hand-over"),
        (f"{FEED};X11Window.take (capture/platforms/x11/window.py:143);Cookie.reply (xcffib/__init__.py:341)", "take"),
        (f"{FEED};changed_tiles (capture/picture/damage.py:20)", "compare"),
        ("_run_once (asyncio/base_events.py:1922);ViewerTransport._put (server/stream/socket.py:137)", "socket"),
        ("_run_once (asyncio/base_events.py:1922)", "loop"),
        ("0x7f14ec04524a (libc.so.6)", "other"),
    ],
)
def test_a_stack_belongs_to_the_stage_that_it_is_in(frames: str, expected: str) -> None:
    assert stage(frames) == expected


@pytest.mark.parametrize(
    ("frames", "waits"),
    [
        (f"{FEED};by_poll (capture/platforms/waiting.py:28);poll (libc.so.6)", True),
        (f"{WORKER};Condition.wait (threading.py:327);lock_PyThread_acquire_lock (libpython3.11.so.1.0)", True),
        (f"{WORKER};__pyx_gb_2av (context.c:9101);pthread_cond_timedwait (libc.so.6);0x7f14ec0a3f16 (libc.so.6)", True),
        (f"{FEED};by_poll (capture/platforms/waiting.py:28)", False),
    ],
)
def test_what_waits_is_not_at_work(frames: str, waits: bool) -> None:
    assert bool(WAITING.search(frames)) == waits


def test_a_line_is_a_stack_and_how_often_it_was_seen() -> None:
    assert list(stacks("a (b.py:1);c (d e) 3\nf 1\n")) == [("a (b.py:1);c (d e)", 3), ("f", 1)]
