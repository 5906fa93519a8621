"""Several techniques for one source, of which the first that begins takes its pictures."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from capture import reasons
from capture.errors import NoPicture
from capture.picture.frame import Take
from capture.platforms.contract import Around, Backend, Paced, Technique, Wake
from capture.reason import NOTHING, Reason
from capture.source import Source

log = logging.getLogger(__name__)


class FirstThatBegins:
    """Backend of the first of ``techniques`` that does not say that it cannot begin (`NoPicture`).

    Where one finds out only by taking, or cannot go on, the next one takes that very picture. Nobody goes back to one
    that could not: a backend that is made anew tries them all again.
    """

    def __init__(self, techniques: Sequence[Technique], source: Source, around: Around) -> None:
        self._left = list(techniques)
        self._source = source
        self._around = around
        self._backend: Backend | None = None
        self._tried: Reason = NOTHING
        self._fps: float | None = None

    def open(self) -> None:
        while self._left:
            technique = self._left[0]
            try:
                self._backend = technique.make(self._source, self._around)
                self._backend.open()
            except NoPicture as cannot:
                self._give_up(cannot)
            else:
                log.debug("pictures of %s are taken by %s", self._source.id, technique.name)
                if self._fps is not None:
                    self.set_rate(self._fps)
                return
        raise NoPicture(self._tried)

    def wait(self, seconds: float | None, call: int) -> Wake:
        assert self._backend is not None
        return self._backend.wait(seconds, call)

    def take(self, pointer: bool) -> Take:
        assert self._backend is not None
        try:
            return self._backend.take(pointer)
        except NoPicture as cannot:
            self._give_up(cannot)
        self.open()
        return self.take(pointer)  # there are few techniques, and each is given up once

    def set_rate(self, fps: float) -> None:
        self._fps = fps
        backend: object = self._backend  # mypy takes a backend that is paced to be impossible
        if isinstance(backend, Paced):
            backend.set_rate(fps)

    def close(self) -> None:
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.close()

    def _give_up(self, cannot: NoPicture) -> None:
        technique = self._left.pop(0)
        self.close()
        log.info("pictures of %s cannot be taken by %s: %s", self._source.id, technique.name, cannot)
        tried = reasons.TRIED.of(technique=technique.name, problem=cannot.reason)
        self._tried = reasons.BOTH.of(first=self._tried, second=tried) if self._tried else tried
