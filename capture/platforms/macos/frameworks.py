"""The edge to Apple's frameworks: pyobjc's modules, as far as we call them, and whether we may.

All calls into them stand in modules of this folder. Their names and signatures are those of the wheels' metadata
(pyobjc-framework-ScreenCaptureKit 12.2.2, -CoreMedia 12.2.2, -Quartz 13.0, -Cocoa 13.0), see
``tests/capture/platforms/macos/test_metadata.py``.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from capture import reasons
from capture.errors import DisplayGone, NoPicture


class Frameworks(NamedTuple):
    """The modules that pyobjc makes of frameworks; what is in them is found out when it is asked for."""

    objc: Any
    appkit: Any
    foundation: Any
    quartz: Any
    media: Any
    kit: Any


@functools.cache
def frameworks() -> Frameworks:
    """Return the frameworks, read once.

    Raises:
        ImportError: pyobjc's wheels are not there, or this macOS is older than they take (12.3).
    """
    import AppKit
    import CoreMedia
    import Foundation
    import objc
    import Quartz
    import ScreenCaptureKit

    # Joins the window server: without it ScreenCaptureKit ends a process that has no NSApplication (CGS_REQUIRE_INIT).
    Quartz.CGMainDisplayID()
    return Frameworks(objc, AppKit, Foundation, Quartz, CoreMedia, ScreenCaptureKit)


def pool() -> AbstractContextManager[Any]:
    """Return what gives back, at its end, all that frameworks lent to this thread meanwhile.

    Threads of ours have nothing else that does, and would keep every answer for good.
    """
    made: AbstractContextManager[Any] = frameworks().objc.autorelease_pool()
    return made


@contextlib.contextmanager
def within_pool() -> Iterator[None]:
    """Have what is asked in the block given back at its end.

    Raises:
        NoPicture: Apple's frameworks are not to be had.
    """
    try:
        opened = pool()
    except ImportError as error:
        raise NoPicture(reasons.FRAMEWORKS_MISSING.of(problem=str(error))) from error
    with opened:
        yield


def faults() -> tuple[type[Exception], ...]:
    """Return what a call may raise: Objective-C's exceptions, and what pyobjc says of names that this macOS lacks."""
    return (frameworks().objc.error, AttributeError, ImportError, OSError, TypeError, ValueError)


def has(thing: Any, selector: str) -> bool:
    """Tell whether an object answers to a selector, written as pyobjc does, on this macOS."""
    return callable(getattr(thing, selector, None))


def is_permitted() -> bool:
    """Tell whether pictures may be taken: *Screen Recording* under *Privacy & Security*. Shows nothing to anybody."""
    return bool(frameworks().quartz.CGPreflightScreenCaptureAccess())


def check_permission() -> None:
    """Do nothing where pictures may be taken.

    Raises:
        DisplayGone: they may not.
    """
    if not is_permitted():
        raise DisplayGone(reasons.SCREEN_RECORDING_OFF)


@functools.cache
def ask_once() -> None:
    """Have macOS ask the person, who may have answered long ago: then it asks nothing. Once in a run of ours."""
    frameworks().quartz.CGRequestScreenCaptureAccess()
