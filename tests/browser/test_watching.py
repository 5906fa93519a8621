"""What a person does on the page that watches: look closer, keep, copy, record, pause; and what the page says."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from datetime import UTC, datetime

import av
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from capture.encode.parts import RectEncoding
from tests.browser.browsers import INSECURE, Downloads
from tests.browser.canned_parts import encoded, fill, noise, whole
from tests.browser.many_pages import AXE, HIDE
from tests.browser.pages import BLUE, FOREIGN, GREEN, GREY, RED, box, settle, show_quarters
from tests.browser.parts import eventually
from tests.browser.scripted_server import ScriptedServer, scripted_server
from tests.browser.watcher import Watcher, watching

pytestmark = [pytest.mark.browser]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A server that says what the test wants."""
    with scripted_server() as running:
        yield running


@pytest.fixture
def watcher(browser: Browser, server: ScriptedServer) -> Iterator[Watcher]:
    """A page that shows four colours, 640 × 480."""
    with watching(browser, server) as found:
        show_quarters(found)
        yield found


NOTES_FADES = """
    window.fades = [];
    document.addEventListener("transitionrun", ({ target, propertyName }) => {
        if (target.id === "frame") window.fades.push(propertyName);
    }, true);
    // However long the first picture takes here, controls wait for it.
    const later = window.setTimeout;
    window.setTimeout = (done, after, ...more) => (after === 1000 ? 0 : later(done, after, ...more));
"""


def test_the_picture_is_there_at_once_before_its_controls(browser: Browser, server: ScriptedServer) -> None:
    with watching(browser, server, before=NOTES_FADES) as watcher:
        hidden = "getComputedStyle(document.querySelector('.bar')).display === 'none'"
        assert watcher.page.evaluate(hidden)
        show_quarters(watcher)

        assert not watcher.page.evaluate(hidden)
        settle(watcher.page)
        assert watcher.page.evaluate("window.fades") == []


def test_a_picture_that_is_old_fades_and_comes_back_at_once(browser: Browser, server: ScriptedServer) -> None:
    with watching(browser, server, before=NOTES_FADES) as watcher:
        show_quarters(watcher)
        watcher.server.say("state", {"state": "paused"})
        eventually(lambda: watcher.page.evaluate("window.fades.toSorted()") == ["filter", "opacity"])
        settle(watcher.page)
        watcher.server.say("state", {"state": "live"})
        watcher.page.wait_for_selector('[data-state="live"]')

        settle(watcher.page)
        assert watcher.page.evaluate("window.fades.length") == 2
        assert watcher.page.evaluate("getComputedStyle(document.getElementById('frame')).opacity") == "1"


def is_heard(watcher: Watcher) -> None:
    """Say something, and wait until it has arrived, as all has then that had to wait."""
    watcher.server.say("session_updated", {"options": {"fps": 9, "quality": 33, "format": "jpeg"}})
    eventually(lambda: watcher.page.input_value("#fps") == "9")


def seen(page: Page) -> tuple[np.ndarray, list[float]]:
    """Return what the page looks like without its controls (height × width × 3, RGB, device pixels), and where the
    picture is then."""
    page.evaluate("document.body.classList.add('clean')")
    settle(page)
    picture = Image.open(io.BytesIO(page.screenshot()))
    place = box(page)  # with the controls it soon is elsewhere
    page.evaluate("document.body.classList.remove('clean')")
    return np.asarray(picture.convert("RGB")), place


def corners(page: Page) -> list[tuple[int, ...]]:
    """Return what is seen inside the picture's corners on the screen, row by row."""
    pixels, (x, y, width, height) = seen(page)
    places = [(y + height * down, x + width * across) for down in (0.1, 0.9) for across in (0.1, 0.9)]
    return [tuple(pixels[int(down), int(across)].tolist()) for down, across in places]


OPACITY = """name => {
    let found = 1;
    for (let part = document.getElementById(name); part; part = part.parentElement) {
        found *= getComputedStyle(part).opacity;
    }
    return found;
}"""
"""How much is seen of a part, with all that it is in."""


# The view.


def test_the_picture_fits_and_is_looked_at_as_it_is_and_over_the_width(watcher: Watcher) -> None:
    page = watcher.page
    page.set_viewport_size({"width": 1000, "height": 600})
    eventually(lambda: box(page) == [100, 0, 800, 600])
    page.select_option("#view", "actual")
    assert box(page) == [180, 60, 640, 480]
    page.select_option("#view", "width")
    assert box(page) == [0, 0, 1000, 750]
    page.keyboard.press("Tab")
    page.focus("#open-more")
    page.keyboard.press("0")
    assert box(page) == [100, 0, 800, 600]
    assert page.input_value("#view") == "fit"


def test_keys_wheel_and_hands_zoom_and_move(watcher: Watcher) -> None:
    page = watcher.page
    page.set_viewport_size({"width": 800, "height": 600})
    eventually(lambda: box(page) == [0, 0, 800, 600])
    page.keyboard.press("+")
    assert box(page) == [-100, -75, 1000, 750]
    page.keyboard.press("-")
    assert box(page) == [0, 0, 800, 600]

    # What is under the pointer stays there: the left edge of the picture, at first.
    page.mouse.move(0, 300)
    page.mouse.wheel(0, -500)
    eventually(lambda: box(page)[2] > 2000)
    assert box(page)[0] == 0
    page.mouse.move(200, 300)
    page.mouse.down()
    page.mouse.move(80, 250, steps=3)
    page.mouse.up()
    eventually(lambda: box(page)[0] == -120)
    page.keyboard.press("ArrowLeft")
    eventually(lambda: box(page)[0] == -40)
    assert page.input_value("#view") == "free"
    assert page.inner_text("#percent") == f"{round(box(page)[2] / 6.4)} %"

    # The picture gets another size meanwhile: it stays in sight.
    watcher.show(whole(2, fill(0, 0, 40, 30, GREEN), size=(40, 30)))
    eventually(lambda: page.evaluate("document.getElementById('picture').width") == 40)
    x, y, width, height = box(page)
    assert x < 800
    assert y < 600
    assert x + width > 0
    assert y + height > 0


def test_two_fingers_zoom_and_a_double_tap_shows_details(watcher: Watcher) -> None:
    page = watcher.page
    page.set_viewport_size({"width": 400, "height": 600})
    eventually(lambda: box(page) == [0, 150, 400, 300])
    finger = """([kind, id, x, y]) => document.getElementById("stage").dispatchEvent(new PointerEvent(kind,
        { pointerId: id, pointerType: "touch", clientX: x, clientY: y, bubbles: true, isPrimary: id === 1 }))"""
    # Fingers that a script makes cannot be captured.
    page.evaluate("Element.prototype.setPointerCapture = () => {}")
    for event in (
        ["pointerdown", 1, 150, 300],
        ["pointerdown", 2, 250, 300],
        ["pointermove", 1, 50, 300],
        ["pointermove", 2, 350, 300],
        ["pointerup", 1, 50, 300],
        ["pointerup", 2, 350, 300],
    ):
        page.evaluate(finger, event)
    assert box(page) == [-400, -150, 1200, 900]  # three times as far apart, around their middle
    # At once: a busy machine would make two single taps of it.
    tap = [[kind, 1, 200, 300] for kind in ("pointerdown", "pointerup")]
    page.evaluate(f"(events) => events.forEach({finger})", tap * 2)
    assert box(page) == [0, 150, 400, 300]


def test_one_to_one_is_sharp_on_fine_screens(browser: Browser, server: ScriptedServer) -> None:
    context = browser.new_context(device_scale_factor=2, viewport={"width": 300, "height": 200})
    with watching(context, server, query="?view=actual") as watcher:
        pixels = noise(201, 101)
        watcher.show(whole(1, encoded(pixels, RectEncoding.PNG), size=(201, 101), exact=True))
        watcher.page.wait_for_selector('body[data-state="live"]')
        shown, (x, y, width, _) = seen(watcher.page)

    left, top = int(x * 2 + 0.5), int(y * 2 + 0.5)
    assert width == 100.5
    assert np.array_equal(shown[top : top + 101, left : left + 201], pixels)
    context.close()


def test_it_turns_and_mirrors_and_has_a_background(watcher: Watcher) -> None:
    page = watcher.page
    page.set_viewport_size({"width": 640, "height": 640})
    eventually(lambda: box(page) == [0, 80, 640, 480])
    page.click("#open-more")
    settle(page)  # a button that still moves may lose a press
    page.click("#rotate")
    eventually(lambda: corners(page) == [BLUE, RED, GREY, GREEN])
    page.click("#mirror")
    eventually(lambda: corners(page) == [GREY, GREEN, BLUE, RED])
    assert page.get_attribute("#mirror", "aria-pressed") == "true"
    for _ in range(3):
        page.click("#rotate")
    eventually(lambda: corners(page) == [GREEN, RED, GREY, BLUE])
    page.fill("#background", "#00ff00")
    page.click("#open-more")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(0, 255, 0)"

    # All of it is there again on this device, for this source only.
    page.reload()
    eventually(lambda: len(watcher.server.queries) == 2)
    show_quarters(watcher)
    eventually(lambda: corners(page) == [GREEN, RED, GREY, BLUE])
    page.goto(watcher.server.address("/watch/other"))
    eventually(lambda: len(watcher.server.queries) == 3)
    show_quarters(watcher)
    eventually(lambda: corners(page) == [RED, GREEN, BLUE, GREY])


def test_it_fills_the_screen_and_leaves_it(watcher: Watcher) -> None:
    page = watcher.page
    page.click("#fullscreen")
    eventually(lambda: page.evaluate("document.fullscreenElement !== null"))
    eventually(lambda: page.get_attribute("#fullscreen", "aria-label") == "Leave full screen")
    page.keyboard.press("f")
    eventually(lambda: page.evaluate("document.fullscreenElement === null"))
    eventually(lambda: page.get_attribute("#fullscreen", "aria-label") == "Full screen")


def test_the_screen_stays_on_while_something_is_watched(browser: Browser, server: ScriptedServer) -> None:
    spy = """
        window.locks = [];
        if (isSecureContext) {  // Firefox runs this in the empty page before as well
            const real = navigator.wakeLock.request.bind(navigator.wakeLock);
            navigator.wakeLock.request = kind => real(kind).then(lock => (locks.push(lock), lock));
        }
    """
    with watching(browser, server, before=spy) as watcher:
        show_quarters(watcher)
        page = watcher.page
        held = "locks.filter(lock => !lock.released).length"
        eventually(lambda: page.evaluate(held) == 1)
        page.click("#open-more")
        page.uncheck("#awake")
        eventually(lambda: page.evaluate(held) == 0)
        page.check("#awake")
        eventually(lambda: page.evaluate(held) == 1)
        server.say("state", {"state": "minimised", "reason": "The window is minimised."})
        eventually(lambda: page.evaluate(held) == 0)


def test_it_goes_into_a_small_window_and_back(watcher: Watcher) -> None:
    page = watcher.page
    page.click("#open-more")
    page.click("#pip")
    eventually(lambda: page.evaluate("document.pictureInPictureElement?.videoWidth ?? 0") == 640)
    assert page.get_attribute("#pip", "aria-pressed") == "true"
    watcher.server.commands.clear()
    page.evaluate(HIDE, True)  # the small window is still looked at
    page.evaluate(HIDE, False)
    page.click("#pip")
    eventually(lambda: page.get_attribute("#pip", "aria-pressed") == "false")

    assert {"command": "pause"} not in watcher.server.commands


# Keeping.


def png(colour: tuple[int, int, int]) -> dict[str, str]:
    """Return what a server says when it was asked for a screenshot."""
    file = io.BytesIO()
    Image.new("RGB", (20, 10), colour).save(file, "PNG")
    return {
        "data_url": f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}",
        "filename": "Demo-2026-01-02-030405.png",
    }


def test_a_screenshot_is_saved_and_said(watcher: Watcher, downloads: Downloads) -> None:
    page = watcher.page
    with downloads.awaited(page) as saved:
        page.keyboard.press("s")
        eventually(lambda: {"command": "take_screenshot"} in watcher.server.commands)
        assert page.inner_text("#note") == "Taking the picture…"
        watcher.server.say("screenshot", png(BLUE))
    picture = Image.open(io.BytesIO(saved.content))

    assert (picture.size, picture.convert("RGB").getpixel((5, 5))) == ((20, 10), BLUE)
    assert saved.name == "Demo-2026-01-02-030405.png"
    eventually(lambda: page.inner_text("#note") == "Saved as Demo-2026-01-02-030405.png")


def test_a_screenshot_that_fails_is_said(watcher: Watcher) -> None:
    watcher.page.click("#screenshot")
    eventually(lambda: {"command": "take_screenshot"} in watcher.server.commands)
    watcher.server.complain("no_picture", "There is no picture to take a screenshot of yet.")
    eventually(lambda: watcher.page.inner_text("#note") == "There is no picture to take a screenshot of yet.")


@pytest.mark.firefox_lacks("pictures on the clipboard while it has no screen")
def test_the_picture_goes_to_the_clipboard(browser: Browser, server: ScriptedServer) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    with watching(context, server) as watcher:
        show_quarters(watcher)
        page = watcher.page
        page.click("#open-more")
        page.click("#copy")
        eventually(lambda: {"command": "take_screenshot"} in server.commands)
        server.say("screenshot", png(GREEN))
        eventually(lambda: page.inner_text("#note") == "The picture is on the clipboard")
        size = page.evaluate(
            """async () => {
                const [item] = await navigator.clipboard.read();
                const bitmap = await createImageBitmap(await item.getType("image/png"));
                return [bitmap.width, bitmap.height];
            }"""
        )

    assert size == [20, 10]
    context.close()


def test_where_copying_is_not_allowed_the_page_says_what_is(browser: Browser, server: ScriptedServer) -> None:
    with watching(browser, server, host=INSECURE) as watcher:
        show_quarters(watcher)
        watcher.page.click("#open-more")
        watcher.page.click("#copy")
        words = watcher.page.inner_text("#note")
        disabled = watcher.page.is_disabled("#awake")

    assert "save a screenshot instead" in words
    assert disabled


def test_what_is_shown_is_recorded_with_the_pointer(watcher: Watcher, downloads: Downloads) -> None:
    page = watcher.page
    page.keyboard.press("r")
    eventually(lambda: page.is_visible("#recording"))
    assert page.get_attribute("#record", "aria-label") == "Stop recording"
    for number in range(2, 12):
        watcher.show(whole(number, fill(0, 0, 640, 480, GREEN if number % 2 else BLUE), size=(640, 480)))
    watcher.show(whole(12, fill(0, 0, 320, 480, RED), size=(320, 480)))  # another size: fitted in
    eventually(lambda: page.inner_text("#recording")[:4] >= "0:01")
    # what lies on the picture steps back, but not the sign that it is recorded
    page.evaluate("document.activeElement.blur(); document.body.classList.add('quiet')")
    settle(page)
    assert [page.evaluate(OPACITY, name) for name in ("recording", "title", "bar")] == [1, 0, 0]
    with downloads.awaited(page) as saved:
        page.click("#record")
    with av.open(io.BytesIO(saved.content)) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]

    assert saved.name.endswith((".mp4", ".webm"))
    assert saved.name.startswith("Demo-20")
    assert len(frames) >= 2
    assert frames[-1].shape == (480, 640, 3)
    middle, side = frames[-1][240, 320].astype(int), frames[-1][240, 40].astype(int)
    assert middle[0] > 180 > 80 > middle[1]
    assert side.max() < 60
    eventually(lambda: page.inner_text("#note").startswith("Saved as Demo-20"))
    assert page.is_hidden("#recording")


# Controls.


def wishes(watcher: Watcher) -> list[dict[str, object]]:
    """Return the options that the viewer asked for while connected."""
    return [command["options"] for command in watcher.server.commands if command["command"] == "update_options"]


def test_wishes_are_told_and_remembered_for_each_source(watcher: Watcher) -> None:
    page = watcher.page
    page.fill("#fps", "12")
    page.click("#open-more")
    page.select_option("#scale", "0.5")
    page.uncheck("#adaptive")
    page.uncheck("#cursor")
    eventually(lambda: len(wishes(watcher)) >= 4)
    assert wishes(watcher) == [{"fps": 12}, {"scale": 0.5}, {"adaptive": 0}, {"cursor": 0}]
    wanted = {"fps": "12", "scale": "0.5", "adaptive": "0", "cursor": "0", "unchanged": "skip"}
    page.reload()
    eventually(lambda: len(watcher.server.queries) == 2)
    assert watcher.server.queries[1] == wanted

    # What the address asks for counts more; another source has its own; and all of it can be forgotten.
    page.goto(watcher.server.address("/watch/demo?fps=5"))
    eventually(lambda: len(watcher.server.queries) == 3)
    assert watcher.server.queries[2] == wanted | {"fps": "5"}
    page.goto(watcher.server.address("/watch/other"))
    eventually(lambda: len(watcher.server.queries) == 4)
    assert watcher.server.queries[3] == {"adaptive": "1", "cursor": "1", "unchanged": "skip"}
    page.goto(watcher.server.address())
    eventually(lambda: len(watcher.server.queries) == 5)
    watcher.is_ready()
    page.click("#open-more")
    page.click("#forget")
    eventually(lambda: len(watcher.server.queries) == 6)
    assert watcher.server.queries[5] == watcher.server.queries[3]


def test_the_controls_follow_the_host_and_say_why_less_is_sent(watcher: Watcher) -> None:
    page = watcher.page
    options = {"fps": 7, "quality": 33, "format": "jpeg", "scale": 0.3, "adaptive": False, "cursor": False}
    watcher.server.say("session_updated", {"options": options, "changed_by": "host"})
    eventually(lambda: page.input_value("#fps") == "7")
    page.click("#open-more")
    assert [page.input_value("#quality"), page.input_value("#scale")] == ["33", "0.3"]
    assert [page.is_checked("#adaptive"), page.is_checked("#cursor")] == [False, False]
    cause = {"kind": "bandwidth", "value": 1.5}
    why = {"changed_by": "adaptation", "reason": "The connection takes 1.5 Mbit/s.", "cause": cause}
    watcher.server.say("session_updated", {"options": options} | why)
    eventually(lambda: page.inner_text("#note") == "Reduced: the connection manages only 1.5 Mbit/s")


def test_storage_that_refuses_is_survived(browser: Browser, server: ScriptedServer) -> None:
    refuse = (
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    with watching(browser, server, before=refuse) as watcher:
        show_quarters(watcher)
        watcher.page.fill("#fps", "12")
        eventually(lambda: wishes(watcher) == [{"fps": 12}])


# States.


@pytest.mark.parametrize(
    ("state", "reason", "sign"),
    [
        ("minimised", "The window is minimised on the other computer", "#s-minimised"),
        ("hidden", "The window is not on the screen at the moment", "#s-hidden"),
        ("blanked", "Blanked by its owner", "#s-blanked"),
        ("waiting", "The display does not answer", "#s-waiting"),
        ("closed", "The window was closed", "#s-closed"),
        ("paused", "Paused by its owner", "#i-pause"),
    ],
)
def test_a_state_is_said_over_the_last_picture(watcher: Watcher, state: str, reason: str, sign: str) -> None:
    page = watcher.page
    watcher.server.say("state", {"state": state, "reason": f"{reason}."})
    page.wait_for_selector(f'body[data-state="{state}"]')

    # What stands there while everything is blanked is no picture that has a time.
    assert page.inner_text("#message").startswith(reason if state == "blanked" else f"{reason} — last picture ")
    assert ("last picture" in page.inner_text("#message")) == (state != "blanked")
    assert page.get_attribute("#sign", "href") == sign
    settle(page)
    assert page.evaluate("getComputedStyle(document.getElementById('frame')).filter") == "grayscale(1)"
    watcher.server.say("state", {"state": "live", "reason": ""})
    eventually(lambda: page.is_hidden("#notice"))


@pytest.mark.parametrize(
    ("code", "reason", "state", "again", "words", "sign"),
    [
        (1001, "server_stopping", "stopped", True, "Sharing was stopped", "stopped"),
        (1001, "moved", "moved", True, "Ask for the new link", "reconnecting"),
        (1001, "restarting", "reconnecting", True, "Sharing is starting anew", "reconnecting"),
        (1008, "flooding", "cut", False, "sent too much at once", "closed"),
        (4400, "invalid_option", "invalid", False, "did not accept a setting", "missing"),
        (4403, "removed", "refused", False, "disconnected you", "refused"),
        (4403, "disconnected", "disconnected", False, "disconnected you", "pause"),
        (4404, "source_not_found", "missing", True, "Nothing is shared", "missing"),
        (4408, "too_slow", "slow", True, "too slow to keep up", "slow"),
        (4429, "too_many_viewers", "full", True, "The viewer limit", "waiting"),
    ],
)
def test_the_end_of_a_connection_is_said(
    watcher: Watcher, code: int, reason: str, state: str, again: bool, words: str, sign: str
) -> None:
    page = watcher.page
    watcher.server.drop(code, reason)
    page.wait_for_selector(f'body[data-state="{state}"]')

    assert words in page.inner_text("#message")
    assert page.get_attribute("#sign", "href").endswith(f"-{sign}"), "a lock for what is no matter of rights"
    assert ("Trying again in" in page.inner_text("#detail")) == again
    page.click("#again")
    eventually(lambda: len(watcher.server.queries) >= 2)
    page.wait_for_selector('body[data-state="live"]')


def test_when_sharing_is_encrypted_the_page_says_so_and_opens_it(browser: Browser, server: ScriptedServer) -> None:
    with watching(browser, server, clock=True) as watcher:
        page = watcher.page
        show_quarters(watcher)
        encrypted = page.url.replace("http://", "https://")
        watcher.server.drop(1001, "encrypted")
        page.wait_for_selector('body[data-state="encrypted"]')

        assert page.inner_text("#message").startswith("Sharing is encrypted now. This page opens anew")
        assert not page.is_visible("#again")
        with page.expect_request(encrypted):
            page.clock.run_for(5000)
        assert len(server.queries) == 1


@pytest.mark.parametrize("sign", ["window.dispatchEvent(new Event('online'))", f"({HIDE})(false)"])
def test_it_connects_at_once_when_the_network_or_the_person_returns(
    browser: Browser, server: ScriptedServer, sign: str
) -> None:
    with watching(browser, server, clock=True) as watcher:
        page = watcher.page
        show_quarters(watcher)
        page.clock.pause_at("2050-01-01")  # no time passes from here on: what happens was not waited for
        server.drop(1012)
        eventually(lambda: page.is_visible("#again"))
        page.evaluate(sign)
        eventually(lambda: len(server.queries) == 2)


def test_a_connection_that_fell_silent_is_given_up(browser: Browser, server: ScriptedServer) -> None:
    server.is_silent = True
    with watching(browser, server, clock=True) as watcher:
        show_quarters(watcher)
        # From here on only as much time passes as the test lets; Playwright cannot stop it without letting some pass.
        seconds = watcher.page.evaluate("Date.now()") / 1000 + 30
        watcher.page.clock.pause_at(datetime.fromtimestamp(seconds, UTC))
        is_heard(watcher)
        watcher.page.clock.run_for(7000)
        assert len(server.queries) == 1
        states = set()
        for _ in range(18):
            watcher.page.clock.run_for(250)
            states.add(watcher.page.get_attribute("body", "data-state"))
        assert "reconnecting" in states
        eventually(lambda: len(server.queries) == 2)


def test_a_computer_that_slept_does_not_take_its_own_silence_for_the_servers(
    browser: Browser, server: ScriptedServer
) -> None:
    server.is_silent = True
    with watching(browser, server, clock=True) as watcher:
        show_quarters(watcher)
        watcher.page.clock.fast_forward(3_600_000)
        is_heard(watcher)
        watcher.page.clock.run_for(3000)
        assert (watcher.page.get_attribute("body", "data-state"), len(server.queries)) == ("live", 1)


def test_a_hidden_page_costs_nothing(watcher: Watcher) -> None:
    page = watcher.page
    page.evaluate(HIDE, True)
    eventually(lambda: {"command": "pause"} in watcher.server.commands)
    watcher.server.say("state", {"state": "paused", "reason": "You paused the pictures."})
    watcher.server.say("session_updated", {"options": {"fps": 9, "quality": 33, "format": "jpeg"}})
    eventually(lambda: page.input_value("#fps") == "9")
    assert page.get_attribute("body", "data-state") == "live"
    page.evaluate(HIDE, False)
    eventually(lambda: {"command": "resume"} in watcher.server.commands)


def test_the_person_pauses_and_goes_on(watcher: Watcher) -> None:
    page = watcher.page
    page.keyboard.press(" ")
    eventually(lambda: {"command": "pause"} in watcher.server.commands)
    watcher.server.say("state", {"state": "paused", "reason": "You paused the pictures."})
    page.wait_for_selector('body[data-state="paused"]')
    page.click("#again")
    eventually(lambda: {"command": "resume"} in watcher.server.commands)


# Figures.


def test_the_statistics_tell_everything_and_can_be_copied(browser: Browser, server: ScriptedServer) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    with watching(context, server) as watcher:
        show_quarters(watcher)
        page = watcher.page
        page.click("#statistics")
        delay = {"capture": 2, "encode": 3, "wait": 4, "network": 5, "decode": 6}
        figures = {"fps": 28.5, "fps_asked": 30, "fps_taken": 29, "frames_skipped": 4, "delay_ms": delay}
        server.say("stats", figures)
        eventually(lambda: page.inner_text("#stat-delay") == "20 ms")
        rates = page.inner_text("#stat-rates").replace("\N{NO-BREAK SPACE}", " ")
        assert rates.startswith("asked 30 · taken 29 · sent 29 · shown ")
        assert [page.inner_text(f"#stat-{name}") for name in ("skipped", "size", "pictures")] == ["4", "640 × 480", "1"]
        eventually(lambda: page.get_attribute("#graph", "aria-label").startswith("The last minute: delay up to 20 ms"))
        eventually(
            lambda: len(Image.open(io.BytesIO(page.locator("#graph").screenshot())).convert("RGB").getcolors()) > 2
        )
        page.click("#copy-figures")
        eventually(lambda: page.inner_text("#note") == "The figures are on the clipboard")
        text = page.evaluate("navigator.clipboard.readText()")
        page.click("#reset")
        assert [page.inner_text(f"#stat-{name}") for name in ("skipped", "pictures")] == ["0", "0"]

    assert "Delay: 20 ms" in text
    assert "Skipped: 4" in text
    context.close()


def test_the_keys_are_listed(watcher: Watcher) -> None:
    page = watcher.page
    page.keyboard.press("?")
    eventually(lambda: page.is_visible("#keys"))
    page.keyboard.press("0")  # is the list's now
    page.keyboard.press("Escape")
    eventually(lambda: page.is_hidden("#keys"))


# Alone, in other languages, for everybody.


def test_clean_is_the_picture_and_nothing_else(browser: Browser, server: ScriptedServer) -> None:
    with watching(browser, server, query="?clean=1") as watcher:
        show_quarters(watcher)
        page = watcher.page
        server.say("state", {"state": "minimised", "reason": "The window is minimised."})
        page.wait_for_selector('body[data-state="minimised"]')
        visible = page.evaluate(
            """[...document.body.querySelectorAll("*")].filter(part =>
                part.checkVisibility({ visibilityProperty: true }) && part.getClientRects().length
                && !part.closest(".symbols")
            ).map(part => part.id)"""
        )

    assert visible == ["stage", "frame", "picture"]


def test_german_is_spoken_to_those_who_ask_for_it(browser: Browser, server: ScriptedServer) -> None:
    context = browser.new_context(locale="de-DE")
    with watching(context, server) as watcher:
        show_quarters(watcher)
        page = watcher.page
        assert (page.inner_text("#state"), page.get_attribute("html", "lang")) == ("Live", "de")
        server.say("state", {"state": "minimised", "reason": "The window is minimised."})
        eventually(lambda: page.inner_text("#message").startswith("Auf dem anderen Computer minimiert – letztes Bild"))
        cause = {"kind": "bandwidth", "value": 1.5}
        why = {"changed_by": "adaptation", "reason": "The connection takes 1.5 Mbit/s.", "cause": cause}
        options = {"fps": 7, "quality": 33, "format": "jpeg"}
        server.say("session_updated", {"options": options} | why)
        eventually(lambda: page.inner_text("#note") == "Verringert: Die Verbindung schafft 1,5 Mbit/s")
    context.close()


PLACES_IN_SIZE = """() => {
    const text = document.getElementById("stat-size").firstChild;
    return ["640", "480"].map((part) => {
        const range = document.createRange();
        range.setStart(text, text.data.indexOf(part));
        range.setEnd(text, text.data.indexOf(part) + 3);
        return range.getBoundingClientRect().left;
    });
}"""
"""How far from the left the width and the height of the picture are written."""


@pytest.mark.parametrize("language", ["qps", "qps-rtl"])
def test_everything_that_is_said_is_translated(browser: Browser, server: ScriptedServer, language: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    with watching(context, server, query=f"?lang={language}") as watcher:
        show_quarters(watcher)
        page = watcher.page
        server.say("stats", {"fps": 1, "fps_asked": 2, "fps_taken": 3, "delay_ms": {"capture": 1, "decode": 2}})
        page.click("#open-more")
        page.click("#statistics")
        page.click("#screenshot")
        server.say("state", {"state": "minimised", "reason": "English, as programs read it."})
        page.wait_for_selector('body[data-state="minimised"]')
        eventually(lambda: page.inner_text("#stat-delay") == "3 ms")
        foreign = page.evaluate(FOREIGN)
        first, second = page.evaluate(PLACES_IN_SIZE)

    assert foreign == []
    assert first < second, "a size is told the wrong way round"
    context.close()


@pytest.mark.parametrize(
    "title",
    ["x" * 65536, "<img src=x onerror=alert(1)><script>1</script>", "\u05d0\u05d1\u05d2 abc", "\U0001f600", "a\ud800b"],
    ids=["long", "html", "rtl", "emoji", "surrogate"],
)
def test_titles_are_only_text(browser: Browser, server: ScriptedServer, title: str) -> None:
    server.windows[0]["title"] = title
    with watching(browser, server) as watcher:
        show_quarters(watcher)
        page = watcher.page
        shown = title.replace("\ud800", "\ufffd")
        eventually(lambda: page.text_content("#title") in (shown, title))
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width == page.evaluate("innerWidth")
        assert page.locator("#title *").count() == 0


@pytest.mark.parametrize("width", [360, 1440])
def test_everybody_can_use_it(watcher: Watcher, width: int) -> None:
    page = watcher.page
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate(AXE.read_text(encoding="utf-8"))

    def faults() -> list[str]:
        settle(page)
        found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
        return [f"{fault['id']}: {[node['html'] for node in fault['nodes']]}" for fault in found]

    assert faults() == []
    page.click("#open-more")
    assert faults() == []
    page.click("#statistics")
    watcher.server.say("stats", {"fps": 1, "delay_ms": {"capture": 1, "decode": 2}})
    eventually(lambda: page.inner_text("#stat-delay") == "3 ms")
    assert faults() == []
    watcher.server.drop(4403)
    page.wait_for_selector('body[data-state="refused"]')
    assert faults() == []
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    eventually(lambda: page.is_visible("#keys"))
    assert faults() == []


def test_every_control_is_reached_by_the_keyboard_in_reading_order(watcher: Watcher) -> None:
    page = watcher.page
    page.click("#open-more")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    # From the last to the first: past the last one Firefox leaves the page for good.
    order: list[str] = []
    while True:
        name = page.evaluate("document.activeElement.id || document.activeElement.tagName")
        if name == "BODY" or name in order:
            break
        order.insert(0, name)
        outlined = page.evaluate("getComputedStyle(document.activeElement).outlineStyle !== 'none'")
        assert outlined, name
        page.keyboard.press("Shift+Tab")
    shown = page.evaluate(
        """[...document.querySelectorAll("a, button, select, input")].filter(part =>
            part.getClientRects().length && !part.disabled && part.checkVisibility()
        ).map(part => part.id || part.tagName)"""
    )

    assert sorted(order) == sorted(shown)
    assert order.index("source") < order.index("view") < order.index("fps") < order.index("statistics")


def test_nothing_moves_for_those_who_wish_so(browser: Browser, server: ScriptedServer) -> None:
    context = browser.new_context(reduced_motion="reduce")
    with watching(context, server) as watcher:
        show_quarters(watcher)
        server.say("state", {"state": "minimised", "reason": "The window is minimised."})
        watcher.page.wait_for_selector('body[data-state="minimised"]')
        assert watcher.page.evaluate("document.getAnimations().length") == 0
    context.close()
