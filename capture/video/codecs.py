"""FFmpeg's H.264 encoders, through PyAV, each told in its own words what is wanted.

PyAV is optional, so it is imported only where it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from capture import reasons
from capture.errors import EncodeError
from capture.video.conversion import BT709, LIMITED, PIXEL_FORMAT

if TYPE_CHECKING:
    import av

SOFTWARE = "libx264"

COARSEST = 51

# Pictures between two key frames that nobody asked for: libx264 knows "never", others count in 16 bits.
_NEVER, _RARELY = 1 << 30, 0xFFFF

_DEBLOCK_FROM = 26
"""The quantiser from which blocks begin to show, so that smoothing them is worth a twentieth of the work."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Settings of an encoder, fixed when it is opened.

    Attributes:
        width, height: pixels, both even.
        fps: pictures per second, at most.
        quantiser: 0 to 51, higher is coarser.
        ceiling: bytes per second, for encoders that cannot be told a quantiser.
    """

    width: int
    height: int
    fps: float
    quantiser: int
    ceiling: float


class AvCodec:
    """One of FFmpeg's encoders.

    Raises:
        Exception: whatever PyAV and the driver raise.
    """

    def __init__(self, name: str, setting: Setting) -> None:
        import av
        from av.codec.hwaccel import HWAccel

        recipe = _RECIPES[name]
        context = av.CodecContext.create(name, "w", HWAccel(recipe.device) if recipe.device else None)
        assert isinstance(context, av.VideoCodecContext)
        rate = Fraction(setting.fps).limit_denominator(1000)
        context.width, context.height, context.pix_fmt = setting.width, setting.height, PIXEL_FORMAT
        context.framerate, context.time_base = rate, 1 / rate
        # Several threads would cost more in all, and a unit is ready in a few milliseconds anyway.
        context.gop_size, context.max_b_frames, context.thread_count = recipe.key_distance, 0, 1
        context.colorspace = context.color_primaries = context.color_trc = BT709
        context.color_range = LIMITED
        if recipe.global_quality:
            context.qscale, context.global_quality = True, setting.quantiser
        if recipe.bit_rate:
            context.bit_rate = round(setting.ceiling * 8)
        context.options = recipe.options(setting)
        context.open()
        self.name = name
        self._context: av.VideoCodecContext | None = context
        self._time_base = 1 / rate
        self._count = 0

    def encode(self, frame: av.VideoFrame, want_key: bool) -> bytes:
        """Return the one access unit that ``frame``, which a `Converter` made, became."""
        from av.video.frame import PictureType

        if self._context is None:
            raise EncodeError(reasons.VIDEO_CLOSED)
        frame.pts, frame.time_base = self._count, self._time_base
        frame.pict_type = PictureType.I if want_key or self._count == 0 else PictureType.NONE
        self._count += 1
        packets = self._context.encode(frame)
        if len(packets) != 1:
            raise EncodeError(reasons.VIDEO_UNITS.of(codec=self.name, number=len(packets)))
        return bytes(packets[0])

    def close(self) -> None:
        """Free what it holds; closing twice does nothing."""
        self._context = None


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How one of FFmpeg's encoders is told what is wanted; each has its own words.

    Attributes:
        options: FFmpeg's private options of that encoder.
        device: the kind of device that has to be opened first.
        global_quality: the quantiser goes into FFmpeg's common option.
        bit_rate: it cannot be told a quantiser.
    """

    options: Callable[[Setting], dict[str, str]]
    key_distance: int = _RARELY
    device: str | None = None
    global_quality: bool = False
    bit_rate: bool = False


def _libx264(setting: Setting) -> dict[str, str]:
    # docs/decisions/007-video-settings.md has the measurements.
    deblock = "deblock=0,0" if setting.quantiser >= _DEBLOCK_FROM else "no-deblock=1"
    return {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "qp": str(setting.quantiser),
        "x264-params": f"scenecut=0:ipratio=1.2:partitions=i4x4:chroma-qp-offset=3:{deblock}",
    }


_RECIPES: Mapping[str, _Recipe] = MappingProxyType(
    {
        SOFTWARE: _Recipe(_libx264, _NEVER),
        "h264_nvenc": _Recipe(
            lambda setting: {
                "preset": "p1", "tune": "ull", "rc": "constqp", "qp": str(setting.quantiser),
                "delay": "0", "zerolatency": "1", "forced-idr": "1",
            }
        ),
        "h264_vaapi": _Recipe(
            lambda setting: {"rc_mode": "CQP", "qp": str(setting.quantiser), "async_depth": "1"}, device="vaapi"
        ),
        "h264_qsv": _Recipe(
            lambda _: {"preset": "veryfast", "async_depth": "1", "forced_idr": "1", "scenario": "displayremoting"},
            global_quality=True,
        ),
        # By FFmpeg's amfenc_h264.c; not tried on such hardware.
        "h264_amf": _Recipe(
            lambda setting: {
                "usage": "ultralowlatency", "quality": "speed", "rc": "cqp", "forced_idr": "1",
                "qp_i": str(setting.quantiser), "qp_p": str(setting.quantiser),
            }
        ),
        "h264_mf": _Recipe(
            lambda setting: {
                "rate_control": "quality", "quality": str(100 - 2 * min(setting.quantiser, 45)),
                "hw_encoding": "1", "scenario": "display_remoting",
            }
        ),
        "h264_videotoolbox": _Recipe(lambda _: {"realtime": "1", "prio_speed": "1"}, bit_rate=True),
    }
)  # fmt: skip
