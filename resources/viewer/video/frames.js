// Video frames, made ready for the canvas the way that costs least here.

import { blankCanvas, contextOf } from "../draw/canvas.js";

/** Copying has to win clearly: on a graphics card it would fetch what is there already. */
const CLEARLY = 0.5;

/**
 * Turns frames into what is drawn. A canvas without a graphics card converts a frame's colours ten times slower than
 * the frame itself does, so the first frame is taken both ways and the quicker one is kept.
 */
export class Frames {
  constructor() {
    /** @type {boolean | null} */
    this.isCopied = null;
    /** Written again and again: a frame is drawn before the next one is decoded. @type {ImageData | null} */
    this.pixels = null;
  }

  /**
   * Return what to draw for `frame`, which belongs to this from now on.
   * @param {VideoFrame} frame
   * @returns {Promise<VideoFrame | ImageData>}
   */
  async ready(frame) {
    if (this.isCopied === null) {
      this.isCopied = await this.compare(frame);
    }
    if (!this.isCopied) {
      return frame;
    }
    try {
      return await this.copied(frame);
    } finally {
      frame.close();
    }
  }

  /** @param {VideoFrame} frame */
  async compare(frame) {
    try {
      const begun = performance.now();
      contextOf(blankCanvas(frame.displayWidth, frame.displayHeight)).drawImage(frame, 0, 0);
      const drawn = performance.now();
      await this.copied(frame);
      return performance.now() - drawn < (drawn - begun) * CLEARLY;
    } catch {
      return false;
    }
  }

  /**
   * @param {VideoFrame} frame
   * @throws {Error} this browser does not convert, or the frame's pixels are not square
   */
  async copied(frame) {
    const [width, height] = [frame.displayWidth, frame.displayHeight];
    const how = /** @type {VideoFrameCopyToOptions} */ ({ format: "RGBX" });
    if (frame.allocationSize(how) !== width * height * 4) {
      throw new TypeError("frames are not converted here");
    }
    if (this.pixels?.width !== width || this.pixels.height !== height) {
      this.pixels = new ImageData(width, height);
    }
    await frame.copyTo(this.pixels.data, how);
    return this.pixels;
  }
}
