// One viewer's receiving end: the connection and the canvas.

import { Connection } from "./connection.js";
import { Drawing } from "./drawing.js";
import { FilmedVideo } from "./filmed.js";
import { Pictures } from "./pictures.js";
import { CodecVideo } from "./video.js";

/** @typedef {import("./decoding.js").Video} Video */
/** @typedef {"codec" | "film" | "none"} VideoWay */

/**
 * What the page asks of it. `era` counts the openings; everything that is told carries the one it belongs to.
 * @typedef {{do: "open", era: number, address: string, video: VideoWay}
 *   | {do: "close"} | {do: "hurry"}
 *   | {do: "address", address: string}
 *   | {do: "say", message: object}
 *   | {do: "filmed", number: number, frame: VideoFrame | ImageBitmap | null}} Order
 */

/**
 * What it tells the page.
 * @typedef {{is: "trying"} | {is: "opened"} | {is: "heard", message: any}
 *   | {is: "ended", code: number, reason: string} | {is: "waiting", seconds: number, code: number}
 *   | {is: "drawn", drawn: import("./pictures.js").Drawn} | {is: "noVideo"}
 *   | {is: "pointer", pointer: import("./binary.js").Pointer}
 *   | {is: "film", number: number, units: import("./film.js").Unit[]} | {is: "filmOver"}} News
 */

export class Receiver {
  /**
   * @param {import("./drawing.js").Canvas} canvas
   * @param {(news: News & {era: number}) => void} tell
   */
  constructor(canvas, tell) {
    this.drawing = new Drawing(canvas);
    this.era = 0;
    this.address = "";
    /** @type {Video} */
    this.video = new NoVideo();
    /** @type {Pictures | null} */
    this.pictures = null;
    this.tell = (/** @type {News} */ news) => tell({ ...news, era: this.era });
    this.connection = new Connection(() => this.address, {
      trying: () => this.tell({ is: "trying" }),
      opened: () => {
        this.begin();
        this.tell({ is: "opened" });
      },
      heard: (message) => this.tell({ is: "heard", message }),
      received: (message) => this.pictures?.receive(message),
      ended: (code, reason) => this.tell({ is: "ended", code, reason }),
      waiting: (seconds, code) => this.tell({ is: "waiting", seconds, code }),
    });
  }

  /** @param {Order} order */
  obey(order) {
    switch (order.do) {
      case "open":
        this.era = order.era;
        this.address = order.address;
        this.pictures?.end();
        this.video.reset();
        this.video = this.videoFor(order.video);
        this.connection.open();
        break;
      case "close":
        this.connection.close();
        this.pictures?.end();
        break;
      case "hurry":
        this.connection.hurry();
        break;
      case "address":
        this.address = order.address;
        break;
      case "say":
        this.connection.send(order.message);
        break;
      case "filmed":
        if (this.video instanceof FilmedVideo) {
          this.video.filmed(order.number, order.frame);
        } else {
          order.frame?.close();
        }
        break;
    }
  }

  /** Start over with the pictures: what a new connection sends does not build on what another one sent. */
  begin() {
    this.pictures?.end();
    this.pictures = new Pictures(this.drawing, this.video, {
      answer: (message) => this.connection.sendBytes(message),
      drawn: (drawn) => this.tell({ is: "drawn", drawn }),
      pointer: (pointer) => this.tell({ is: "pointer", pointer }),
      noVideo: () => this.tell({ is: "noVideo" }),
    });
  }

  /**
   * @param {VideoWay} way
   * @returns {Video}
   */
  videoFor(way) {
    if (way === "codec") {
      return new CodecVideo();
    }
    return way === "film" ? new FilmedVideo(this.tell) : new NoVideo();
  }
}

/** @implements {Video} */
class NoVideo {
  /** @returns {Promise<never>} */
  async decode() {
    throw new Error("there is no way to show videos here");
  }

  reset() {
    // Nothing was begun.
  }
}
