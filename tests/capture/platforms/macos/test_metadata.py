"""What our modules call of Apple's frameworks is there, by the wheels' metadata, and is called with as many values."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from capture.platforms.macos import images, processes, samples, stream, top_windows, window_image
from tests.helpers.macos.metadata import FUNCTIONS, NAMES, NUMBERS, SELECTORS

FOLDER = Path(__file__).parents[4] / "capture" / "platforms" / "macos"
OURS = re.compile(r"k?(CG|CV|CM)[A-Z]\w+|(NS|SC)[A-Z][a-z]\w+|\w+_")
"""Names as Apple's frameworks and pyobjc have them."""
LIBRARIES = {"CGDisplayCreateUUIDFromDisplayID"}
"""What is called by ctypes."""
TYPE = re.compile(r"\^*(?:\{[^{}=]*=(?:[^{}]|\{[^{}]*\})*\}|[a-zA-Z@])")


@functools.cache
def called() -> dict[str, set[int]]:
    """Return what our modules name of the frameworks, each with how many values it is called with."""
    found: dict[str, set[int]] = {}
    for path in FOLDER.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and OURS.fullmatch(node.attr):
                found.setdefault(node.attr, set())
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and OURS.fullmatch(node.func.attr):
                found.setdefault(node.func.attr, set()).add(len(node.args))
            if isinstance(node, ast.FunctionDef) and node.name.endswith("_") and not node.name.startswith("_"):
                found.setdefault(node.name, set()).add(len(node.args.args) - 1)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"set\w+_", node.value):
                found.setdefault(node.value, set()).add(1)
    return {name: counts for name, counts in found.items() if name not in LIBRARIES and not name.startswith("_")}


def selectors() -> Iterator[str]:
    """Yield those names that are Objective-C's."""
    yield from (name for name in called() if name.endswith("_"))


def types(signature: str) -> list[str]:
    """Return the types in a signature, that of the result first."""
    found = TYPE.findall(signature)
    assert "".join(found) == signature
    return found


def test_something_is_called_at_all() -> None:
    assert len(called()) > 60


@pytest.mark.parametrize("name", sorted(name for name in called() if not name.endswith("_")))
def test_each_function_class_and_constant_is_in_the_metadata(name: str) -> None:
    assert name in FUNCTIONS or name in NAMES


@pytest.mark.parametrize("name", sorted(selectors()))
def test_each_selector_is_known(name: str) -> None:
    assert name.replace("_", ":") in SELECTORS


@pytest.mark.parametrize("name", sorted(called()))
def test_each_is_called_with_as_many_values_as_it_takes(name: str) -> None:
    takes = name.count("_") if name.endswith("_") else len(types(FUNCTIONS[name])) - 1 if name in FUNCTIONS else 0

    assert called()[name] <= {takes}


def test_numbers_that_stand_for_constants_are_theirs() -> None:
    own = {
        "kCGWindowListOptionAll": top_windows.ALL,
        "kCGWindowListOptionOnScreenOnly": top_windows.ON_SCREEN,
        "kCGWindowListOptionIncludingWindow": top_windows.ONE,
        "kCGWindowListExcludeDesktopElements": top_windows.WITHOUT_DESKTOP,
        "kCGWindowSharingNone": top_windows.KEEPS_OUT,
        "kCGWindowImageBoundsIgnoreFraming": window_image.WITHOUT_FRAME,
        "kCGWindowImageBestResolution": window_image.SHARPEST,
        "kCGImageAlphaPremultipliedFirst": images.PREMULTIPLIED_FIRST,
        "kCGImageAlphaFirst": images.FIRST,
        "kCGImageAlphaNoneSkipFirst": images.SKIP_FIRST,
        "kCGBitmapAlphaInfoMask": images.ALPHA_MASK,
        "kCGBitmapByteOrder32Little": images.LITTLE,
        "kCGBitmapByteOrderMask": images.ORDER_MASK,
        "kCVPixelFormatType_32BGRA": samples.BGRA,
        "kCVPixelBufferLock_ReadOnly": samples.READ_ONLY,
        "NSApplicationActivationPolicyProhibited": processes.NEVER_IN_FRONT,
        "SCFrameStatusComplete": samples.COMPLETE,
        "SCFrameStatusStarted": samples.STARTED,
        "SCStreamErrorUserDeclined": stream.DECLINED,
        "SCStreamErrorNoCaptureSource": stream.NO_SOURCE,
        "SCStreamErrorUserStopped": stream.USER_STOPPED,
    }
    assert {name: NUMBERS[name] for name in own} == own
    ends = "NoCaptureSource SystemStoppedStream FailedApplicationConnectionInvalid "
    ends += "FailedApplicationConnectionInterrupted"
    assert {NUMBERS[f"SCStreamError{name}"] for name in ends.split()} == stream.BROKE_OFF
