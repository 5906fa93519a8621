"""What goes wrong on the loop, in a slot and in Qt is in the log with its traceback, and the app goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gui.own_process import run

BEGUN = """
    import asyncio
    import sys
    from pathlib import Path
    from PySide6.QtCore import QTimer, qWarning, qFatal
    from PySide6.QtWidgets import QApplication
    from gui.loop.faults import QtMessages, log_fault
    from gui.loop.loop import Loop
    from server.logs.recording import Recording

    recording = Recording(Path(sys.argv[1]))
    recording.begin()
    messages = QtMessages(recording.last_words)
    messages.begin()
    application = QApplication([])
    loop = Loop(application)
    asyncio.set_event_loop(loop)
    loop.set_exception_handler(log_fault)

    def fail():
        raise LookupError("of 192.168.1.20")
"""
ENDED = """
        await asyncio.sleep(0.01)
        print("went on", flush=True)
    with loop:
        loop.run_until_complete(work())
    messages.end()
    recording.end()
"""


def logged(folder: Path, work: str) -> str:
    """Have the loop do some work, in which it goes on; return the log."""
    done = run(BEGUN + work + ENDED, str(folder))

    assert (done.stdout, done.returncode) == ("went on\n", 0), done.stderr
    return (folder / "panecast.log").read_text(encoding="utf-8")


@pytest.mark.panel
@pytest.mark.parametrize(
    ("work", "said"),
    [
        (
            """
    async def work():
        QTimer.singleShot(0, fail)
""",
            "CRITICAL server.logs.hooks: nobody caught this",
        ),
        (
            """
    async def work():
        loop.call_soon(fail)
""",
            "ERROR ",
        ),
        (
            """
    async def later():
        fail()
    async def work():
        task = loop.create_task(later(), name="sharing")
        await asyncio.wait([task])
        del task
""",
            "ERROR gui.loop.faults: Task exception was never retrieved, task sharing",
        ),
    ],
    ids=["slot", "callback", "task"],
)
def test_what_nobody_caught_is_in_the_log_with_its_traceback(tmp_path: Path, work: str, said: str) -> None:
    log = logged(tmp_path, work)

    assert said in log
    assert "in fail\n" in log
    assert "LookupError: of 192.168.x.x" in log


@pytest.mark.panel
def test_qt_s_messages_are_in_the_log(tmp_path: Path) -> None:
    log = logged(
        tmp_path,
        """
    async def work():
        qWarning("a size of 0")
""",
    )

    assert "WARNING qt: a size of 0" in log


@pytest.mark.panel
def test_what_qt_ends_the_process_with_is_told_by_the_next_run(tmp_path: Path) -> None:
    ended = run(f'{BEGUN}\n    qFatal("no way on")', str(tmp_path))
    next_one = run(
        """
        import sys
        from pathlib import Path
        from server.logs.last_run import Run
        print(Run(Path(sys.argv[1])).report)
        """,
        str(tmp_path),
    )

    assert ended.returncode < 0
    # PySide says the words first, as a warning.
    assert "Qt: [A qFatal() call was made from Python code]" in next_one.stdout
    assert "WARNING qt: no way on" in next_one.stdout
    assert "Fatal Python error: Aborted" in next_one.stdout
