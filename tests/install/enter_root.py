"""Run a command inside another root directory, and leave nothing behind:  enter_root.py ROOT LEFT COMMAND…

Meant to be started by `unshare --mount --pid --fork --kill-child`: the mounts made here belong to a
namespace of their own, and this process is the first of its process namespace. When it goes, the kernel
ends every process and mount in it.

Signals are passed on to the command. Once it has ended, the command lines of processes that are still
there are written to the file LEFT, one on a line.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

# How long a process that was told to end may take after the command has ended.
GRACE_SECONDS = 2


def mount(*arguments: str) -> None:
    """Mount something, in this namespace only."""
    subprocess.run(["mount", *arguments], check=True)


def remaining(proc: Path) -> list[str]:
    """Name the processes of this namespace other than this one."""
    found = []
    for folder in proc.glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue  # ended while we looked
        # One that has ended and was not waited for yet has no command line.
        if command and folder.name != "1":
            found.append(f"{folder.name} {command}")
    return found


def main(root: Path, left: Path, command: list[str]) -> int:
    """Run the command and return its status."""
    mount("-t", "proc", "proc", str(root / "proc"))
    mount("-t", "sysfs", "-o", "ro", "sys", str(root / "sys"))
    mount("--rbind", "/dev", str(root / "dev"))
    mount("-t", "tmpfs", "-o", "mode=1777", "shm", str(root / "dev/shm"))

    child = subprocess.Popen(["chroot", str(root), *command], stdin=subprocess.DEVNULL)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: child.send_signal(number))
    # Orphans fall to the first process of a namespace, so waiting for "any" is its duty.
    pid, status = os.wait()
    while pid != child.pid:
        pid, status = os.wait()
    child.returncode = os.waitstatus_to_exitcode(status)

    deadline = time.monotonic() + GRACE_SECONDS
    while (names := remaining(root / "proc")) and time.monotonic() < deadline:
        time.sleep(0.05)
    left.write_text("".join(f"{name}\n" for name in names))
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
