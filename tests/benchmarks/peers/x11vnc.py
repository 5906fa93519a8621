"""x11vnc, websockify and noVNC as Debian has them (packages x11vnc, websockify, novnc; GPL and MPL), as they come.

``python -m tests.benchmarks.peers.x11vnc X Y WIDTH HEIGHT`` prints the port of the page ``/vnc_lite.html``. The region
of the screen that the window covers is shown; nobody is asked for a password, and it listens on loopback only.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time

PAGES = "/usr/share/novnc"
LONGEST_SECONDS = 10.0


def free_port() -> int:
    """Return a port on loopback at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_listening(port: int) -> None:
    """Return once somebody listens there."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nobody listens at {port}")


def main(x: int, y: int, width: int, height: int) -> None:
    """Serve until killed."""
    inner, outer = free_port(), free_port()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    region = f"{width}x{height}+{x}+{y}"
    shown = subprocess.Popen(
        ("x11vnc", "-localhost", "-shared", "-forever", "-nopw", "-rfbport", str(inner), "-clip", region), **quiet
    )
    served = subprocess.Popen(("websockify", "--web", PAGES, f"127.0.0.1:{outer}", f"127.0.0.1:{inner}"), **quiet)

    def end(*_: object) -> None:
        for process in (served, shown):
            process.terminate()
        for process in (served, shown):
            try:
                process.wait(4)
            except subprocess.TimeoutExpired:
                process.kill()
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    # Asking x11vnc itself would count as a viewer; it listens long before websockify, which is asked.
    wait_listening(outer)
    print(outer, flush=True)
    shown.wait()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:5]))
