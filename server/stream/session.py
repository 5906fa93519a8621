"""One viewer who watches one source, in whatever form: the options, what is told of the source, and the end."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from capture.feed.feed import WAITING
from capture.reason import Reason
from capture.source import Condition
from server import reasons
from server.access.control import Viewer
from server.protocol import messages
from server.protocol.options import BINARY_FORMATS, AnyFormat, StreamOptions
from server.stream.congestion.adaptation import Adaptation
from server.stream.consumer import Consumer
from server.stream.limits.message_rate import MessageRateLimit
from server.stream.session_base import SessionBase
from server.stream.socket import MessageSink
from server.stream.stats import SessionView, Totals
from server.stream.writer import Ending, Writer

log = logging.getLogger(__name__)

SLOW_SECONDS = 1.0
"""From here on a viewer that takes nothing is shown as slow."""


@dataclass(frozen=True, slots=True)
class SessionPolicy:
    """Terms of a session beside its options.

    Attributes:
        group: the viewer it is one of several sessions of, empty when it is alone.
        keeps: options that stay as the viewer has them whatever the host wishes.
        tells_figures: send ``stats``.
    """

    group: str = ""
    keeps: frozenset[str] = frozenset()
    tells_figures: bool = True


class Session(SessionBase):
    """Streams one source to one viewer until either side ends it.

    `write` belongs to a task and returns when all is over. Everything else is called on the loop by the registry.

    Attributes:
        source: what is watched; replaced when its title or size changes.
        policy: what holds for it beside its options.
    """

    def __init__(
        self, session_id: str, viewer: Viewer, consumer: Consumer, policy: SessionPolicy, changed: Callable[[], None]
    ) -> None:
        """``consumer`` says what is sent, and in which form; ``changed()`` is called when `view` has changed."""
        super().__init__(
            session_id, viewer, consumer.allowance, MessageRateLimit(), reasons.FLOODED.of(rate=20, seconds=2)
        )
        self.source = consumer.source
        self.policy = policy
        self._consumer = consumer
        self._changed = changed
        self._asked = consumer.options
        self._adaptation = Adaptation(self._asked) if self._asked.adaptive else None
        self._writer = Writer(consumer, self._figures, self._sent, policy.tells_figures)
        self._told: Condition | None = None

    @property
    def options(self) -> StreamOptions:
        """Return what is in force: what was asked for, or less while the viewer does not keep up."""
        return self._consumer.options

    @property
    def totals(self) -> Totals:
        traffic = self._writer.traffic
        return Totals(traffic.frames, traffic.bytes, self._skipped(), int(self._is_dropped))

    def view(self) -> SessionView:
        """Return the session as it is now."""
        traffic, now, group = self._writer.traffic, time.monotonic(), self.policy.group
        fps, rate = traffic.rates(now)
        state = "slow" if self._stuck_for(now) > SLOW_SECONDS else (self._told or WAITING).state
        return SessionView(self.id, self.viewer, self.source, self.options, fps, rate, traffic.since, state, group)

    async def write(self, socket: MessageSink) -> None:
        """Send what there is until the session ends, or the viewer is gone."""
        self._socket = socket
        self._say(messages.message("session_started", self._about(is_active=True)))
        self._tell_lacking_video()
        self._resume()
        try:
            await self._writer.run(socket)
        except Exception:
            log.exception("writing to %s failed", self.id)
            self.abort()
        finally:
            self._consumer.stop()

    def patch_options(
        self, patch: Mapping[str, object], changed_by: str, formats: Mapping[str, AnyFormat] = BINARY_FORMATS
    ) -> None:
        """Change options, at once, and tell the viewer; the host's wish for what holds already is no news.

        Raises:
            InvalidOption: a value that is not allowed; nothing is changed then.
            TooMuch: the viewer's device has as many different pictures as it may; likewise.
        """
        if changed_by == "host":
            patch = {name: value for name, value in patch.items() if name not in self.policy.keeps}
        asked = self._consumer.suited(self._asked.patched(patch, formats))
        if changed_by == "viewer" or asked != self._asked:
            self._allowance.watch(self.id, self.source, asked, is_host=changed_by == "host")
            has_new_format = asked.format != self._asked.format
            self._asked = asked
            if not asked.adaptive:
                self._adaptation = None
            elif self._adaptation is None:
                self._adaptation = Adaptation(asked)
            else:
                self._adaptation.ask(asked)
            self._consumer.set_options(asked if self._adaptation is None else self._adaptation.options)
            self._tell_update(changed_by)
            if has_new_format:
                self._tell_lacking_video()

    def end(self, code: str, reason: Reason) -> None:
        self._writer.end(Ending.because(code, reason))
        if self._socket is not None:
            self._socket.recheck()

    def close_source(self, reason: Reason) -> None:
        """The source is gone for good: say so, then close."""
        if self._told is None or self._told.state != "closed":
            self._told = Condition("closed", reason)
            self._say(messages.state(self._told))
        self.end("source_closed", reason)

    def check(self, now: float) -> None:
        super().check(now)
        if self._socket is not None:
            self._adapt(now)

    # Watching the source.

    def _resume(self) -> None:
        self._consumer.start(self._source_changed)
        self._source_changed()

    def _source_changed(self) -> None:
        if self._socket is not None:
            self._socket.recheck()
        condition = self._consumer.condition
        if condition is None:
            return
        if condition.state == "closed":
            self.close_source(condition.reason)
            return
        if condition != WAITING or self._told is not None:  # that nothing is there yet at the start is no news
            self._tell_condition(condition)
        if self._consumer.has_news():
            self._writer.wake()

    # Telling.

    def _say(self, text: bytes) -> None:
        self._writer.say(text)

    def _tell_lacking_video(self) -> None:
        if self.options.format == "h264" and not self._consumer.has_video:
            self._say(messages.error("no_video", reasons.NO_VIDEO, "format"))

    def _tell_condition(self, condition: Condition) -> None:
        if condition != self._told:
            self._told = condition
            self._say(messages.state(condition))
            self._changed()

    def _tell_update(self, changed_by: str, why: Mapping[str, object] = MappingProxyType({})) -> None:
        self._say(messages.message("session_updated", self._about() | {"changed_by": changed_by} | dict(why)))
        self._changed()

    def _about(self, is_active: bool | None = None) -> dict[str, object]:
        return {
            "session_id": self.id,
            "window_id": self.source.handle,
            "active": self._consumer.is_active if is_active is None else is_active,
            "fps": self.options.fps,
            "options": self.options.to_wire(),
        }

    def _figures(self, now: float) -> dict[str, object]:
        take, encode = self._consumer.seconds or (None, None)
        rtt = None if self._socket is None else self._socket.rtt
        return self._writer.traffic.figures(now) | {
            "frames_skipped": self._skipped(),
            "quality": self.options.quality,
            "rtt_ms": None if rtt is None else round(rtt * 1000, 2),
            "encode_ms": None if encode is None else round(encode * 1000, 2),
            "capture_ms": None if take is None else round(take * 1000, 2),
        }

    def _skipped(self) -> int:
        return max(0, self._consumer.offered - self._consumer.delivered)

    # Keeping up.

    def _stuck_for(self, now: float) -> float:
        return 0.0 if self._socket is None else self._socket.stuck_for(now, self._consumer.owes_since)

    def _drop(self, socket: MessageSink) -> None:
        self._consumer.stop()
        super()._drop(socket)

    def _sent(self, now: float, seconds: float) -> None:
        if self._adaptation is not None:
            self._adaptation.blocked(now, seconds)

    def _adapt(self, now: float) -> None:
        """Lower or raise what is sent, if the viewer's keeping up calls for it, and say why."""
        if self._adaptation is None:
            return
        change = self._adaptation.decide(now, 1 / self.options.fps)
        if change is not None:
            log.info("%s is on rung %d: %s", self.id, change.rung, change.reason)
            self._consumer.set_options(self._adaptation.options)
            self._tell_update("adaptation", change.to_wire())
            self._writer.wake()
