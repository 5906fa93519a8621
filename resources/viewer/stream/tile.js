// A source's picture among others: over a channel, as large as it is shown, and only while it is wanted.

import { errorWords, reasonWords, stateAfter, stateWords } from "../text/states.js";
import { Stream } from "./stream.js";

/** @typedef {import("./channels.js").Channels} Channels */
/** @typedef {import("./channels.js").Options} Options */

/** Not shared any more, or not yet: the list of sources tells when it is. */
const ABSENT = new Set([4403, 4404]);
/** Widths in pixels that pictures are asked for in: few, so that viewers share them. */
const WIDTHS = [320, 480, 640, 960, 1280, 1920];

/**
 * Return the least of the usual widths that is sharp.
 * @param {number} pixels CSS pixels
 * @param {number} most
 */
export function usualWidth(pixels, most) {
  const wanted = pixels * (globalThis.devicePixelRatio || 1);
  return WIDTHS.find((width) => width >= wanted - 8 || width >= most) ?? most;
}

export class Tile {
  /**
   * @param {Channels} channels
   * @param {string} id
   * @param {HTMLCanvasElement} canvas
   * @param {Options} options of the first picture
   * @param {() => void} changed it has another state, or another picture
   * @param {{pointer?: (pointer: import("../draw/protocol.js").Pointer) => void}} [more]
   */
  constructor(channels, id, canvas, options, changed, { pointer } = {}) {
    this.id = id;
    this.options = options;
    this.changed = changed;
    this.state = "connecting";
    /** Why, as a sentence without its full stop. */
    this.reason = stateWords("connecting");
    /** When the last picture came, and when one last differed from the one before. @type {Date | null} */
    this.lastPicture = null;
    /** @type {Date | null} */
    this.changedAt = null;
    /** Whether what is shown is what comes in place of pictures; when that was is nothing to tell. */
    this.isBlank = false;
    this.width = 16;
    this.height = 9;
    this.isOpen = false;
    /** Whether trying again would be answered as before. */
    this.isRefused = false;
    /** @type {number | null} */
    this.sequence = null;
    this.error = "";
    const listener = {
      trying: () => {},
      opened: () => (this.sequence = null),
      waiting: () => {},
      heard: (/** @type {any} */ message) => this.hear(message),
      ended: (/** @type {number} */ code) => this.fell(code),
      drawn: (/** @type {import("./queue.js").Drawn} */ drawn) => this.drawn(drawn),
      pointer,
    };
    this.stream = new Stream(canvas, channels.way(id, () => ({ ...this.options })), listener);
  }

  /** @param {boolean} isWanted */
  want(isWanted) {
    if (isWanted && !this.isOpen && !this.isRefused) {
      this.isOpen = true;
      this.stream.open();
    } else if (!isWanted && this.isOpen) {
      this.isOpen = false;
      this.stream.close();
    }
  }

  /** @param {Options} options */
  ask(options) {
    const changes = Object.fromEntries(Object.entries(options).filter(([name, value]) => this.options[name] !== value));
    this.options = options;
    if (Object.keys(changes).length) {
      this.stream.send({ command: "update_options", options: changes });
    }
  }

  /** @param {any} message */
  hear(message) {
    if (message.type === "state") {
      this.become(message.data.state, reasonWords(message.data));
    } else if (message.type === "error") {
      this.error = errorWords(message.error);
    }
  }

  /** @param {import("./queue.js").Drawn} drawn */
  drawn({ sequence, width, height }) {
    this.lastPicture = new Date();
    this.isBlank = this.state === "blanked";
    if (this.sequence !== null && sequence !== this.sequence) {
      this.changedAt = this.lastPicture;
    }
    this.sequence = sequence;
    this.width = width;
    this.height = height;
    this.changed();
  }

  /** The channel was closed from the other side. @param {number} code */
  fell(code) {
    this.isOpen = false;
    this.isRefused = code === 4400 || code === 1008;
    if (this.state !== "closed") {
      const state = ABSENT.has(code) ? "missing" : stateAfter(code);
      this.become(state, this.isRefused && this.error ? this.error : stateWords(state));
    }
  }

  /**
   * @param {string} state
   * @param {string} reason
   */
  become(state, reason) {
    this.state = state;
    this.isBlank ||= state === "blanked";
    this.reason = reason.replace(/[.\s]+$/, "");
    this.changed();
  }
}
