"""slowhttptest keeps the server waiting with headers, with bodies and with reading; nothing of that is held for long.

Only with ``sh installer/test.sh --long``: waiting is all that is done here.
"""

from __future__ import annotations

import os
import subprocess
import time

import pytest

from tests.helpers.served import Served, seconds_until

CONNECTIONS = 20
"""Fewer than one address may have, so that none is turned away and all have to be cut."""
HELD_SECONDS = 6.0
"""Five until the deadline, and one until all is given back."""
SLOW_HEADERS = ["-H", "-u", "/"]
SLOW_BODIES = ["-B", "-u", "/api/enter", "-s", "8192"]
# A picture that does not end, read a few bytes at a time through a small window.
SLOW_READING = ["-X", "-u", "/mjpeg/demo", "-w", "1", "-y", "64", "-n", "1", "-z", "8", "-k", "1"]


@pytest.mark.skipif(not os.environ.get("PANECAST_LONG"), reason="only with --long")
@pytest.mark.timeout(60)
@pytest.mark.parametrize("attack", [SLOW_HEADERS, SLOW_BODIES, SLOW_READING], ids=["headers", "bodies", "reading"])
def test_nothing_is_held_after_six_seconds(served: Served, attack: list[str]) -> None:
    before = served.process.num_fds()
    path = attack.index("-u") + 1
    attack = [*attack[:path], served.url(attack[path]), *attack[path + 1 :]]
    # It opens all at once, says a little every second, and goes on for longer than it may; probes are not wanted.
    command = ["slowhttptest", *attack, "-c", str(CONNECTIONS), "-r", "100", "-i", "1", "-l", "20", "-p", "20"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as attacker:
        try:
            # It is the attack that is judged by, not that nobody came.
            seconds_until(lambda: served.connections() >= CONNECTIONS, 5)
            begin = time.monotonic()
            seconds_until(lambda: served.connections() == 0, HELD_SECONDS)
            seconds_until(lambda: served.process.num_fds() <= before, HELD_SECONDS - (time.monotonic() - begin))
        finally:
            attacker.kill()
