"""Windows by ScreenCaptureKit, against a stand-in: whose pixels, which damage, which state."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from capture import reasons
from capture.errors import CaptureError, DisplayGone, NoPicture, SourceGone
from capture.picture.pixels import Rect
from capture.platforms.contract import Wake
from capture.platforms.macos import stream
from capture.platforms.macos import window as kit_window
from capture.platforms.waiting import Bell
from capture.privacy.exclusions import ExclusionRules, Exclusions
from tests.capture.platforms.macos.watching import RULES, first, noise, opened, settled, window_backend
from tests.helpers.macos import fake_screencapturekit as kit
from tests.helpers.macos.fake_mac import FakeMac, FakeProgram


@pytest.fixture
def call() -> Iterator[Bell]:
    """What the feed is called by."""
    bell = Bell()
    yield bell
    bell.close()


def test_a_picture_is_exact_though_its_rows_are_padded_and_another_window_lies_on_top(mac: FakeMac) -> None:
    window = mac.open(7, place=Rect(50, 40, 203, 117), pixels=noise(203, 117))
    mac.open(8, place=Rect(0, 0, 800, 600))

    with opened(window_backend(window)) as backend:
        take = first(mac, backend)

        assert take.condition.state == "live"
        assert take.pixels is not None
        assert np.array_equal(take.pixels, window.pixels)
        assert take.pixels.flags.c_contiguous
        assert (take.is_ours, take.damage, take.passed) == (True, None, None)
        assert backend.take(False).pixels is None


def test_of_a_retina_display_each_pixel_is_there(mac: FakeMac) -> None:
    mac.displays[0].scale = 2.0
    window = mac.open(7, place=Rect(50, 40, 101, 59), pixels=noise(202, 118))

    with opened(window_backend(window)) as backend:
        take = first(mac, backend)

    assert take.pixels is not None
    assert np.array_equal(take.pixels, window.pixels)


@pytest.mark.parametrize(
    ("scale", "dirty", "expected"),
    [
        (1.0, [[(5, 6, 7, 8)], [(20, 30, 10, 10)]], (Rect(5, 6, 7, 8), Rect(20, 30, 10, 10))),
        # In points or in pixels: nobody says which.
        (2.0, [[(5, 6, 7, 8)]], (Rect(5, 6, 7, 8), Rect(10, 12, 14, 16))),
        # Half a pixel is one.
        (1.0, [[(5.5, 6.5, 1, 1)]], (Rect(5, 6, 2, 2),)),
        # What lies beyond the picture is nowhere.
        (1.0, [[(-5, -5, 10, 10), (500, 500, 9, 9)]], (Rect(0, 0, 5, 5),)),
        (1.0, [[]], ()),
        (1.0, [[(at, 0, 1, 1) for at in range(40)], [(at, 1, 1, 1) for at in range(40)]], None),
    ],
)
def test_damage_is_added_up_until_somebody_looks(
    mac: FakeMac, scale: float, dirty: list[list[tuple[float, ...]]], expected: tuple[Rect, ...] | None
) -> None:
    mac.displays[0].scale = scale
    window = mac.open(7, place=Rect(0, 0, 100, 60))

    with opened(window_backend(window)) as backend:
        first(mac, backend)
        for rects in dirty:
            mac.capture.paint([dict(zip(("X", "Y", "Width", "Height"), rect, strict=True)) for rect in rects])
        assert settled(mac, backend).damage == expected


class Value:
    """An NSValue with a rectangle."""

    def rectValue(self) -> tuple[tuple[float, float], tuple[float, float]]:  # noqa: N802
        return (1.0, 2.0), (3.0, 4.0)


@pytest.mark.parametrize(
    ("told", "expected"), [([Value()], (Rect(1, 2, 3, 4),)), (["where?"], None), ([{"X": 1}], None)]
)
def test_rectangles_of_other_forms_are_understood_or_all_counts_as_changed(
    mac: FakeMac, told: list[object], expected: tuple[Rect, ...] | None
) -> None:
    window = mac.open(7)

    with opened(window_backend(window)) as backend:
        first(mac, backend)
        mac.capture.paint(told)
        assert settled(mac, backend).damage == expected


def test_a_size_that_grows_is_followed_and_no_picture_made_smaller_is_shown(mac: FakeMac) -> None:
    window = mac.open(7, place=Rect(0, 0, 60, 40), pixels=noise(60, 40))

    with opened(window_backend(window)) as backend:
        first(mac, backend)
        window.place, window.pixels = Rect(0, 0, 90, 70), noise(90, 70, seed=2)
        mac.capture.paint()

        assert backend.take(False).pixels is None
        take = settled(mac, backend)
        assert take.pixels is not None
        assert np.array_equal(take.pixels, window.pixels)
        assert (take.damage, take.passed) == (None, None)
        assert [each.size for each in mac.capture.running] == [(90, 70)]


def test_a_size_that_shrinks_is_cut_out_at_once(mac: FakeMac) -> None:
    window = mac.open(7, place=Rect(0, 0, 90, 70), pixels=noise(90, 70))

    with opened(window_backend(window)) as backend:
        first(mac, backend)
        window.place, window.pixels = Rect(0, 0, 60, 40), noise(60, 40, seed=2)
        mac.capture.paint()

        take = backend.take(False)
        assert take.pixels is not None
        assert np.array_equal(take.pixels, window.pixels)
        mac.capture.settle()
        assert [each.size for each in mac.capture.running] == [(60, 40)]


def test_a_window_that_is_still_after_it_grew_is_begun_anew(mac: FakeMac, monkeypatch: pytest.MonkeyPatch) -> None:
    window = mac.open(7, place=Rect(0, 0, 60, 40), pixels=noise(60, 40))

    with opened(window_backend(window)) as backend:
        first(mac, backend)
        monkeypatch.setattr(stream, "RESIZE_SECONDS", -1.0)
        mac.capture.is_still = True
        window.place, window.pixels = Rect(0, 0, 90, 70), noise(90, 70, seed=2)
        mac.capture.paint()
        backend.take(False)
        take = settled(mac, backend)
        assert (take.condition.state, take.pixels) == ("live", None)

        take = first(mac, backend)
        assert take.pixels is not None
        assert np.array_equal(take.pixels, window.pixels)
        assert len(mac.capture.running) == 1


def test_what_comes_after_the_end_is_dropped(mac: FakeMac) -> None:
    window = mac.open(7)
    backend = window_backend(window)
    with opened(backend):
        first(mac, backend)
        (stream,) = mac.capture.streams
        output = stream.output
    mac.capture.settle()

    late = kit.FakeBuffer(noise(10, 10))
    output.stream_didOutputSampleBuffer_ofType_(stream, kit.FakeSample({"Status": kit.COMPLETE}, late), 0)
    output.stream_didStopWithError_(stream, kit.FakeError(kit.USER_STOPPED))

    assert stream.output is None
    assert not kit_window.ended_by_person
    backend.close()


def test_a_fault_of_ours_does_not_get_into_the_system(mac: FakeMac, caplog: pytest.LogCaptureFixture) -> None:
    with opened(window_backend(mac.open(7))) as backend:
        first(mac, backend)
        (stream,) = mac.capture.streams

        stream.order(lambda: stream.hand_over({"Status": "nonsense"}, None))
        mac.capture.settle()

        assert "a picture was not taken in" in caplog.text
        mac.capture.paint()
        assert backend.take(False).pixels is not None


def test_without_the_permission_it_is_said_and_macos_is_not_asked(mac: FakeMac) -> None:
    mac.is_granted = False

    with pytest.raises(DisplayGone) as gone, opened(window_backend(mac.open(7))):
        pass

    assert gone.value.reason == reasons.SCREEN_RECORDING_OFF
    assert mac.capture.questions == 0


def test_a_permission_that_is_taken_away_is_noticed_while_it_waits(
    mac: FakeMac, hasty: Callable[[], None], call: Bell
) -> None:
    with opened(window_backend(mac.open(7))) as backend:
        first(mac, backend)
        while backend.wait(0, call.descriptor) is not Wake.NOTHING:
            backend.take(False)
        hasty()
        mac.is_granted = False

        with pytest.raises(DisplayGone, match="restart Panecast"):
            backend.wait(5, call.descriptor)
        with pytest.raises(DisplayGone, match="restart Panecast"):
            backend.take(False)


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        (kit.DECLINED, DisplayGone, reasons.SCREEN_RECORDING_OFF),
        (kit.SYSTEM_STOPPED, DisplayGone, reasons.NOT_HANDED_OVER),
        (-3805, DisplayGone, reasons.NOT_HANDED_OVER),
        (-3815, DisplayGone, reasons.NOT_HANDED_OVER),
    ],
)
def test_why_a_stream_ends_becomes_a_reason(
    mac: FakeMac, code: int, kind: type[CaptureError], reason: reasons.Reason
) -> None:
    with opened(window_backend(mac.open(7))) as backend:
        first(mac, backend)
        mac.capture.streams[0].stop_with(code)
        mac.capture.settle()

        with pytest.raises(kind) as ended:
            backend.take(False)
        assert ended.value.reason == reason


def test_a_stream_that_ends_is_begun_anew_once(mac: FakeMac) -> None:
    window = mac.open(7)
    with opened(window_backend(window)) as backend:
        first(mac, backend)
        window.is_on_screen = False
        assert backend.take(False).condition.state == "hidden"
        mac.capture.streams[0].stop_with(-3811)
        mac.capture.settle()
        window.is_on_screen = True

        take = backend.take(False)
        assert (take.condition.state, take.pixels) == ("live", None)
        assert first(mac, backend).pixels is not None
        assert len(mac.capture.running) == 1


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [(kit.DECLINED, DisplayGone, "restart Panecast"), (-3811, NoPicture, r"it is so \(-3811\)")],
)
def test_a_stream_that_does_not_begin_says_why(mac: FakeMac, code: int, kind: type[CaptureError], words: str) -> None:
    mac.capture.start_error = code

    with opened(window_backend(mac.open(7))) as backend, pytest.raises(kind, match=words):
        first(mac, backend)


def test_what_the_person_ends_in_the_menu_bar_stays_ended(mac: FakeMac) -> None:
    window = mac.open(7)
    with opened(window_backend(window)) as backend:
        first(mac, backend)
        mac.capture.streams[0].stop_with(kit.USER_STOPPED)

        with pytest.raises(DisplayGone, match="menu bar"):
            settled(mac, backend)
        assert backend.take(False).condition == kit_window.ENDED

    with opened(window_backend(window)) as backend:
        assert first(mac, backend).condition == kit_window.ENDED
    assert len(mac.capture.streams) == 1


def test_a_display_that_sleeps_is_a_state(mac: FakeMac) -> None:
    with opened(window_backend(mac.open(7))) as backend:
        first(mac, backend)
        mac.displays[0].is_asleep = True
        mac.capture.tell(kit.BLANK)
        assert backend.take(False).condition == kit_window.ASLEEP

        mac.displays[0].is_asleep = False
        assert first(mac, backend).pixels is not None


@pytest.mark.parametrize("status", [kit.IDLE, kit.BLANK, kit.SUSPENDED, kit.STOPPED])
def test_samples_without_a_picture_leave_the_last_one(mac: FakeMac, status: int) -> None:
    with opened(window_backend(mac.open(7))) as backend:
        first(mac, backend)
        mac.capture.tell(status)

        take = backend.take(False)
        assert (take.condition.state, take.pixels, take.damage) == ("live", None, ())


def test_a_window_that_is_closed_is_gone(mac: FakeMac) -> None:
    with opened(window_backend(mac.open(7))) as backend:
        first(mac, backend)
        mac.close(7)

        with pytest.raises(SourceGone, match="was closed"):
            backend.take(False)


def test_a_window_that_has_the_number_of_another_one_is_not_shown(mac: FakeMac) -> None:
    window = mac.open(7)
    with pytest.raises(SourceGone), opened(window_backend(window, started=5)):
        pass
    with opened(window_backend(window)) as backend:
        first(mac, backend)
        mac.close(7)
        mac.open(7, pid=501)
        with pytest.raises(SourceGone):
            backend.take(False)


def test_a_window_out_of_sight_is_hidden_and_comes_back_as_it_was(mac: FakeMac) -> None:
    window = mac.open(7)
    with opened(window_backend(window)) as backend:
        first(mac, backend)
        window.is_on_screen = False
        assert backend.take(False).condition.reason == reasons.WINDOW_HIDDEN

        window.is_on_screen = True
        assert backend.take(False).condition.state == "live"


def test_a_window_that_keeps_out_of_pictures_is_protected_and_whole_afterwards(mac: FakeMac) -> None:
    window = mac.open(7)
    with opened(window_backend(window)) as backend:
        first(mac, backend)
        window.sharing = 0
        assert backend.take(False).condition.state == "protected"

        window.sharing = 1
        take = first(mac, backend)
        assert (take.pixels is not None, take.damage) == (True, None)


@pytest.mark.parametrize(
    "program",
    [
        FakeProgram(500, "1Password 7", "com.agilebits.onepassword7"),
        FakeProgram(500, "Passwort-Manager", "com.example.x", "/Applications/1Password.app/Contents/MacOS/x"),
        FakeProgram(500, "", "", "/opt/1password/1password"),
    ],
)
def test_a_program_that_is_never_shown_is_known_by_each_of_its_names(mac: FakeMac, program: FakeProgram) -> None:
    mac.programs[500] = program

    with pytest.raises(SourceGone, match="never shown"), opened(window_backend(mac.open(7))):
        pass


def test_a_rule_that_is_made_while_it_is_shown_holds_from_the_next_picture_on(mac: FakeMac) -> None:
    exclusions = Exclusions(RULES)
    with opened(window_backend(mac.open(7), exclusions)) as backend:
        first(mac, backend)
        exclusions.set_rules(ExclusionRules(programs=("notes",), pid=999))

        with pytest.raises(SourceGone, match="never shown"):
            backend.take(False)


def test_no_more_pictures_are_made_than_wanted(mac: FakeMac) -> None:
    with opened(window_backend(mac.open(7))) as backend:
        backend.set_rate(10)
        backend.take(False)
        # One that does not run yet takes no other rate.
        backend.set_rate(20)
        settled(mac, backend)
        mac.capture.settle()
        (stream,) = mac.capture.streams
        assert stream.settings["setMinimumFrameInterval_"] == (1000, 20000, 1, 0)

        updates = stream.updates
        for _ in range(5):
            backend.set_rate(20)
            settled(mac, backend)
        backend.set_rate(0)
        settled(mac, backend)
        mac.capture.settle()
        assert (stream.updates, stream.settings["setMinimumFrameInterval_"]) == (updates + 1, (1000, 100, 1, 0))


def test_pictures_that_nobody_takes_leave_the_system_its_memory(mac: FakeMac) -> None:
    with opened(window_backend(mac.open(7))) as backend:
        first(mac, backend)
        for _ in range(10):
            mac.capture.paint()

        assert mac.capture.streams[0].dropped == 0
        assert backend.take(False).pixels is not None
        assert mac.capture.streams[0].lent == 0


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ((13, 0), set()),
        ((14, 0), {"setIgnoreShadowsSingleWindow_"}),
        ((14, 2), {"setIgnoreShadowsSingleWindow_", "setIncludeChildWindows_"}),
    ],
)
def test_each_macos_is_asked_for_what_it_has(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int], expected: set[str]
) -> None:
    mac = FakeMac(version)
    mac.install(monkeypatch)

    with opened(window_backend(mac.open(7))) as backend:
        assert first(mac, backend).pixels is not None
        settings = mac.capture.streams[0].settings

    assert settings.keys() & kit.FakeSettings.NEW.keys() == expected
    assert (settings["setPixelFormat_"], settings["setShowsCursor_"], settings["setQueueDepth_"]) == (
        kit.BGRA,
        False,
        3,
    )


def test_it_waits_until_something_is_told(mac: FakeMac, hasty: Callable[[], None], call: Bell) -> None:
    window = mac.open(7)
    with opened(window_backend(window)) as backend:
        first(mac, backend)
        while backend.wait(0, call.descriptor) is not Wake.NOTHING:
            backend.take(False)
        painting = threading.Timer(0.01, mac.capture.paint)
        painting.start()
        assert backend.wait(5, call.descriptor) is Wake.CHANGED
        painting.join()
        backend.take(False)
        assert backend.wait(0.001, call.descriptor) is Wake.NOTHING

        call.ring()
        assert backend.wait(5, call.descriptor) is Wake.NOTHING
        call.hush()
        hasty()
        window.is_on_screen = False
        assert backend.wait(5, call.descriptor) is Wake.URGENT


def test_where_no_picture_comes_another_technique_is_to_be_tried(mac: FakeMac, hasty: Callable[[], None]) -> None:
    window = mac.open(7)
    mac.capture.unlisted.add(7)
    with opened(window_backend(window)) as backend, pytest.raises(NoPicture):
        backend.take(False)

    mac.capture.unlisted.clear()
    hasty()
    mac.capture.is_painting = False
    with opened(window_backend(window)) as backend, pytest.raises(NoPicture):
        backend.take(False)


def test_a_system_that_does_not_answer_is_said_to_be_silent(mac: FakeMac, hasty: Callable[[], None]) -> None:
    mac.capture.is_silent = True
    hasty()
    with opened(window_backend(mac.open(7))) as backend, pytest.raises(DisplayGone, match="does not answer"):
        backend.take(False)


def test_pixels_of_another_form_are_said_to_be_unreadable(mac: FakeMac) -> None:
    mac.capture.form = 0x34323076
    with opened(window_backend(mac.open(7))) as backend, pytest.raises(NoPicture, match="0x34323076"):
        first(mac, backend)


def test_without_the_wheels_it_is_said_what_is_missing(mac: FakeMac, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ImportError("No module named 'objc'")

    backend = window_backend(mac.open(7))
    monkeypatch.setattr("capture.platforms.macos.frameworks.frameworks", missing)
    with pytest.raises(NoPicture, match="No module named 'objc'"):
        backend.open()


def test_ten_starts_each_bring_pictures(mac: FakeMac) -> None:
    window = mac.open(7, place=Rect(0, 0, 60, 40), pixels=noise(60, 40))

    for _ in range(10):
        with opened(window_backend(window)) as backend:
            take = first(mac, backend)
            assert take.pixels is not None
            assert np.array_equal(take.pixels, window.pixels)
    mac.capture.settle()

    assert len(mac.capture.streams) == 10
    assert all(each.is_stopped for each in mac.capture.streams)


def test_of_five_hundred_changes_none_shows_another_window_or_costs_memory(mac: FakeMac) -> None:
    window = mac.open(7, place=Rect(0, 0, 60, 40))
    choices = random.Random(5)
    exclusions = Exclusions(RULES)
    pictures = 0

    def resize() -> None:
        window.place = Rect(choices.randrange(300), choices.randrange(200), choices.randrange(40, 90), 50)

    def cover() -> None:
        mac.open(choices.randrange(100, 200), pid=501, place=window.place)

    def uncover() -> None:
        mac.windows = [window]

    def hide() -> None:
        window.is_on_screen = not window.is_on_screen or choices.random() < 0.5

    def protect() -> None:
        window.sharing = int(not window.sharing or choices.random() < 0.5)

    def retitle() -> None:
        window.title = str(choices.random())

    with opened(window_backend(window, exclusions)) as backend:
        for _ in range(500):
            choices.choice((resize, resize, resize, cover, cover, uncover, hide, protect, retitle))()
            mac.capture.paint()
            take = settled(mac, backend)
            if take.pixels is not None:
                pictures += 1
                assert set(np.unique(take.pixels)) == {7}
        assert len(mac.capture.running) <= 1
    assert pictures > 100
    mac.capture.settle()
    assert sum(each.lent for each in mac.capture.streams) == 0
