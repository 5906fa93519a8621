"""The real page in a real browser, told by a scripted server what to draw."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser

from capture.encode.parts import RectEncoding, UpdateRect
from server.protocol import wire
from tests.browser.browsers import INSECURE
from tests.browser.canned_parts import Film, after, copy, encoded, fill, noise, painted, whole
from tests.browser.parts import eventually, pixels_of
from tests.browser.scripted_server import ScriptedServer, scripted_server
from tests.browser.watcher import Watcher, watching
from tests.helpers.reference_viewer import Viewer

pytestmark = [pytest.mark.browser]

NEAR = 18
"""How far a channel may be off after a codec with loss; a wrong colour matrix or a missing picture is further."""


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A server that says what the test wants."""
    with scripted_server() as running:
        yield running


@pytest.fixture
def watcher(browser: Browser, server: ScriptedServer) -> Iterator[Watcher]:
    """A page that is connected; in the end nothing may be in its console."""
    with watching(browser, server) as found:
        yield found


# Drawing.


@pytest.mark.parametrize("form", [RectEncoding.PNG, RectEncoding.WEBP])
def test_pictures_without_loss_arrive_identical(watcher: Watcher, form: RectEncoding) -> None:
    first, second = noise(64, 48, 1), noise(20, 11, 2)
    expected = first.copy()
    expected[30:41, 7:27] = second
    watcher.show(whole(5, encoded(first, form), exact=True))
    watcher.expect(first)
    watcher.show(after(5, 6, encoded(second, form, 7, 30), exact=True))
    watcher.expect(expected)

    assert watcher.server.acks() == [5, 6]
    assert (watcher.frame(), watcher.page.get_attribute("#picture", "data-exact")) == ("6", "true")


def test_jpeg_comes_near(watcher: Watcher) -> None:
    watcher.show(whole(1, encoded(painted(), RectEncoding.JPEG)))
    watcher.expect(painted(), NEAR)
    eventually(lambda: watcher.page.get_attribute("#picture", "data-exact") == "false")


def test_a_message_of_many_parts_is_drawn_in_their_order(watcher: Watcher) -> None:
    viewer = Viewer()
    parts = [
        encoded(noise(64, 48), RectEncoding.PNG),
        fill(3, 4, 30, 20, (1, 2, 3)),
        encoded(noise(9, 9, 3), RectEncoding.WEBP, 5, 6),
    ]
    message = whole(2**40, *parts, fill(8, 8, 2, 2, (250, 128, 0)))
    viewer.receive(message)
    assert viewer.pixels is not None
    watcher.show(message)
    watcher.expect(viewer.pixels)

    assert watcher.server.acks() == [2**40]


@pytest.mark.parametrize(
    "copies",
    [
        [copy(0, 0, 64, 40, 0, 8)],
        [copy(3, 5, 60, 40, 0, 0)],
        # What the second copies was drawn over by the first.
        [copy(0, 0, 32, 48, 32, 0), copy(32, 0, 32, 48, 0, 0)],
        [copy(0, 8, 64, 8, 0, 0), copy(0, 16, 64, 8, 0, 8), copy(0, 24, 64, 8, 0, 16)],
    ],
)
def test_copies_are_of_the_picture_before(watcher: Watcher, copies: list[UpdateRect]) -> None:
    viewer = Viewer()
    for message in (
        whole(1, encoded(noise(64, 48), RectEncoding.PNG)),
        after(1, 2, *copies, fill(0, 0, 4, 4, (9, 9, 9))),
    ):
        viewer.receive(message)
        watcher.show(message)
    assert viewer.pixels is not None
    watcher.expect(viewer.pixels)


def test_a_whole_picture_changes_the_size(watcher: Watcher) -> None:
    watcher.show(whole(1, encoded(noise(64, 48), RectEncoding.PNG)))
    watcher.expect(noise(64, 48))
    watcher.show(whole(2, encoded(noise(31, 77), RectEncoding.PNG), size=(31, 77)))
    watcher.expect(noise(31, 77))
    box = watcher.page.locator("#picture").bounding_box()

    assert box is not None
    assert abs(box["width"] / box["height"] - 31 / 77) < 0.01


# Video: by the browser's decoder, and by a film where there is none.

NO_DECODER = "delete window.VideoDecoder"
PATIENT = """
const inTime = window.setTimeout;
window.setTimeout = (act, milliseconds, ...more) => inTime(act, milliseconds === 3000 ? 6000 : milliseconds, ...more);
"""
"""A film that stands still is given up after three seconds, and a whole picture asked for; on a busy machine it may.
More than eight would be a silent connection."""


@pytest.fixture(params=["decoder", "film", "film on an insecure page"])
def film_watcher(request: pytest.FixtureRequest, browser: Browser, server: ScriptedServer) -> Iterator[Watcher]:
    """A page that shows videos, each way there is."""
    host = INSECURE if "insecure" in request.param else "127.0.0.1"
    before = PATIENT + (NO_DECODER if request.param == "film" else "")
    with watching(browser, server, host, before) as found:
        yield found


@pytest.mark.parametrize("size", [(64, 48), (101, 57), (322, 181)])
def test_video_comes_near(film_watcher: Watcher, size: tuple[int, int], request: pytest.FixtureRequest) -> None:
    film = Film(*size)
    base = 0
    for sequence in range(1, 6):
        pixels = painted(*size, seed=sequence)
        unit = film.unit(pixels)
        film_watcher.show(after(base, sequence, unit, size=size) if base else whole(1, unit, size=size))
        film_watcher.expect(pixels, NEAR)
        base = sequence

    shared_videos = film_watcher.page.locator("video.film").count()
    assert shared_videos == (0 if "decoder" in request.node.name else 1)
    assert film_watcher.server.acks() == [1, 2, 3, 4, 5]
    assert "format" not in film_watcher.server.queries[0]  # the host's choice holds


def test_several_units_and_rectangles_over_them(film_watcher: Watcher) -> None:
    film = Film(64, 48)
    last = painted(seed=4)
    film_watcher.show(whole(1, film.unit(painted(seed=1))))
    film_watcher.show(after(1, 4, *(film.unit(painted(seed=seed)) for seed in (2, 3, 4))))
    film_watcher.expect(last, NEAR)
    film_watcher.show(after(4, 5, encoded(noise(10, 10), RectEncoding.WEBP, 20, 20)))
    mixed = last.copy()
    mixed[20:30, 20:30] = noise(10, 10)
    film_watcher.expect(mixed, NEAR)
    assert np.array_equal(pixels_of(film_watcher.page)[20:30, 20:30], noise(10, 10))
    film_watcher.show(after(5, 6, film.unit(painted(seed=6))))
    film_watcher.expect(painted(seed=6), NEAR)


def test_video_in_a_corner_leaves_the_rest_alone(film_watcher: Watcher) -> None:
    film = Film(31, 21)
    film_watcher.show(whole(1, encoded(noise(64, 48), RectEncoding.PNG), film.unit(painted(31, 21), 33, 27)))
    expected = noise(64, 48).copy()
    expected[27:48, 33:64] = painted(31, 21)
    film_watcher.expect(expected, NEAR)
    seen = pixels_of(film_watcher.page)

    assert np.array_equal(seen[:27], expected[:27])
    assert np.array_equal(seen[:, :33], expected[:, :33])


def test_a_video_goes_on_over_its_key_frames(film_watcher: Watcher) -> None:
    film = Film(64, 48, key_every=3)
    film_watcher.show(whole(1, film.unit(painted(seed=1))))
    for sequence in range(2, 12, 2):
        units = [film.unit(painted(seed=sequence + more)) for more in (0, 1)]
        film_watcher.show(after(sequence - 1, sequence + 1, *units))
        film_watcher.expect(painted(seed=sequence + 1), NEAR)

    assert film_watcher.server.acks() == [1, 3, 5, 7, 9, 11]


def test_another_video_may_begin(film_watcher: Watcher) -> None:
    for sequence, size in enumerate([(64, 48), (80, 60)], 1):
        film_watcher.show(whole(sequence, Film(*size).unit(painted(*size)), size=size))
        film_watcher.expect(painted(*size), NEAR)


def test_a_video_that_begins_in_the_middle_is_asked_for_whole(film_watcher: Watcher) -> None:
    film = Film(64, 48)
    film.unit(painted())
    film_watcher.show(whole(1, encoded(noise(64, 48), RectEncoding.PNG)))
    film_watcher.show(after(1, 2, film.unit(painted(seed=2))))

    assert (film_watcher.server.acks(), film_watcher.server.requests()) == ([1], 1)
    film_watcher.expect(noise(64, 48))


def test_a_broken_video_is_asked_for_whole_and_begins_anew(film_watcher: Watcher) -> None:
    film = Film(64, 48)
    key = film.unit(painted())
    broken = UpdateRect(key.rect, RectEncoding.H264, key.data[:60] + b"\xff" * 40, is_key=True)
    film_watcher.show(whole(1, broken))
    assert (film_watcher.server.acks(), film_watcher.server.requests()) == ([], 1)
    film_watcher.show(whole(2, key))
    film_watcher.expect(painted(), NEAR)

    assert film_watcher.server.acks() == [2]


MANAGED = """
window.ManagedMediaSource = class extends window.MediaSource {};
delete window.MediaSource;
const { get, set } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "src");
const open = function (address) { this.disableRemotePlayback && set.call(this, address); };
Object.defineProperty(HTMLMediaElement.prototype, "src", { get, set: open });
"""
"""As iPhones have it (Media Source Extensions 2, "ManagedMediaSource"), with what they ask for before it opens."""


def test_an_iphone_plays_films_of_the_managed_kind(browser: Browser, server: ScriptedServer) -> None:
    with watching(browser, server, before=PATIENT + NO_DECODER + MANAGED) as watcher:
        film = Film(64, 48)
        watcher.show(whole(1, film.unit(painted(seed=1))))
        watcher.show(after(1, 2, film.unit(painted(seed=2))))
        watcher.expect(painted(seed=2), NEAR)

        assert watcher.page.locator("video.film").count() == 1
        assert watcher.server.acks() == [1, 2]


@pytest.mark.parametrize(("query", "asked"), [("", "jpeg"), ("?format=h264", "jpeg"), ("?format=png", "png")])
def test_a_browser_without_video_asks_for_pictures(
    browser: Browser, server: ScriptedServer, query: str, asked: str
) -> None:
    before = "delete window.VideoDecoder; delete window.MediaSource"
    with watching(browser, server, before=before, query=query) as watcher:
        offered = watcher.page.eval_on_selector_all("#format option", "found => found.map((option) => option.value)")
        assert server.queries[0]["format"] == asked
        assert offered == ["jpeg", "png", "webp"]


def test_a_browser_that_does_not_play_the_videos_wishes_for_pictures(watcher: Watcher) -> None:
    key = Film(64, 48).unit(painted())
    broken = UpdateRect(key.rect, RectEncoding.H264, key.data[:60] + b"\xff" * 40, is_key=True)
    for sequence in range(1, 4):
        watcher.show(whole(sequence, broken))
    eventually(lambda: {"command": "update_options", "options": {"format": "jpeg"}} in watcher.server.commands)

    assert "cannot show the video" in (watcher.page.text_content("#note") or "")


# What goes wrong.


@pytest.mark.firefox_when_long
@pytest.mark.parametrize(
    "bad",
    [
        after(3, 4, fill(0, 0, 64, 48, (1, 1, 1))),
        b"",
        b"\x09nonsense",
        b"\x02\x01",
        after(1, 2, fill(0, 0, 64, 48, (1, 1, 1)))[:-1],
        after(1, 2, fill(60, 0, 5, 5, (1, 1, 1))),
        after(1, 2, UpdateRect(encoded(noise(9, 9), RectEncoding.PNG).rect, RectEncoding.PNG, b"no picture")),
        after(1, 2, UpdateRect(encoded(noise(9, 9), RectEncoding.PNG).rect, RectEncoding.PNG, noise(99, 1).tobytes())),
        after(
            1,
            2,
            encoded(noise(9, 9), RectEncoding.PNG),
            UpdateRect(copy(0, 0, 8, 9, 0, 0).rect, RectEncoding.PNG, b"x"),
        ),
    ],
    ids=["wrong base", "empty", "unknown kind", "short pointer", "cut short", "outside", "words", "noise", "second"],
)
def test_what_does_not_fit_is_not_drawn_and_a_whole_picture_is_asked_for(watcher: Watcher, bad: bytes) -> None:
    watcher.show(whole(1, encoded(noise(64, 48), RectEncoding.PNG)))
    watcher.server.send(bad)
    watcher.server.send(after(1, 2, fill(0, 0, 64, 48, (2, 2, 2))))
    eventually(lambda: watcher.server.requests() == 1)
    watcher.expect(noise(64, 48))

    # Until a whole one comes, nothing is drawn.
    watcher.show(whole(7, encoded(noise(64, 48, 7), RectEncoding.PNG)))
    watcher.show(after(7, 8, fill(0, 0, 5, 5, (3, 3, 3))))
    expected = noise(64, 48, 7).copy()
    expected[:5, :5] = 3
    watcher.expect(expected)

    assert watcher.server.acks() == [1, 7, 8]
    assert watcher.server.requests() == 1


@pytest.mark.firefox_when_long
def test_acknowledgements_come_in_order(watcher: Watcher) -> None:
    watcher.server.send(whole(1, encoded(painted(640, 480), RectEncoding.JPEG), size=(640, 480)))
    watcher.server.send(after(1, 2, fill(0, 0, 9, 9, (1, 1, 1)), size=(640, 480)))
    watcher.server.send(after(2, 2, encoded(noise(300, 300), RectEncoding.PNG), size=(640, 480)))
    watcher.server.send(after(2, 3, fill(0, 0, 9, 9, (2, 2, 2)), size=(640, 480)))
    eventually(lambda: len(watcher.server.answers) == 4)

    assert watcher.server.acks() == [1, 2, 2, 3]


@pytest.mark.firefox_when_long
def test_a_new_connection_begins_anew(watcher: Watcher) -> None:
    watcher.show(whole(9, encoded(noise(64, 48), RectEncoding.PNG)))
    watcher.drop()
    watcher.page.wait_for_selector('body[data-state="stopped"]')
    assert "Trying again in" in watcher.page.inner_text("#detail")
    watcher.expect(noise(64, 48))
    watcher.page.click("#again")
    eventually(lambda: len(watcher.server.queries) == 2)
    watcher.show(after(9, 10, fill(0, 0, 64, 48, (1, 1, 1))))  # nobody may build on what another connection sent

    assert watcher.server.requests() == 1


# The pointer.


@pytest.mark.firefox_when_long
def test_the_pointer_lies_on_the_picture_and_scales_with_it(watcher: Watcher) -> None:
    watcher.show(whole(1, encoded(noise(64, 48), RectEncoding.PNG)))
    shape = encoded(noise(16, 24), RectEncoding.PNG).data
    watcher.server.send(wire.pointer((-3, 20), (8, 12), shape))
    eventually(lambda: watcher.page.is_visible("#pointer"))

    def scaled() -> list[float]:
        picture, pointer = (watcher.page.locator(name).bounding_box() for name in ("#picture", "#pointer"))
        assert picture is not None
        assert pointer is not None
        scale = picture["width"] / 64
        place = [pointer["x"] - picture["x"], pointer["y"] - picture["y"], pointer["width"], pointer["height"]]
        return [round(value / scale, 1) for value in place]

    eventually(lambda: scaled() == [-3, 20, 8, 12])
    watcher.page.set_viewport_size({"width": 500, "height": 900})
    eventually(lambda: scaled() == [-3, 20, 8, 12])
    watcher.server.send(wire.pointer((40, 5), (8, 12)))
    eventually(lambda: scaled() == [40, 5, 8, 12])
    eventually(lambda: watcher.page.evaluate("document.getElementById('pointer').width") == 16)
    watcher.expect(noise(64, 48))
    watcher.server.send(wire.no_pointer())
    eventually(lambda: not watcher.page.is_visible("#pointer"))

    assert watcher.server.acks() == [1]


# The controls.


@pytest.mark.firefox_when_long
def test_the_page_asks_for_the_best_and_shows_what_it_gets(watcher: Watcher) -> None:
    query, page = watcher.server.queries[0], watcher.page
    wanted = {"adaptive": "1", "cursor": "1", "unchanged": "skip"}
    assert query == wanted  # speed, quality and format are the host's until the viewer wishes for others
    assert page.input_value("#format") == "jpeg"  # what is in force, as the server says
    reason = "The connection is too slow for more."
    options = {"fps": 12, "quality": 45, "format": "auto"}
    watcher.server.say("session_updated", {"options": options, "changed_by": "adaptation", "reason": reason})
    eventually(lambda: page.input_value("#quality") == "45")
    assert page.input_value("#fps") == "12"
    assert page.text_content("#note") == reason
    options = {"fps": 30, "quality": 80, "format": "auto"}
    watcher.server.say("session_updated", {"options": options, "changed_by": "adaptation"})
    eventually(lambda: page.input_value("#fps") == "30")
    assert page.is_hidden("#note")

    # Wishes are told, and kept for the next connection; what was lowered is asked for again.
    page.select_option("#format", "webp")
    eventually(
        lambda: {"command": "update_options", "options": {"format": "webp"}} in watcher.server.commands,
    )
    watcher.drop()
    page.click("#again")
    eventually(lambda: len(watcher.server.queries) == 2)
    assert watcher.server.queries[1] == wanted | {"format": "webp"}


@pytest.mark.firefox_when_long
def test_the_delay_is_shown_split_up(watcher: Watcher) -> None:
    watcher.show(whole(1, encoded(noise(64, 48), RectEncoding.PNG)))
    watcher.is_ready()
    watcher.page.click("#statistics")
    delay = {"capture": 2.25, "encode": 10.4, "wait": 0, "network": 1, "decode": 3.5}
    watcher.server.say("stats", {"fps": 30, "delay_ms": delay})
    eventually(lambda: watcher.page.inner_text("#stat-delay") == "17 ms")
    words = watcher.page.locator("#legend li").all_inner_texts()

    parts = ["capture 2.3", "encode 10", "wait 0", "network 1", "decode 3.5"]
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in words] == parts
    assert watcher.page.inner_text("#stat-pictures") == "1"


@pytest.mark.firefox_when_long
def test_another_source_can_be_chosen(watcher: Watcher) -> None:
    watcher.show(whole(1, encoded(noise(64, 48), RectEncoding.PNG)))
    eventually(lambda: watcher.page.locator("#source option").count() == 2)
    watcher.is_ready()
    watcher.page.click("#open-more")
    watcher.page.select_option("#source", "other")
    eventually(lambda: len(watcher.server.queries) == 2)
    watcher.show(whole(2, encoded(noise(20, 20), RectEncoding.PNG), size=(20, 20)))
    watcher.expect(noise(20, 20))

    assert watcher.page.url.endswith("/watch/other")
