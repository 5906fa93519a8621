// The page that watches one source: puts stream, picture, controls and statistics together.

import { addressedOptions, sharedSources, streamAddress, watchPath } from "./api.js";
import { hideWhenQuiet } from "./bar.js";
import { Controls, isVideo } from "./controls.js";
import { Pointer } from "./pointer.js";
import { save } from "./screenshot.js";
import { Statistics } from "./statistics.js";
import { Stream, videoWay } from "./stream.js";
import { clockWords } from "./amounts.js";
import { closeWords, stateWords } from "./states.js";

const LIST_PAUSE = 4000;

/**
 * @param {string} id
 * @returns {any}
 */
const element = (id) => document.getElementById(id);
const isClean = new URLSearchParams(location.search).get("clean") === "1";
document.body.classList.toggle("clean", isClean);

const video = await videoWay();
let canVideo = video !== "none";
let sourceId = decodeURIComponent(location.pathname.split("/")[2] ?? "");
/** What the viewer asks for here; sent again when the connection comes back. @type {Record<string, string | number>} */
let wishes = addressedOptions(location.search);
if (!canVideo && isVideo(String(wishes.format ?? "auto"))) {
  // What the host chose may be video.
  wishes = { ...wishes, format: "jpeg" };
}
/** @type {Date | null} */
let lastPicture = null;
/** The last error the server named, for the sentence after a close. */
let lastError = "";

const statistics = new Statistics();
const pointer = new Pointer(element("pointer"));
const controls = new Controls(wish);
const address = () => streamAddress(sourceId, { unchanged: "skip", adaptive: 1, cursor: 1, ...wishes });
const stream = new Stream(
  element("picture"),
  address,
  {
    trying: () => {
      pointer.hide();
      setState(lastPicture ? "reconnecting" : "connecting", "", lastPicture ? "Connecting…" : "");
    },
    opened: () => {
      lastError = "";
      statistics.connected(true);
      if (document.hidden) {
        stream.send({ command: "pause" });
      }
    },
    heard: hear,
    drawn,
    pointer: (place) => pointer.show(place),
    noVideo: () => {
      doWithoutVideo();
      wish({ format: "jpeg" });
      controls.stand("This browser cannot show the video, so pictures come instead.");
    },
    waiting: (seconds, code) => {
      statistics.connected(false);
      const words = code === 4404 && document.body.dataset.state === "closed" ? stateWords("closed") : closeWords(code);
      setState(code === 4404 ? "missing" : "reconnecting", lastError || words, `Trying again in ${seconds} s`);
    },
    ended: (code) => {
      statistics.connected(false);
      setState(code === 1000 ? "disconnected" : "refused", lastError || closeWords(code), "");
    },
  },
  video,
);

/** @param {Record<string, string | number>} options */
function wish(options) {
  wishes = { ...wishes, ...options };
  stream.send({ command: "update_options", options });
}

function doWithoutVideo() {
  canVideo = false;
  controls.withoutVideo();
}

/** @param {import("./pictures.js").Drawn} picture */
function drawn(picture) {
  const frame = element("frame");
  for (const name of /** @type {const} */ (["width", "height"])) {
    if (frame.dataset[name] !== String(picture[name])) {
      frame.dataset[name] = String(picture[name]);
      frame.style.setProperty(`--${name}`, frame.dataset[name]);
    }
  }
  statistics.received(picture.bytes);
  const isFirst = lastPicture === null;
  lastPicture = new Date();
  if (isFirst && ["connecting", "live"].includes(document.body.dataset.state ?? "")) {
    setState("live");
  }
}

/** @param {any} message */
function hear(message) {
  switch (message.type) {
    case "session_started":
    case "session_updated":
      controls.show(message.data.options, message.data.reason);
      if (message.data.changed_by === "host") {
        const { fps, quality, format } = message.data.options;
        wishes = Object.fromEntries(Object.entries({ fps, quality, format }).filter(([name]) => name in wishes));
        if (!canVideo && isVideo(format)) {
          wish({ format: "jpeg" });
        }
      }
      break;
    case "stats":
      statistics.delay = message.data.delay_ms ?? null;
      break;
    case "state":
      // A tab that is hidden pauses by itself: nobody has to be told.
      if (!(message.data.state === "paused" && document.hidden)) {
        setState(message.data.state, message.data.state === "live" ? "" : message.data.reason, "");
      }
      break;
    case "screenshot":
      save(message.data);
      break;
    case "error":
      lastError = message.error.message;
      if (message.error.code === "no_video") {
        controls.stand(lastError);
      }
      if (message.error.code === "no_picture") {
        setState(document.body.dataset.state ?? "live", lastError, "");
      }
      break;
  }
}

/**
 * Show a state in words: over the picture while it is not live, and in the chip.
 * @param {string} state
 * @param {string} [reason]
 * @param {string} [detail]
 */
function setState(state, reason = "", detail = "") {
  document.body.dataset.state = state;
  element("state").textContent = stateWords(state);
  const notice = element("notice");
  const isQuiet = state === "live" || (state === "connecting" && !detail);
  notice.hidden = isQuiet;
  const age = lastPicture && !isQuiet ? ` — last picture ${clockWords(lastPicture)}` : "";
  element("message").textContent = isQuiet ? "" : (reason || stateWords(state)).replace(/\.$/, age ? "" : ".") + age;
  element("detail").textContent = detail;
  element("again").hidden = !["reconnecting", "missing", "refused", "disconnected"].includes(state);
  element("connect").textContent = stream.isWanted ? "Disconnect" : "Connect";
  element("screenshot").disabled = !stream.isOpen || !lastPicture;
}

/** Fill the choice of sources; the one that is watched stays in it even when it is shared no longer. */
async function listSources() {
  const select = /** @type {HTMLSelectElement} */ (element("source"));
  try {
    const sources = await sharedSources();
    const entries = sources.map((source) => /** @type {[string, string]} */ ([String(source.handle), source.title || source.app || String(source.handle)]));
    const here = entries.find(([id]) => id === sourceId);
    if (!here) {
      entries.push([sourceId, "Not shared at the moment"]);
    }
    element("title").textContent = here ? here[1] : "Panecast";
    document.title = here ? `${here[1]} – Panecast` : "Panecast";
    const before = JSON.stringify(Array.from(select.options, (option) => [option.value, option.text]));
    if (before !== JSON.stringify(entries)) {
      select.replaceChildren(...entries.map(([id, title]) => new Option(title, id, id === sourceId, id === sourceId)));
    }
  } catch {
    // The connection tells of a server that is gone; the list stays as it was.
  }
}

/** @param {string} id */
function choose(id) {
  sourceId = id;
  history.pushState(null, "", watchPath(id) + location.search);
  change();
}

/** Watch the source that the address names now. */
function change() {
  lastPicture = null;
  lastError = "";
  pointer.hide();
  stream.open();
  void listSources();
}

element("source").addEventListener("change", (/** @type {any} */ event) => choose(event.target.value));
element("connect").addEventListener("click", () => {
  if (stream.isWanted) {
    stream.close();
    statistics.connected(false);
    setState("disconnected", closeWords(1000), "");
  } else {
    stream.open();
  }
});
element("again").addEventListener("click", () => (stream.isWanted ? stream.hurry() : stream.open()));
element("screenshot").addEventListener("click", () => stream.send({ command: "take_screenshot" }));
element("reset").addEventListener("click", () => {
  statistics.reset();
  statistics.show();
});
element("statistics").addEventListener("click", () => {
  const figures = element("figures");
  figures.hidden = !figures.hidden;
  element("statistics").setAttribute("aria-expanded", String(!figures.hidden));
  statistics.show();
});
element("fullscreen").addEventListener("click", () => {
  void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
});
window.addEventListener("popstate", () => {
  sourceId = decodeURIComponent(location.pathname.split("/")[2] ?? "");
  change();
});
window.addEventListener("online", () => stream.hurry());
document.addEventListener("visibilitychange", () => {
  stream.send({ command: document.hidden ? "pause" : "resume" });
  if (!document.hidden) {
    stream.hurry();
    void listSources();
  }
});

setInterval(() => {
  if (!document.hidden && !element("figures").hidden) {
    statistics.show();
  }
}, 500);
setInterval(() => {
  if (!document.hidden) {
    void listSources();
  }
}, LIST_PAUSE);
if (!canVideo) {
  doWithoutVideo();
}
hideWhenQuiet();
void listSources();
stream.open();
