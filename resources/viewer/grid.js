// The first page: every shared source as a card with a small live picture. Only those in sight cost anything.

import "./access/token.js";
import { agoWords, clockWords, sizeWords } from "./text/units.js";
import { streamsAddress, wallPath, watchPath } from "./access/api.js";
import { Channels, whileSeen } from "./stream/channels.js";
import { element } from "./view/dom.js";
import { closeWords, sourceWords, stateAfter, stateWords } from "./text/states.js";
import { Tile, usualWidth } from "./stream/tile.js";
import { plural, translate, word } from "./text/i18n.js";

/** A card is a glance, not a film. */
const GLANCE = { format: "jpeg", fps: 2, quality: 60, adaptive: 0, cursor: 0 };
const WIDEST = 640;
/** As many as the server lets one page have, less a few that are on their way out. */
const MOST_OPEN = 60;
/** What is scrolled past within this time is never begun; milliseconds. */
const SETTLED = 120;
const LONGEST_SETTLING = 600;
/** What was scrolled out of sight for a moment goes on. */
const GRACE = 1000;
const OPENED = "panecast-opened-alone";
/** For so long a picture has only just changed; milliseconds. */
const JUST_NOW = 2000;

/** @typedef {import("./access/api.js").Source} Source */

translate(document);

/** @param {Date} moment when the picture was another one */
function changedWords(moment) {
  return Date.now() - moment.getTime() < JUST_NOW ? word("grid.changed.now") : word("grid.changed", { ago: agoWords(moment) });
}

class Card {
  /** @param {Source} source */
  constructor(source) {
    this.source = source;
    this.id = String(source.handle);
    this.inSight = false;
    this.leftAt = 0;
    this.item = document.createElement("li");
    this.item.dataset.source = this.id;
    this.link = document.createElement("a");
    this.link.href = watchPath(this.id);
    const picture = document.createElement("div");
    picture.className = "picture";
    this.canvas = Object.assign(document.createElement("canvas"), { width: 16, height: 9 });
    this.canvas.setAttribute("aria-hidden", "true");
    this.over = document.createElement("p");
    this.title = document.createElement("strong");
    this.about = document.createElement("span");
    this.state = document.createElement("span");
    this.state.className = "state";
    picture.append(this.canvas, this.over);
    this.link.append(picture, this.title, this.about, this.state);
    this.item.append(this.link);
    this.tile = new Tile(channels, this.id, this.canvas, GLANCE, () => this.write());
    this.write();
  }

  /** @param {Source} source */
  update(source) {
    this.source = source;
    this.tile.isRefused = false;
    this.write();
  }

  /** Pay for pictures only while the card can be seen. @param {boolean} isWanted */
  want(isWanted) {
    if (isWanted) {
      this.tile.ask({ ...GLANCE, max_width: usualWidth(this.item.clientWidth || 320, WIDEST) });
    }
    this.tile.want(isWanted);
  }

  write() {
    const { tile, source } = this;
    // Of what is not watched only the list tells; it knows less than a stream.
    const state = lost || (tile.isOpen && tile.state !== "connecting" ? tile.state : source.state);
    put(this.title, sourceWords(source));
    put(this.about, [source.app !== source.title ? source.app : "", sizeWords(source.width, source.height)].filter(Boolean).join(" · "));
    const isLive = state === "live";
    const changed = isLive && tile.isOpen && tile.changedAt ? changedWords(tile.changedAt) : "";
    put(this.state, changed ? `${stateWords(state)} · ${changed}` : stateWords(state));
    const what = tile.isOpen && tile.state === state ? tile.reason : stateWords(state);
    put(this.over, isLive ? "" : tile.lastPicture && !tile.isBlank ? word("picture.age", { what, time: clockWords(tile.lastPicture) }) : what);
    this.item.dataset.state = state;
    this.item.dataset.open = String(tile.isOpen);
  }
}

/**
 * Write a text that is not there already: what stays the same need not be laid out again.
 * @param {HTMLElement} place
 * @param {string} text
 */
function put(place, text) {
  if (place.textContent !== text) {
    place.textContent = text;
  }
}

/** The state of a connection that is down, "" while it is up. */
let lost = "";
/** What was said when the connection fell for good. */
let hasSources = false;
/** @type {Map<string, Card>} */
const cards = new Map();
/** The chosen ones, in the order of choosing; null while nothing is being chosen. @type {Set<string> | null} */
let chosen = null;

const channels = new Channels(streamsAddress, {
  trying: () => {},
  opened: () => {
    lost = "";
    settleSoon();
  },
  sources: show,
  waiting: (seconds, code, reason) => lose(code, reason, word("retry.in", { seconds })),
  barred: () => void door.ask(),
  ended: (code, reason) => lose(code, reason, "", word("retry.button")),
});

const observer = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      const card = cards.get(/** @type {HTMLElement} */ (entry.target).dataset.source ?? "");
      if (card) {
        card.inSight = entry.isIntersecting;
        card.leftAt = performance.now();
      }
    }
    settleSoon();
  },
  { rootMargin: "60px" },
);

/** @type {ReturnType<typeof setTimeout> | undefined} */
let settling;
let unsettledAt = 0;

function settleSoon() {
  const now = performance.now();
  unsettledAt ||= now;
  clearTimeout(settling);
  settling = setTimeout(settle, Math.min(SETTLED, Math.max(0, unsettledAt + LONGEST_SETTLING - now)));
}

/** Open what is in sight and close what is not. */
function settle() {
  unsettledAt = 0;
  const now = performance.now();
  let left = MOST_OPEN;
  let isLeaving = false;
  for (const card of cards.values()) {
    const lingers = !card.inSight && card.tile.isOpen && now - card.leftAt < GRACE;
    isLeaving ||= lingers;
    const isWanted = left > 0 && (card.inSight || lingers);
    left -= isWanted ? 1 : 0;
    card.want(isWanted);
    card.write();
  }
  if (isLeaving) {
    setTimeout(settleSoon, GRACE);
  }
}

/** @param {Source[]} sources */
function show(sources) {
  hasSources = true;
  document.body.classList.add("pictured");
  const ids = new Set(sources.map((source) => String(source.handle)));
  for (const [id, card] of cards) {
    if (!ids.has(id)) {
      card.want(false);
      observer.unobserve(card.item);
      remove(card);
    }
  }
  for (const source of sources) {
    const known = cards.get(String(source.handle));
    if (known) {
      known.update(source);
    } else {
      const card = new Card(source);
      cards.set(card.id, card);
      element("cards").append(card.item);
      observer.observe(card.item);
    }
  }
  if (sources.length === 1 && cameAlone()) {
    location.assign(watchPath(sources[0].handle));
  }
  settleSoon();
  write();
}

/** @param {Card} card */
function remove(card) {
  const hadFocus = card.item.contains(document.activeElement);
  const next = /** @type {HTMLElement | null} */ (card.item.nextElementSibling ?? card.item.previousElementSibling);
  card.item.remove();
  cards.delete(card.id);
  chosen?.delete(card.id);
  if (hadFocus) {
    next?.querySelector("a")?.focus();
  }
}

/** Whether this is the first time that this tab finds one source alone: who comes back from it wants to see the list. */
function cameAlone() {
  try {
    const isFirst = !sessionStorage.getItem(OPENED);
    sessionStorage.setItem(OPENED, "yes");
    return isFirst;
  } catch {
    return false;
  }
}

/**
 * The connection is down.
 * @param {number} code
 * @param {string} reason
 * @param {string} detail
 * @param {string} [button]
 */
function lose(code, reason, detail, button = "") {
  lost = stateAfter(code, reason);
  cards.forEach((card) => {
    card.tile.state = "connecting";
    card.write();
  });
  write(closeWords(code, reason), detail, button);
}

/**
 * @param {string} [heading] what happened, when the connection is down
 * @param {string} [detail]
 * @param {string} [button]
 */
function write(heading = "", detail = "", button = "") {
  document.body.dataset.state = lost || (cards.size ? "live" : "waiting");
  const isEmpty = hasSources && cards.size === 0;
  put(element("state"), lost ? [heading, detail].filter(Boolean).join(" · ") : plural("grid.count", cards.size));
  element("again").hidden = !button;
  element("message").hidden = !isEmpty && !(lost && cards.size === 0);
  put(element("heading"), lost ? heading : word("grid.empty"));
  put(element("detail"), lost ? detail : word("grid.empty.about"));
  writeChoice();
}

// Choosing several for a wall.

function writeChoice() {
  document.body.classList.toggle("choosing", chosen !== null);
  element("wall").hidden = chosen !== null || cards.size < 2;
  element("choice").hidden = chosen === null;
  const count = chosen?.size ?? 0;
  put(element("chosen"), count ? plural("grid.chosen", count) : word("grid.choose"));
  element("go").disabled = count === 0;
  cards.forEach(({ id, link }) => {
    if (chosen) {
      link.setAttribute("role", "checkbox");
      link.setAttribute("aria-checked", String(chosen.has(id)));
    } else {
      link.removeAttribute("role");
      link.removeAttribute("aria-checked");
    }
  });
}

/** @param {boolean} isChoosing */
function choose(isChoosing) {
  chosen = isChoosing ? new Set() : null;
  writeChoice();
  (isChoosing ? element("cards").querySelector("a") : element("wall"))?.focus();
}

/** @param {Event} event on a card */
function toggle(event) {
  const id = /** @type {HTMLElement} */ (event.target).closest("li")?.dataset.source;
  if (chosen && id) {
    event.preventDefault();
    if (!chosen.delete(id)) {
      chosen.add(id);
    }
    writeChoice();
  }
}

element("cards").addEventListener("click", toggle);
document.addEventListener("keydown", (event) => {
  if (event.key === " " && chosen && /** @type {HTMLElement} */ (event.target).closest("#cards")) {
    toggle(event);
  } else if (event.key === "Escape" && chosen) {
    choose(false);
  }
});
element("wall").addEventListener("click", () => choose(true));
element("cancel").addEventListener("click", () => choose(false));
element("all").addEventListener("click", () => {
  chosen = new Set(cards.keys());
  writeChoice();
});
element("go").addEventListener("click", () => {
  const ids = [...(chosen ?? [])];
  location.assign(ids.length === 1 ? watchPath(ids[0]) : wallPath(ids));
});
element("again").addEventListener("click", () => channels.connect());

window.addEventListener("resize", settleSoon);
setInterval(() => {
  if (!document.hidden) {
    cards.forEach((card) => card.inSight && card.write());
  }
}, 1000);
const door = whileSeen(channels);
door.open();
