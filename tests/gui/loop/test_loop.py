"""The app's loop: what is run as part of it, and how it ends."""

from __future__ import annotations

import subprocess
import textwrap

import pytest

from tests.gui.own_process import run

PREPARED = textwrap.dedent("""
    import asyncio
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    from gui.loop.loop import Loop

    application = QApplication([])
    loop = Loop(application)
    asyncio.set_event_loop(loop)
""")


def run_with_loop(program: str) -> subprocess.CompletedProcess[str]:
    return run(PREPARED + textwrap.dedent(program))


@pytest.mark.panel
def test_what_qt_has_left_when_all_is_done_still_finds_the_loop_running() -> None:
    """A timer or a click may come in between the end of the work and that of Qt's events."""
    ended = run_with_loop("""
        def late():
            print("late", asyncio.get_running_loop() is loop, flush=True)

        work = loop.create_future()
        work.add_done_callback(lambda done: QTimer.singleShot(0, late))
        loop.call_soon(work.set_result, "result")
        with loop:
            print(loop.run_until_complete(work), flush=True)
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            print("none runs")
    """)

    assert (ended.stdout, ended.stderr, ended.returncode) == ("late True\nresult\nnone runs\n", "", 0)


@pytest.mark.panel
def test_what_the_work_raises_is_raised_and_the_loop_can_go_on() -> None:
    ended = run_with_loop("""
        async def fail():
            raise LookupError("no such work")

        async def succeed():
            await asyncio.sleep(0.01)
            return "went on"

        with loop:
            try:
                loop.run_until_complete(fail())
            except LookupError as error:
                print(error, flush=True)
            print(loop.run_until_complete(succeed()))
    """)

    assert (ended.stdout, ended.stderr, ended.returncode) == ("no such work\nwent on\n", "", 0)


@pytest.mark.panel
def test_work_that_is_not_done_when_the_loop_is_stopped_is_said() -> None:
    ended = run_with_loop("""
        loop.call_soon(loop.stop)
        with loop:
            try:
                loop.run_until_complete(loop.create_future())
            except RuntimeError as error:
                print(error)
    """)

    assert (ended.stdout, ended.stderr, ended.returncode) == (
        "The loop was stopped before its work was done.\n",
        "",
        0,
    )


@pytest.mark.panel
def test_qt_ending_it_without_being_asked_is_told_before_anything_else() -> None:
    ended = run_with_loop("""
        def break_off():
            print("broken", flush=True)
            raise SystemExit(3)

        loop.broken = break_off
        QTimer.singleShot(0, application.quit)
        with loop:
            loop.run_until_complete(loop.create_future())
    """)

    assert (ended.stdout, ended.stderr, ended.returncode) == ("broken\n", "", 3)


@pytest.mark.panel
def test_qt_wanting_to_end_is_asked_to_leave_that_to_the_app() -> None:
    """As the session ends on Windows, or by *Quit* in the menu of macOS: viewers are yet to be told."""
    ended = run("""
        import asyncio
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QWidget
        from gui.loop.loop import Application, Loop

        application = Application([])
        loop = Loop(application)
        asyncio.set_event_loop(loop)
        asked, window = asyncio.Event(), QWidget()
        application.asked_to_quit.connect(asked.set)
        window.show()

        async def work():
            await asked.wait()
            await asyncio.sleep(0.01)
            return window.isVisible()

        QTimer.singleShot(0, application.quit)
        with loop:
            print(loop.run_until_complete(work()))
    """)

    assert (ended.stdout, ended.stderr, ended.returncode) == ("True\n", "", 0)
