// The page's end of a stream: gives orders to the receiver, wherever that lives, and passes on its news.

import { taken } from "./beginning.js";
import { Film, canFilm } from "./film.js";
import { Receiver } from "./receiver.js";

/** @typedef {import("./receiver.js").Order} Order */
/** @typedef {import("./receiver.js").News} News */
/** @typedef {import("./receiver.js").VideoWay} VideoWay */
/** @typedef {(order: Order, transfer?: Transferable[]) => void} Obey */

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
   * @param {{video?: VideoWay, isInPage?: boolean}} [how] few small pictures are not worth a worker
   */
  constructor(canvas, address, listener, { video = "none", isInPage = false } = {}) {
    this.canvas = canvas;
    this.address = address;
    this.listener = listener;
    this.video = video;
    this.film = new Film();
    this.era = 0;
    this.isOpen = false;
    /** Whether it is up, or being brought up again. */
    this.isWanted = false;
    const hear = (/** @type {News & {era: number}} */ news) => this.hear(news);
    const inPage = () => {
      const receiver = new Receiver(canvas, hear);
      return (/** @type {Order} */ order) => receiver.obey(order);
    };
    /** @type {Promise<Obey>} */
    this.obey = isInPage || !("transferControlToOffscreen" in canvas) ? Promise.resolve(inPage()) : inWorker(canvas, hear).catch(inPage);
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

  /**
   * @param {Order} order
   * @param {Transferable[]} [transfer]
   */
  order(order, transfer) {
    void this.obey.then((obey) => obey(order, transfer));
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
    this.order({ do: "filmed", number, frame }, frame ? [frame] : []);
  }
}

/**
 * Have the receiver in a worker; fails when there can be none.
 * @param {HTMLCanvasElement} canvas
 * @param {(news: News & {era: number}) => void} hear
 * @returns {Promise<Obey>}
 */
async function inWorker(canvas, hear) {
  const { worker, isReady } = taken();
  await isReady;
  // It runs: only now the canvas is given away, for that cannot be undone.
  const offscreen = canvas.transferControlToOffscreen();
  worker.onmessage = (event) => hear(event.data);
  worker.postMessage(offscreen, [offscreen]);
  return (order, transfer = []) => worker.postMessage(order, transfer);
}
