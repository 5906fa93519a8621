// The first page: every shared source as a card with a small live picture.

import { sharedSources, streamAddress, watchPath } from "./api.js";
import { Stream } from "./stream.js";
import { stateWords } from "./states.js";

const LIST_PAUSE = 2000;
/** A card is a glance, not a film: small, and one picture a second at most. */
const TILE = { format: "jpeg", fps: 1, quality: 60, max_width: 480, unchanged: "skip", adaptive: 0, cursor: 0 };
const OPENED = "panecast-opened-alone";

/** @typedef {import("./api.js").Source} Source */

class Card {
  /** @param {Source} source */
  constructor(source) {
    this.id = String(source.handle);
    this.item = document.createElement("li");
    this.item.dataset.source = this.id;
    const link = document.createElement("a");
    link.href = watchPath(this.id);
    const canvas = document.createElement("canvas");
    canvas.width = 16;
    canvas.height = 9;
    canvas.setAttribute("role", "img");
    this.canvas = canvas;
    this.title = document.createElement("strong");
    this.about = document.createElement("span");
    link.append(canvas, this.title, this.about);
    this.item.append(link);
    this.state = source.state;
    this.source = source;
    const listener = {
      trying: () => {},
      opened: () => {},
      ended: () => {},
      waiting: () => {},
      heard: (/** @type {any} */ message) => {
        if (message.type === "state") {
          this.state = message.data.state;
          this.write();
        }
      },
      drawn: () => this.item.classList.add("has-picture"),
    };
    this.stream = new Stream(canvas, () => streamAddress(this.id, TILE), listener);
    this.update(source);
  }

  /** @param {Source} source */
  update(source) {
    this.source = source;
    this.write();
  }

  write() {
    const { title, app, width, height } = this.source;
    const name = title || app || this.id;
    const words = [app && app !== name ? app : "", `${width}×${height}`, stateWords(this.state).toLowerCase()];
    this.title.textContent = name;
    this.about.textContent = words.filter(Boolean).join(" · ");
    this.canvas.setAttribute("aria-label", `Live picture of ${name}`);
    this.item.dataset.state = this.state;
  }

  /** Pay for pictures only while the card can be seen. @param {boolean} isSeen */
  see(isSeen) {
    if (isSeen && !this.stream.isWanted) {
      this.stream.open();
    } else if (!isSeen) {
      this.stream.close();
    }
  }
}

/** @type {Map<string, Card>} */
const cards = new Map();
const list = /** @type {HTMLElement} */ (document.getElementById("cards"));
/** @type {Set<string>} */
const inSight = new Set();
const observer = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const id = /** @type {HTMLElement} */ (entry.target).dataset.source ?? "";
    if (entry.isIntersecting) {
      inSight.add(id);
    } else {
      inSight.delete(id);
    }
    cards.get(id)?.see(entry.isIntersecting && !document.hidden);
  }
});

/** @param {Source[]} sources */
function show(sources) {
  const ids = new Set(sources.map((source) => String(source.handle)));
  for (const [id, card] of cards) {
    if (!ids.has(id)) {
      card.see(false);
      observer.unobserve(card.item);
      card.item.remove();
      cards.delete(id);
    }
  }
  for (const source of sources) {
    const known = cards.get(String(source.handle));
    if (known) {
      known.update(source);
    } else {
      const card = new Card(source);
      cards.set(card.id, card);
      list.append(card.item);
      observer.observe(card.item);
    }
  }
  if (sources.length === 1 && !sessionStorage.getItem(OPENED)) {
    sessionStorage.setItem(OPENED, "yes");
    location.assign(watchPath(sources[0].handle));
  }
}

/**
 * @param {string} state
 * @param {string} status
 * @param {string} [heading]
 * @param {string} [text]
 */
function say(state, status, heading = "", text = "") {
  document.body.dataset.state = state;
  /** @type {HTMLElement} */ (document.getElementById("state")).textContent = status;
  const message = /** @type {HTMLElement} */ (document.getElementById("message"));
  message.hidden = !heading;
  /** @type {HTMLElement} */ (message.querySelector("h2")).textContent = heading;
  /** @type {HTMLElement} */ (message.querySelector("p")).textContent = text;
}

async function refresh() {
  try {
    const sources = await sharedSources();
    show(sources);
    if (sources.length) {
      say("live", sources.length === 1 ? "1 source is shared" : `${sources.length} sources are shared`);
    } else {
      say("waiting", "", "Nothing is shared at the moment", "As soon as something is shared on the other computer, it appears here.");
    }
  } catch {
    say("reconnecting", "Connection lost", cards.size ? "" : "The other computer does not answer", "This page keeps trying.");
  }
}

document.addEventListener("visibilitychange", () => {
  for (const id of inSight) {
    cards.get(id)?.see(!document.hidden);
  }
});
setInterval(() => {
  if (!document.hidden) {
    void refresh();
  }
}, LIST_PAUSE);
void refresh();
