// H.264 that somebody else shows: units go to the page, which has the <video> (film.js), and pictures come back.

import { Frames } from "./frames.js";

/** @typedef {import("./binary.js").Part} Part */
/** @typedef {import("./decoding.js").Video} Video */
/** @typedef {import("./receiver.js").News} News */

/** @implements {Video} */
export class FilmedVideo {
  /** @param {(news: News) => void} tell */
  constructor(tell) {
    this.tell = tell;
    this.frames = new Frames();
    this.number = 0;
    /** @type {{got: (frame: VideoFrame | ImageBitmap) => void, failed: (error: Error) => void} | null} */
    this.waiting = null;
    this.isBegun = false;
  }

  /** @param {Part[]} units */
  async decode(units) {
    if (!this.isBegun && !units[0].isKey) {
      throw new Error("the video does not begin with a key frame");
    }
    this.isBegun = true;
    this.number += 1;
    const { number } = this;
    const frame = await new Promise((/** @type {(frame: VideoFrame | ImageBitmap) => void} */ got, failed) => {
      this.waiting = { got, failed };
      this.tell({ is: "film", number, units });
    });
    return "displayWidth" in frame ? this.frames.ready(frame) : frame;
  }

  /**
   * Take the page's answer; one to what was given up goes nowhere.
   * @param {number} number
   * @param {VideoFrame | ImageBitmap | null} frame null when it could not be shown
   */
  filmed(number, frame) {
    const waiting = number === this.number ? this.waiting : null;
    if (!waiting) {
      frame?.close();
      return;
    }
    this.waiting = null;
    if (frame) {
      waiting.got(frame);
    } else {
      waiting.failed(new Error("the page could not show the video"));
    }
  }

  reset() {
    const { waiting } = this;
    this.waiting = null;
    waiting?.failed(new Error("the video was begun anew"));
    if (this.isBegun) {
      this.isBegun = false;
      this.tell({ is: "filmOver" });
    }
  }
}
