// Several sources side by side: their order and the number of columns are in the page's address.

import "./access/token.js";
import { clockWords } from "./text/units.js";
import { addressedOptions, streamsAddress, wallPath } from "./access/api.js";
import { hideWhenQuiet } from "./view/autohide.js";
import { Channels, whileSeen } from "./stream/channels.js";
import { element } from "./view/dom.js";
import { bestColumns, cell, fitted } from "./view/layout.js";
import { mayPlay } from "./video/player.js";
import { Pointer } from "./draw/pointer.js";
import { closeWords, sourceWords, stateAfter, stateWords } from "./text/states.js";
import { Tile, usualWidth } from "./stream/tile.js";
import { plural, translate, word } from "./text/i18n.js";

/** All tiles together get about so many pictures a second; one alone never more than 30, nor less than 5. */
const TOGETHER = 60;
const [SLOWEST, FASTEST] = [5, 30];
const WIDEST = 1920;
/** Between tiles, in CSS pixels. */
const GAP = 4;
/** A hand that moves by so much drags. */
const DRAGGED = 8;
/** Numbers are numbers on the wire, as far as they are any: the server says what it thinks of the rest. */
const NUMBER = /^\d+(\.\d+)?$/;

translate(document);
const query = new URLSearchParams(location.search);
const asked = Object.fromEntries(
  Object.entries(addressedOptions(location.search)).map(([name, value]) => [name, NUMBER.test(value) ? Number(value) : value]),
);
const isClean = query.get("clean") === "1";
document.body.classList.toggle("clean", isClean);
const wall = element("wall");

class Pane {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    this.item = document.createElement("li");
    this.item.tabIndex = 0;
    this.item.dataset.source = id;
    this.frame = document.createElement("div");
    this.frame.className = "frame";
    const canvas = Object.assign(document.createElement("canvas"), { width: 16, height: 9 });
    const over = document.createElement("canvas");
    over.className = "pointer";
    over.hidden = true;
    this.pointer = new Pointer(over);
    this.title = document.createElement("span");
    this.title.className = "chip";
    this.message = document.createElement("p");
    this.message.setAttribute("role", "status");
    this.frame.append(canvas, over);
    this.item.append(this.frame, this.title, this.message);
    const pointer = (/** @type {import("./draw/protocol.js").Pointer} */ place) => this.pointer.show(place);
    this.tile = new Tile(channels, id, canvas, {}, () => this.changed(), { pointer });
    this.name = id;
    this.ratio = 16 / 9;
    this.write();
  }

  changed() {
    const { width, height } = this.tile;
    // The pointer is placed in parts of the picture.
    this.frame.style.setProperty("--width", String(width));
    this.frame.style.setProperty("--height", String(height));
    if (this.tile.lastPicture && width / height !== this.ratio) {
      this.ratio = width / height;
      arrange();
    }
    this.write();
  }

  write() {
    const { tile } = this;
    const state = lost || tile.state;
    const isLive = state === "live" || (state === "connecting" && tile.lastPicture !== null);
    const what = lost ? lostWords : tile.reason;
    put(this.title, this.name);
    put(this.message, isLive ? "" : tile.lastPicture && !tile.isBlank ? word("picture.age", { what, time: clockWords(tile.lastPicture) }) : what);
    this.item.setAttribute("aria-label", isLive ? this.name : `${this.name}, ${what}`);
    this.item.classList.toggle("blank", tile.lastPicture === null);
    this.item.dataset.state = isLive ? "live" : state;
    this.pointer.canvas.classList.toggle("gone", !isLive);
  }

  /**
   * Be so large, and have pictures of that size.
   * @param {number} width of the cell
   * @param {number} height
   * @param {import("./stream/tile.js").Options} options of a picture of whatever size
   */
  fit(width, height, options) {
    const [wide, high] = fitted(this.ratio, width, height);
    this.frame.style.width = `${Math.round(wide)}px`;
    this.frame.style.height = `${Math.round(high)}px`;
    this.tile.ask({ max_width: usualWidth(wide, WIDEST), ...options });
  }
}

/**
 * @param {HTMLElement} place
 * @param {string} text
 */
function put(place, text) {
  if (place.textContent !== text) {
    place.textContent = text;
  }
}

/** The state of a connection that is down, "" while it is up; and what is said of it. */
let lost = "";
let lostWords = "";
/** The number of columns that the address asks for, 0 for as many as fit best. */
let wished = Math.max(0, Math.floor(Number(query.get("columns")) || 0));
/** The pane that is shown alone. @type {Pane | null} */
let enlarged = null;

const channels = new Channels(streamsAddress, {
  trying: () => {},
  opened: () => {
    lost = "";
    arrange();
    panes.forEach((pane) => pane.write());
  },
  sources,
  waiting: (seconds, code, reason) => lose(code, reason, word("retry.in", { seconds })),
  barred: () => void door.ask(),
  ended: (code, reason) => lose(code, reason, ""),
});

/** In the order of the address. */
const panes = addressedIds().map((id) => new Pane(id));
wall.append(...panes.map((pane) => pane.item));

function addressedIds() {
  const name = location.pathname.split("/").pop() ?? "";
  const ids = name.split("+").map((id) => {
    try {
      return decodeURIComponent(id);
    } catch {
      return id;
    }
  });
  return [...new Set(ids.filter(Boolean))];
}

/** @param {import("./access/api.js").Source[]} found */
function sources(found) {
  document.body.classList.add("pictured");
  const named = new Map(found.map((source) => [String(source.handle), source]));
  for (const pane of panes) {
    const source = named.get(pane.id);
    if (source) {
      pane.name = sourceWords(source);
      if (!pane.tile.lastPicture && source.width && source.height) {
        pane.ratio = source.width / source.height;
      }
    } else if (!pane.tile.isOpen && pane.tile.state !== "closed") {
      pane.tile.become("missing", stateWords("missing"));
    }
    pane.write();
  }
  isShared = (id) => named.has(id);
  arrange();
}

/** Tells whether a source is shared, as far as is known. @type {(id: string) => boolean} */
let isShared = () => false;

/**
 * The connection is down.
 * @param {number} code
 * @param {string} reason
 * @param {string} detail
 */
function lose(code, reason, detail) {
  lost = stateAfter(code, reason);
  lostWords = [closeWords(code, reason), detail].filter(Boolean).join(" · ");
  document.body.dataset.state = lost;
  panes.forEach((pane) => {
    pane.tile.state = "connecting";
    pane.write();
  });
}

/** Give each pane its place, and ask for pictures that fit. */
function arrange() {
  const shown = enlarged ? [enlarged] : panes;
  const { clientWidth: width, clientHeight: height } = wall;
  const columns = enlarged ? 1 : Math.min(wished || bestColumns(panes.map((pane) => pane.ratio), width, height), panes.length);
  const gap = isClean ? 0 : GAP;
  const [wide, high] = cell(columns, shown.length, width + gap, height + gap);
  wall.style.setProperty("--columns", String(columns));
  wall.style.setProperty("--gap", `${gap}px`);
  const rate = Math.min(Math.max(TOGETHER / shown.length, SLOWEST), FASTEST);
  const format = shown.length > 2 || !mayPlay() ? "jpeg" : "auto";
  const options = { fps: Math.round(rate * 10) / 10, quality: 80, format, adaptive: 1, cursor: 0, ...asked };
  for (const pane of panes) {
    const isShown = shown.includes(pane);
    pane.item.hidden = !isShown;
    if (isShown) {
      pane.fit(wide - gap, high - gap, options);
    }
    pane.tile.want(isShown && isShared(pane.id));
  }
  put(element("columns"), plural("wall.columns", columns));
  element("fewer").disabled = columns <= 1 || enlarged !== null;
  element("more").disabled = columns >= panes.length || enlarged !== null;
  element("best").hidden = !wished;
  document.body.classList.toggle("enlarged", enlarged !== null);
  document.body.dataset.state = lost || (channels.isOpen ? "live" : "connecting");
}

/** Have the address say what is shown. */
function keep() {
  if (wished) {
    query.set("columns", String(wished));
  } else {
    query.delete("columns");
  }
  const rest = query.toString();
  history.replaceState(null, "", wallPath(panes.map((pane) => pane.id)) + (rest && `?${rest}`));
}

/**
 * @param {Pane} pane
 * @param {number} to
 */
function move(pane, to) {
  const from = panes.indexOf(pane);
  if (to < 0 || to >= panes.length || to === from) {
    return;
  }
  panes.splice(from, 1);
  panes.splice(to, 0, pane);
  // The one that moves stays in the document, and with it the focus, while the others go round it.
  panes.slice(0, to).reverse().reduce((next, other) => (next.before(other.item), other.item), pane.item);
  panes.slice(to + 1).reduce((last, other) => (last.after(other.item), other.item), pane.item);
  keep();
  arrange();
}

/** @param {Pane | null} pane */
function enlarge(pane) {
  const before = enlarged;
  enlarged = pane;
  arrange();
  (pane ?? before)?.item.focus();
}

/** @param {number} columns 0 for as many as fit best */
function setColumns(columns) {
  wished = columns;
  keep();
  arrange();
}

/** @param {Event} event */
function paneOf(event) {
  const item = /** @type {HTMLElement} */ (event.target).closest("li");
  return panes.find((pane) => pane.item === item) ?? null;
}

function toggleFullscreen() {
  const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen?.();
  done?.catch(() => {}); // A browser that does not want to has its reasons, and says them itself.
}

/** By how many places each arrow key goes, with the columns there are. @param {string} key */
function steps(key) {
  const columns = Number(wall.style.getPropertyValue("--columns"));
  const onward = document.documentElement.dir === "rtl" ? -1 : 1;
  return { ArrowRight: onward, ArrowLeft: -onward, ArrowDown: columns, ArrowUp: -columns }[key];
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const pane = paneOf(event);
  const step = steps(event.key);
  if (event.key === "Escape" && enlarged) {
    enlarge(null);
  } else if (event.key.toLowerCase() === "f") {
    toggleFullscreen();
  } else if (event.key === "Enter" && pane) {
    enlarge(enlarged ? null : pane);
  } else if (step && pane && event.shiftKey && !enlarged) {
    move(pane, panes.indexOf(pane) + step);
  } else if (step && !enlarged) {
    panes[pane ? panes.indexOf(pane) + step : 0]?.item.focus();
  } else {
    return;
  }
  event.preventDefault();
});
wall.addEventListener("dblclick", (/** @type {MouseEvent} */ event) => enlarge(enlarged ? null : paneOf(event)));

// Dragging a pane to another one's place.

wall.addEventListener("pointerdown", (/** @type {PointerEvent} */ begin) => {
  const pane = paneOf(begin);
  if (!pane || enlarged || begin.button !== 0) {
    return;
  }
  /** @type {Pane | null} */
  let target = null;
  const stop = new AbortController();
  const follow = (/** @type {PointerEvent} */ event) => {
    const [x, y] = [event.clientX - begin.clientX, event.clientY - begin.clientY];
    if (target === null && Math.hypot(x, y) < DRAGGED) {
      return;
    }
    pane.item.classList.add("dragged");
    pane.item.style.translate = `${x}px ${y}px`;
    // The one that is dragged lets the hand through (see the style sheet).
    const item = document.elementFromPoint(event.clientX, event.clientY)?.closest("li");
    target = panes.find((other) => other.item === item) ?? pane;
    panes.forEach((other) => other.item.classList.toggle("target", other === target && other !== pane));
  };
  const drop = (/** @type {boolean} */ isMeant) => {
    stop.abort();
    pane.item.classList.remove("dragged");
    pane.item.style.translate = "";
    panes.forEach((other) => other.item.classList.remove("target"));
    if (isMeant && target) {
      move(pane, panes.indexOf(target));
    }
  };
  const { signal } = stop;
  document.addEventListener("pointermove", follow, { signal });
  document.addEventListener("pointerup", () => drop(true), { signal });
  document.addEventListener("pointercancel", () => drop(false), { signal });
});

element("fewer").addEventListener("click", () => setColumns(Number(wall.style.getPropertyValue("--columns")) - 1));
element("more").addEventListener("click", () => setColumns(Number(wall.style.getPropertyValue("--columns")) + 1));
element("best").addEventListener("click", () => setColumns(0));
element("fullscreen").addEventListener("click", toggleFullscreen);
element("back").addEventListener("click", () => enlarge(null));
document.title = word("wall.title");
new ResizeObserver(arrange).observe(wall);
if (!isClean) {
  hideWhenQuiet();
}
arrange();
const door = whileSeen(channels);
door.open();
