// What this viewer has received, counted here, and what the server tells of it.

import { sizeWords } from "../text/units.js";

/** Where a picture's delay comes from, in the order in which it passes there. */
export const DELAYS = ["capture", "encode", "wait", "network", "decode"];

const WINDOW = 3000;

export class Statistics {
  constructor() {
    this.since = performance.now();
    this.pictures = 0;
    this.bytes = 0;
    /** When each of the last pictures came, and its bytes. @type {[number, number][]} */
    this.recent = [];
    /** @type {Date | null} */
    this.last = null;
    /** @type {number | null} */
    this.connectedAt = null;
    /** The picture's size, as words. */
    this.size = "";
    /** What the server measured, in milliseconds. @type {Record<string, number> | null} */
    this.delay = null;
    /** Pictures per second: asked for, taken by the server, sent. @type {{asked?: number, taken?: number, sent?: number}} */
    this.rates = {};
    /** Pictures that the server had and this viewer did not get; counted from `reset` on. */
    this.skipped = 0;
    this.skippedBefore = 0;
    /** @type {number | null} */
    this.quality = null;
    this.cause = "";
  }

  /** Count from zero again. */
  reset() {
    this.since = performance.now();
    this.pictures = 0;
    this.bytes = 0;
    this.recent = [];
    this.last = null;
    this.skippedBefore += this.skipped;
    this.skipped = 0;
  }

  /** @param {import("../stream/queue.js").Drawn} picture */
  received({ bytes, width, height }) {
    this.pictures += 1;
    this.bytes += bytes;
    this.last = new Date();
    this.size = sizeWords(width, height);
    this.recent.push([performance.now(), bytes]);
    this.forget();
  }

  /** @param {boolean} isConnected */
  connected(isConnected) {
    this.connectedAt = isConnected ? performance.now() : null;
    this.delay = null;
    this.rates = {};
    this.skipped = 0;
    this.skippedBefore = 0;
  }

  /** @param {any} data of a `stats` message */
  told(data) {
    this.delay = data.delay_ms ?? null;
    this.rates = { asked: data.fps_asked, taken: data.fps_taken, sent: data.fps };
    this.skipped = Math.max(0, (data.frames_skipped ?? 0) - this.skippedBefore);
  }

  /** All of the delay, in milliseconds; null while nothing is known. */
  get wholeDelay() {
    const parts = DELAYS.map((name) => this.delay?.[name]).filter((value) => Number.isFinite(value));
    return parts.length ? parts.reduce((sum, part) => /** @type {number} */ (sum) + /** @type {number} */ (part), 0) ?? null : null;
  }

  forget() {
    const oldest = performance.now() - WINDOW;
    while (this.recent.length && this.recent[0][0] <= oldest) {
      this.recent.shift();
    }
  }

  /** Pictures and bytes per second, of late. */
  now() {
    this.forget();
    const seconds = Math.min(WINDOW, performance.now() - this.since) / 1000;
    const bytes = this.recent.reduce((sum, [, size]) => sum + size, 0);
    return seconds > 0 ? { fps: this.recent.length / seconds, rate: bytes / seconds } : { fps: 0, rate: 0 };
  }
}
