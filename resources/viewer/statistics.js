// What this viewer has received, counted here.

import { clockWords, dataWords, durationWords, millisecondWords } from "./amounts.js";

const WINDOW = 3000;

export class Statistics {
  constructor() {
    this.pictures = 0;
    this.bytes = 0;
    this.since = performance.now();
    /** @type {number[]} */
    this.recent = [];
    /** @type {Date | null} */
    this.last = null;
    /** @type {number | null} */
    this.connectedAt = null;
    /** What the server measured, in milliseconds. @type {Record<string, number> | null} */
    this.delay = null;
  }

  /** Count from zero again. */
  reset() {
    this.pictures = 0;
    this.bytes = 0;
    this.since = performance.now();
    this.recent = [];
    this.last = null;
  }

  /** @param {number} bytes */
  received(bytes) {
    this.pictures += 1;
    this.bytes += bytes;
    this.last = new Date();
    this.recent.push(performance.now());
    this.forget();
  }

  /** @param {boolean} isConnected */
  connected(isConnected) {
    this.connectedAt = isConnected ? performance.now() : null;
    this.delay = null;
  }

  forget() {
    const oldest = performance.now() - WINDOW;
    while (this.recent.length && this.recent[0] <= oldest) {
      this.recent.shift();
    }
  }

  fps() {
    this.forget();
    const span = Math.min(WINDOW, performance.now() - this.since);
    return span > 0 ? (this.recent.length * 1000) / span : 0;
  }

  /** Write the figures into the page. */
  show() {
    const set = (/** @type {string} */ id, /** @type {string} */ text) => {
      const place = /** @type {HTMLElement} */ (document.getElementById(id));
      if (place.textContent !== text) {
        place.textContent = text;
      }
    };
    set("stat-pictures", String(this.pictures));
    set("stat-fps", this.fps().toFixed(1));
    set("stat-data", dataWords(this.bytes));
    set("stat-time", this.connectedAt === null ? "–" : durationWords((performance.now() - this.connectedAt) / 1000));
    set("stat-last", this.last ? clockWords(this.last) : "–");
    set("stat-delay", this.delay ? delayWords(this.delay) : "");
  }
}

/** Where a picture's delay comes from, in the order in which it passes there. */
const DELAYS = ["capture", "encode", "wait", "network", "decode"];

/**
 * Return a delay, split up, as one line.
 * @param {Record<string, number>} parts milliseconds
 */
function delayWords(parts) {
  const known = DELAYS.filter((name) => Number.isFinite(parts[name]));
  const sum = known.reduce((total, name) => total + parts[name], 0);
  return `Delay ${millisecondWords(sum)} ms: ${known.map((name) => `${name}\u00a0${millisecondWords(parts[name])}`).join(", ")}`;
}
