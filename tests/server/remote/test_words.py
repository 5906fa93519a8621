"""The list of sources as a terminal shows it: of a monitor what people know it by, and no device's path."""

from __future__ import annotations

import json

import pytest

from capture.source import Source
from server.remote.words import window_list

PATH = r"\\?\DISPLAY#DEL40F8#5&1778f22c&0&UID4352#{e6f07b5f-ee97-4a90-b076-33f57bf4eaa7}"


def monitor(output: str) -> Source:
    return Source("monitor-1", "monitor", "Monitor 1 · DELL U2415", "", 1920, 1200, output=output)


@pytest.mark.parametrize("output", ["HDMI-1", "DP-1-2", "eDP-1", "HEADLESS-1"])
def test_a_connector_is_said_where_a_program_stands(output: str) -> None:
    assert f" live       {output} " in window_list([monitor(output)], as_json=False)


@pytest.mark.parametrize("output", [PATH, r"\\.\DISPLAY1", "37D8832A-2D66-02CA-B9F7-8F30A301B230", "display 3"])
def test_a_devices_path_is_no_program(output: str) -> None:
    (line,) = window_list([monitor(output)], as_json=False).splitlines()[1:]

    assert line.split() == ["monitor-1", "monitor", "1920×1200", "live", "Monitor", "1", "·", "DELL", "U2415"]


def test_programs_get_what_a_monitor_is_shared_by() -> None:
    """By ``--share monitor:OUTPUT``, for good; whatever it looks like."""
    (told,) = json.loads(window_list([monitor(PATH)], as_json=True))["windows"]

    assert (told["output"], told["app"]) == (PATH, "")


def test_windows_have_no_output() -> None:
    (told,) = json.loads(window_list([Source("7", "window", "Letter", "Editor", 4, 3)], as_json=True))["windows"]

    assert "output" not in told
