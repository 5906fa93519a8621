// The page that watches one source: puts stream, picture, controls and statistics together.

import "./access/token.js";
import { addressedOptions, fetched, sharedSources, streamAddress, watchPath } from "./access/api.js";
import { hideWhenQuiet } from "./view/autohide.js";
import { Controls, isVideo } from "./tools/controls.js";
import { Auth } from "./access/auth.js";
import { element } from "./view/dom.js";
import { Notice } from "./view/notice.js";
import { mayPlay } from "./video/player.js";
import { Pointer } from "./draw/pointer.js";
import { recall, remember } from "./tools/storage.js";
import { Stage } from "./view/stage.js";
import { causeWords, closeWords, errorWords, reasonWords, sourceWords, stateAfter } from "./text/states.js";
import { Statistics } from "./tools/stats.js";
import { Stream } from "./stream/stream.js";
import { hasWord, translate, word } from "./text/i18n.js";

const LIST_PAUSE = 4000;
const SAID = 6000;
/** What is done besides looking is fetched after the first picture; or, if none comes, after so many milliseconds. */
const FIRST_PICTURE = 1000;
/** What is remembered of the view, not of the stream. */
const VIEWED = ["view", "turn", "mirror", "background"];

translate(document);
const addressed = Object.fromEntries(new URLSearchParams(location.search));
const isClean = addressed.clean === "1";
document.body.classList.toggle("clean", isClean);

let canVideo = mayPlay();
let sourceId = addressedSource();
/** What the viewer asks for here; sent again when the connection comes back. @type {Record<string, any>} */
let wishes = {};
/** @type {Date | null} */
let lastPicture = null;
/** Whether what is shown is what comes in place of pictures; when that was is nothing to tell. */
let isBlank = false;
/** The last error the server named, for the sentence after a close. */
let lastError = "";
/** The state since the connection fell, "" while it is up. */
let fallen = "";
/** Whether the person paused. A hidden tab pauses too, but nobody has to be told. */
let isPaused = false;
/** Whether the server knows that nothing is to be sent. */
let isToldToPause = false;

/** @type {() => void} */
let pictureCame = () => {};
/** @type {Promise<void>} */
const firstPicture = new Promise((done) => (pictureCame = done));

const statistics = new Statistics();
const notice = new Notice();
const pointer = new Pointer(element("pointer"));
const controls = new Controls(wish);
const stage = new Stage(keepWishes);
/** @type {import("./tools/tools.js").Tools | null} */
let tools = null;
const stream = new Stream(
  element("picture"),
  () => streamAddress(sourceId, { unchanged: "skip", adaptive: 1, cursor: 1, ...wishes }),
  {
    trying: () => {
      pointer.hide();
      tell(fallen || (lastPicture ? "reconnecting" : "connecting"), { detail: lastPicture || fallen ? word("retry.now") : "" });
    },
    opened: () => {
      lastError = fallen = "";
      isToldToPause = false;
      statistics.connected(true);
      pauseOrGoOn();
    },
    heard: hear,
    drawn,
    pointer: (place) => {
      pointer.show(place);
      tools?.drawn();
    },
    noVideo: () => {
      doWithoutVideo();
      wish({ format: "jpeg" });
      controls.stand(word("error.no_video_here"));
    },
    waiting: (seconds, code, reason) => {
      lost();
      // That nobody answers is no news where the reason for it is known.
      const isKnown = code === 1006 && fallen !== "";
      const hasClosed = code === 4404 && [notice.state, fallen].includes("closed");
      fallen = isKnown ? fallen : hasClosed ? "closed" : stateAfter(code, reason);
      tell(fallen, {
        reason: isKnown || hasClosed ? "" : said(code, reason),
        detail: word("retry.in", { seconds }),
        button: word("retry.button"),
      });
    },
    barred: () => void listSources(),
    ended: (code, reason) => {
      lost();
      // Trying here again would not help where the page goes to another address.
      tell(stateAfter(code, reason), { reason: said(code, reason), button: reason === "encrypted" ? "" : word("retry.button") });
    },
  },
);

const door = new Auth({
  id: () => sourceId,
  go: change,
  hold: () => {
    stream.close();
    lost();
    tools?.leave();
    tell("connecting");
  },
});

function addressedSource() {
  try {
    return decodeURIComponent(location.pathname.split("/").pop() ?? "");
  } catch {
    return "";
  }
}

/**
 * Return why the connection was closed: in the server's words where the page has none of its own for it.
 * @param {number} code
 * @param {string} reason
 */
function said(code, reason) {
  return hasWord(`close.${reason}`) ? closeWords(code, reason) : lastError || closeWords(code, reason);
}

/**
 * @param {string} state
 * @param {import("./view/notice.js").Told} [told]
 */
function tell(state, told = {}) {
  isBlank ||= state === "blanked";
  notice.show(state, { ...told, lastPicture: isBlank ? null : lastPicture });
  element("connect").textContent = word(stream.isWanted ? "control.disconnect" : "control.connect");
  tools?.told(state, stream.isOpen && lastPicture !== null);
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let silence;

/** Tell the person how something went, for a while. @param {string} words */
function say(words) {
  controls.say(words);
  clearTimeout(silence);
  silence = setTimeout(() => controls.say(controls.standing), SAID);
}

/** The connection is down. */
function lost() {
  statistics.connected(false);
  tools?.failed(word("about.reconnecting"));
}

/** @param {Record<string, string | number>} options */
function wish(options) {
  wishes = { ...wishes, ...options };
  stream.send({ command: "update_options", options });
  keepWishes();
}

function keepWishes() {
  remember(sourceId, { ...wishes, ...stage.wishes() });
}

/** Take up what this device remembers of the source, and what the address asks for. */
function takeUpWishes() {
  const known = recall(sourceId);
  wishes = Object.fromEntries(Object.entries(known).filter(([name]) => !VIEWED.includes(name)));
  Object.assign(wishes, addressedOptions(location.search));
  if (!canVideo && isVideo(String(wishes.format ?? "auto"))) {
    // What the host chose may be video.
    wishes.format = "jpeg";
  }
  stage.restore({ ...known, ...addressed });
}

function doWithoutVideo() {
  canVideo = false;
  controls.withoutVideo();
}

/** Have the server send, or not, as the person and the tab wish. */
function pauseOrGoOn() {
  const isToPause = isPaused || (document.hidden && !tools?.isBusy);
  if (isToPause !== isToldToPause) {
    isToldToPause = isToPause;
    stream.send({ command: isToPause ? "pause" : "resume" });
  }
}

function togglePause() {
  isPaused = !isPaused;
  element("pause").querySelector("use").setAttribute("href", isPaused ? "#i-play" : "#i-pause");
  element("pause").querySelector("span").textContent = word(isPaused ? "act.resume" : "act.pause");
  pauseOrGoOn();
}

/** @param {import("./stream/queue.js").Drawn} picture */
function drawn(picture) {
  stage.show(picture);
  statistics.received(picture);
  tools?.drawn();
  const isFirst = lastPicture === null;
  lastPicture = new Date();
  isBlank = notice.state === "blanked";
  document.body.classList.add("pictured");
  if (isFirst) {
    pictureCame();
    element("picture").classList.add("has-picture");
    if (["connecting", "live"].includes(notice.state)) {
      tell("live");
    }
  }
}

/** @param {any} message */
function hear(message) {
  switch (message.type) {
    case "session_started":
    case "session_updated":
      updated(message.data);
      break;
    case "stats":
      statistics.told(message.data);
      break;
    case "state":
      hearState(message.data);
      break;
    case "screenshot":
      tools?.arrived(message.data);
      break;
    case "error":
      lastError = errorWords(message.error);
      if (message.error.code === "no_video") {
        controls.stand(lastError);
      }
      if (["no_picture", "cannot_encode"].includes(message.error.code)) {
        tools?.failed(lastError);
        say(lastError);
      }
      break;
  }
}

/** @param {any} data of `session_started` or `session_updated` */
function updated(data) {
  const cause = causeWords(data);
  controls.show(data.options, cause);
  statistics.quality = data.options.format === "png" ? null : data.options.quality;
  statistics.cause = cause;
  if (data.changed_by === "host") {
    const { fps, quality, format } = data.options;
    Object.assign(wishes, Object.fromEntries(Object.entries({ fps, quality, format }).filter(([name]) => name in wishes)));
    if (!canVideo && isVideo(format)) {
      wish({ format: "jpeg" });
    }
  }
}

/** @param {{state: string}} told what the server says of the source */
function hearState(told) {
  const { state } = told;
  if (state === "paused" && isToldToPause && !isPaused) {
    return;
  }
  const isOurs = state === "paused" && isPaused;
  tell(state, state === "live" ? {} : { reason: reasonWords(told), button: isOurs ? word("resume.button") : "" });
}

/** Whether the server is being asked: who has no right to it is not to ask twice. */
let isListing = false;

/** Fill the choice of sources; the one that is watched stays in it even when it is shared no longer. */
async function listSources() {
  if (door.isShut || isListing) {
    return;
  }
  isListing = true;
  const select = /** @type {HTMLSelectElement} */ (element("source"));
  try {
    const sources = await sharedSources();
    const names = new Map(sources.map((source) => [String(source.handle), sourceWords(source)]));
    const name = names.get(sourceId) ?? element("title").textContent ?? sourceId;
    if (names.has(sourceId)) {
      element("title").textContent = name;
      element("picture").setAttribute("aria-label", word("picture.of", { name }));
      document.title = `${name} — Panecast`;
    } else {
      names.set(sourceId, name);
    }
    const known = new Map(Array.from(select.options, (option) => [option.value, option.text]));
    if ([...names].join("\n") !== [...known].join("\n")) {
      select.replaceChildren(...Array.from(names, ([id, text]) => new Option(text, id, id === sourceId, id === sourceId)));
    }
  } catch (error) {
    // The connection tells of a server that is gone; the list stays as it was.
    door.hear(error);
  }
  isListing = false;
}

/** Watch the source that the address names now. */
function change() {
  if (door.isShut) {
    return;
  }
  lastPicture = null;
  isBlank = false;
  lastError = fallen = "";
  isPaused && togglePause();
  pointer.hide();
  takeUpWishes();
  stream.open();
  void listSources();
}

function again() {
  if (isPaused && stream.isOpen) {
    togglePause();
  } else if (stream.isWanted) {
    stream.hurry();
  } else {
    stream.open();
  }
}

const clicks = {
  again,
  connect: () => {
    if (stream.isWanted) {
      stream.close();
      lost();
      tell("disconnected", { button: word("control.connect") });
    } else {
      stream.open();
    }
  },
  forget: () => {
    remember(sourceId, {});
    change();
  },
  pause: togglePause,
};
for (const [id, deed] of Object.entries(clicks)) {
  element(id).addEventListener("click", deed);
}
element("source").addEventListener("change", (/** @type {any} */ event) => {
  sourceId = event.target.value;
  history.pushState(null, "", watchPath(sourceId) + location.search);
  change();
});
window.addEventListener("popstate", () => {
  sourceId = addressedSource();
  change();
});
window.addEventListener("online", () => stream.hurry());
document.addEventListener("visibilitychange", () => {
  pauseOrGoOn();
  if (!document.hidden) {
    stream.hurry();
    void listSources();
  }
});
setInterval(() => {
  if (!document.hidden) {
    void listSources();
  }
}, LIST_PAUSE);
if (!canVideo) {
  doWithoutVideo();
}
hideWhenQuiet();
door.open();

await Promise.race([firstPicture, new Promise((done) => setTimeout(done, FIRST_PICTURE))]);
// Controls come with the frame after the picture's own.
requestAnimationFrame(() => setTimeout(() => document.body.classList.add("begun")));
/** @type {typeof import("./tools/tools.js")} */
const { Tools } = await fetched("tools/tools.js");
tools = new Tools({ stream, stage, statistics, notice, isClean, say, pauseOrGoOn, togglePause });
tools.told(notice.state, stream.isOpen && lastPicture !== null);
document.body.classList.add("ready");
