// One source's stream: the connection, and the canvas on which its pictures are drawn.

import { Connection } from "./connection.js";
import { Drawing } from "../draw/canvas.js";
import { Pictures } from "./queue.js";
import { LazyVideo } from "../video/player.js";

/**
 * @typedef {object} Listener
 * @property {() => void} trying
 * @property {() => void} opened
 * @property {(message: any) => void} heard
 * @property {(code: number, reason: string) => void} ended the connection fell and is not tried again by itself
 * @property {(seconds: number, code: number, reason: string) => void} waiting seconds until the next try; told every second
 * @property {(drawn: import("./queue.js").Drawn) => void} drawn after each picture
 * @property {(pointer: import("../draw/protocol.js").Pointer) => void} [pointer]
 * @property {() => void} [barred] the server did not take the connection, or ended it
 * @property {() => void} [noVideo] this browser turned out not to play the videos that come
 */

/**
 * @typedef {object} Link what carries a stream: a connection, or a channel of one that others use too
 * @property {boolean} isOpen
 * @property {() => void} open
 * @property {() => void} close
 * @property {() => void} hurry
 * @property {(message: object) => void} send
 * @property {(message: ArrayBuffer) => void} sendBytes
 */

/** @typedef {{link: (listener: import("./connection.js").Listener) => Link}} Way */

export class Stream {
  /**
   * @param {HTMLCanvasElement} canvas where the pictures go; it belongs to this from now on
   * @param {(() => string) | Way} way the address, asked anew for each try; or what makes another way there
   * @param {Listener} listener
   */
  constructor(canvas, way, listener) {
    this.canvas = canvas;
    this.listener = listener;
    this.drawing = new Drawing(canvas);
    this.video = new LazyVideo();
    /** @type {Pictures | null} */
    this.pictures = null;
    /** Whether it is up, or being brought up again. */
    this.isWanted = false;
    /** @type {Link} */
    this.connection = linked(way, {
      trying: () => listener.trying(),
      opened: () => {
        this.begin();
        listener.opened();
      },
      heard: (message) => listener.heard(message),
      received: (message) => this.pictures?.receive(message),
      waiting: (seconds, code, reason) => listener.waiting(seconds, code, reason),
      barred: () => listener.barred?.(),
      ended: (code, reason) => {
        this.isWanted = false;
        listener.ended(code, reason);
      },
    });
  }

  get isOpen() {
    return this.connection.isOpen;
  }

  open() {
    this.isWanted = true;
    this.pictures?.end();
    this.connection.open();
  }

  /** End it for good, until `open`. */
  close() {
    this.isWanted = false;
    this.connection.close();
    this.pictures?.end();
    this.video.reset();
  }

  /** Do not wait any longer; nothing happens unless it was waiting. */
  hurry() {
    this.connection.hurry();
  }

  /** @param {object} message */
  send(message) {
    this.connection.send(message);
  }

  /** Start over with the pictures: what a new connection sends does not build on what another one sent. */
  begin() {
    this.pictures?.end();
    this.pictures = new Pictures(this.drawing, this.video, {
      answer: (message) => this.connection.sendBytes(message),
      drawn: (drawn) => {
        this.canvas.dataset.frame = String(drawn.sequence);
        this.canvas.dataset.exact = String(drawn.isExact);
        this.listener.drawn(drawn);
      },
      pointer: (pointer) => this.listener.pointer?.(pointer),
      noVideo: () => this.listener.noVideo?.(),
    });
  }
}

/**
 * @param {(() => string) | Way} way
 * @param {import("./connection.js").Listener} listener
 */
function linked(way, listener) {
  return typeof way === "function" ? new Connection(way, listener) : way.link(listener);
}
