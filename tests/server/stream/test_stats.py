"""Where the time of pictures goes is added up, for as long as nobody asks."""

from __future__ import annotations

import tracemalloc

from server.stream.stats import LatencyBreakdown


def test_means_are_of_what_came_since_the_last_call() -> None:
    latencies = LatencyBreakdown()
    latencies.made(0.001, 0.002, 0.003)
    latencies.made(0.003, 0.004, 0.005)
    latencies.drawn(0.010, 0.001)

    assert latencies.taken() == {"capture": 2.0, "encode": 3.0, "wait": 4.0, "network": 10.0, "decode": 1.0}
    assert latencies.taken() == {}


def test_nothing_is_kept_of_each_picture() -> None:
    latencies = LatencyBreakdown()
    latencies.made(0.1, 0.1, 0.1)
    tracemalloc.start()
    try:
        for _ in range(10_000):
            latencies.made(0.001, 0.002, 0.003)
            latencies.drawn(0.001, 0.002)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert kept < 10_000
