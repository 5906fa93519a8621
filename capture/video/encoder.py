"""Pictures in motion: the H.264 video of one rendition of a source, a unit for each picture and none held back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from capture import reasons
from capture.errors import EncodeError
from capture.installation import bundle, video_advice
from capture.picture.pixels import Pixels
from capture.reason import NOTHING, Reason
from capture.video.codecs import SOFTWARE, Setting
from capture.video.conversion import Converter, luma
from capture.video.h264 import Codec, Encoders, is_key
from capture.video.rate_control import RateControl
from resources.translate import _


@dataclass(frozen=True, slots=True)
class Unit:
    """One access unit: what a decoder turns into one picture.

    Attributes:
        data: Annex B; a key unit has the parameter sets in front.
        is_key: a decoder may begin with it.
        width, height: pixels of the decoded picture; what is beyond the picture's own size is padding.
    """

    data: bytes
    is_key: bool
    width: int
    height: int


def video_problem() -> Reason:
    """Return why there can be no video here; `NOTHING` if there can.

    It loads FFmpeg to find out, which takes 20 MB of memory.
    """
    try:
        from av.codec import codecs_available
    except (ImportError, OSError) as error:
        if bundle() is not None and isinstance(error, ModuleNotFoundError):
            return reasons.VIDEO_APART.of(advice=video_advice())
        return reasons.VIDEO_UNUSABLE.of(problem=str(error), advice=video_advice())
    if SOFTWARE not in codecs_available:
        return reasons.VIDEO_WITHOUT_ENCODER.of(encoder=SOFTWARE)
    return NOTHING


def encoder_words() -> str:
    """Return which encoder videos come from, and for graphics hardware that is not used what was tried.

    It tries what this computer has, which may take a second.
    """
    used, refused = Encoders().hardware()
    if used is not None:
        return _("H.264 by {encoder}, in graphics hardware").format(encoder=used)
    if not refused:
        return _("H.264 by {encoder}").format(encoder=SOFTWARE)
    from av.codec import codecs_available

    tried, absent = (
        ", ".join(name for name in refused if (name in codecs_available) is is_built_in)
        for is_built_in in (True, False)
    )
    return _(
        "H.264 by {encoder}. Graphics hardware does not help: of its encoders {tried} did not begin, "
        "and these are not part of this FFmpeg: {absent}"
    ).format(encoder=SOFTWARE, tried=tried or "–", absent=absent or "–")


def video_encoders() -> Callable[[int, int, int, float], VideoEncoder] | None:
    """Return what opens encoders for (width, height, quality, pictures per second), None where PyAV is not installed.

    They share what is found out about which of this computer's encoders work. Nothing is loaded before the first one.
    """
    if find_spec("av") is None:
        return None
    encoders = Encoders()
    return lambda width, height, quality, fps: VideoEncoder(width, height, quality, fps, encoders)


class VideoEncoder:
    """Makes a video of one size and quality. One thread at a time.

    The first unit is a key unit, and so is one that is asked for, and now and then one that begins with another
    quantiser: it is constant as long as it fits, which takes the least work, and can only be changed by opening the
    codec anew.
    """

    def __init__(self, width: int, height: int, quality: int, fps: float, encoders: Encoders) -> None:
        """Prepare for pictures of ``width`` × ``height``, at most ``fps`` a second; nothing is opened yet."""
        self._converter = Converter(width, height)
        self._fps = fps
        self._rate_control = RateControl(quality, width * height, fps)
        self._encoders = encoders
        self._codec: Codec | None = None
        self._is_closed = False

    def encode(self, pixels: Pixels, want_key: bool) -> Unit:
        """Return the unit that ``pixels``, of any size, became, a key unit if one is wanted.

        Raises:
            EncodeError: the codec failed. This encoder is closed then; another one may work.
        """
        if self._is_closed:
            raise EncodeError(reasons.VIDEO_ENDED)
        width, height = self._converter.width, self._converter.height
        try:
            frame = self._converter.convert(pixels)
        except (ImportError, OSError, ValueError, MemoryError) as error:
            raise EncodeError(reasons.VIDEO_NOT_ENCODED.of(width=width, height=height, problem=str(error))) from error
        codec = self._codec
        if codec is None or want_key or self._rate_control.is_due:
            has_changed = self._rate_control.choose(luma(frame), is_free=codec is None or want_key)
            if codec is None or has_changed:
                codec, want_key = self._reopen(), True
        try:
            data = codec.encode(frame, want_key)
        except Exception as error:
            self._give_up(codec)
            raise EncodeError(reasons.VIDEO_BROKE_OFF.of(width=width, height=height, problem=str(error))) from error
        has_key = is_key(data)
        if want_key and not has_key:
            self._give_up(codec)
            raise EncodeError(reasons.VIDEO_WITHOUT_KEY.of(codec=codec.name))
        if not has_key:
            self._rate_control.note(len(data))
        return Unit(data, has_key, width, height)

    def close(self) -> None:
        """Free the codec; closing twice does nothing."""
        self._is_closed = True
        if self._codec is not None:
            self._codec.close()
            self._codec = None

    def _reopen(self) -> Codec:
        if self._codec is not None:
            self._codec.close()
            self._codec = None
        rate_control = self._rate_control
        width, height = self._converter.width, self._converter.height
        setting = Setting(width, height, self._fps, rate_control.value, rate_control.ceiling)
        self._codec = self._encoders.open(setting)
        return self._codec

    def _give_up(self, codec: Codec) -> None:
        self._encoders.invalidate(codec.name)
        self.close()
