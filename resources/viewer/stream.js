// The page's end of a stream: gives orders to the receiver and passes on its news.

import { Film, canFilm } from "./film.js";
import { Receiver } from "./receiver.js";

/** @typedef {import("./receiver.js").Order} Order */
/** @typedef {import("./receiver.js").News} News */
/** @typedef {import("./receiver.js").VideoWay} VideoWay */

/** The plainest H.264 there is. */
const PLAIN = "avc1.42E01F";

/**
 * Return how this browser can show H.264.
 * @returns {Promise<VideoWay>}
 */
export async function videoWay() {
  if (typeof VideoDecoder === "function") {
    const answer = await VideoDecoder.isConfigSupported({ codec: PLAIN, optimizeForLatency: true }).catch(() => null);
    if (answer?.supported) {
      return "codec";
    }
  }
  return canFilm() ? "film" : "none";
}

/**
 * @typedef {object} Listener
 * @property {() => void} trying
 * @property {() => void} opened
 * @property {(message: any) => void} heard
 * @property {(code: number, reason: string) => void} ended the connection fell and is not tried again by itself
 * @property {(seconds: number, code: number) => void} waiting seconds until the next try; told every second
 * @property {(drawn: import("./pictures.js").Drawn) => void} drawn after each picture
 * @property {(pointer: import("./binary.js").Pointer) => void} [pointer]
 * @property {() => void} [noVideo] this browser turned out not to play the videos that come
 */

export class Stream {
  /**
   * @param {HTMLCanvasElement} canvas where the pictures go; it belongs to this from now on
   * @param {() => string} address asked whenever it may have changed, see `moved`
   * @param {Listener} listener
   * @param {VideoWay} [video]
   */
  constructor(canvas, address, listener, video = "none") {
    this.canvas = canvas;
    this.address = address;
    this.listener = listener;
    this.video = video;
    this.film = new Film();
    this.era = 0;
    this.isOpen = false;
    /** Whether it is up, or being brought up again. */
    this.isWanted = false;
    this.receiver = new Receiver(canvas, (news) => this.hear(news));
  }

  open() {
    this.era += 1;
    this.isOpen = false;
    this.isWanted = true;
    this.order({ do: "open", era: this.era, address: this.address(), video: this.video });
  }

  /** End it for good, until `open`. */
  close() {
    this.era += 1;
    this.isOpen = this.isWanted = false;
    this.film.reset();
    this.order({ do: "close" });
  }

  /** Do not wait any longer; nothing happens unless it was waiting. */
  hurry() {
    this.order({ do: "hurry" });
  }

  /** Use the address as it is now when the connection has to be made again. */
  moved() {
    this.order({ do: "address", address: this.address() });
  }

  /** @param {object} message */
  send(message) {
    this.order({ do: "say", message });
  }

  /** @param {Order} order */
  order(order) {
    this.receiver.obey(order);
  }

  /** @param {News & {era: number}} news */
  hear(news) {
    if (news.era !== this.era) {
      return;
    }
    const { listener } = this;
    switch (news.is) {
      case "trying":
        this.isOpen = false;
        listener.trying();
        break;
      case "opened":
        this.isOpen = true;
        listener.opened();
        break;
      case "heard":
        listener.heard(news.message);
        break;
      case "waiting":
        this.isOpen = false;
        listener.waiting(news.seconds, news.code);
        break;
      case "ended":
        this.isOpen = this.isWanted = false;
        listener.ended(news.code, news.reason);
        break;
      case "drawn":
        this.canvas.dataset.frame = String(news.drawn.sequence);
        this.canvas.dataset.exact = String(news.drawn.isExact);
        listener.drawn(news.drawn);
        break;
      case "pointer":
        listener.pointer?.(news.pointer);
        break;
      case "noVideo":
        listener.noVideo?.();
        break;
      case "film":
        void this.show(news.number, news.units);
        break;
      case "filmOver":
        this.film.reset();
        break;
    }
  }

  /**
   * @param {number} number
   * @param {import("./film.js").Unit[]} units
   */
  async show(number, units) {
    const frame = await this.film.decode(units).catch(() => null);
    this.order({ do: "filmed", number, frame });
  }
}
