// H.264 through the browser's own decoder (WebCodecs). It is there where the page came over a secure connection.

import { sequenceOf, split } from "./h264.js";
import { Frames } from "./frames.js";

/** @typedef {import("../draw/protocol.js").Part} Part */
/** @typedef {import("../stream/decode.js").Video} Video */

/** A decoder that gives nothing for so long keeps pictures back; milliseconds. */
const LONGEST = 1500;
const SECOND = 1e6;

/** @implements {Video} */
export class CodecVideo {
  constructor() {
    this.frames = new Frames();
    /** @type {VideoDecoder | null} */
    this.decoder = null;
    this.parameters = "";
    this.count = 0;
    /** Whether one without help from the graphics card is asked for, because another failed. */
    this.isPlain = false;
    /** The frame that is waited for. @type {{count: number, got: (frame: VideoFrame) => void, failed: (error: Error) => void} | null} */
    this.waiting = null;
  }

  /** @param {Part[]} units */
  async decode(units) {
    try {
      return await this.frames.ready(await this.frame(units));
    } catch (error) {
      if (this.decoder) {
        this.isPlain = true;
      }
      this.reset();
      throw error;
    }
  }

  reset() {
    const { decoder, waiting } = this;
    this.decoder = this.waiting = null;
    this.parameters = "";
    if (decoder && decoder.state !== "closed") {
      decoder.close();
    }
    waiting?.failed(new Error("the video was begun anew"));
  }

  /**
   * @param {Part[]} units
   * @returns {Promise<VideoFrame>}
   */
  async frame(units) {
    /** @type {number | undefined} */
    let timer;
    try {
      return await new Promise((got, failed) => {
        for (const unit of units) {
          this.feed(unit);
        }
        this.waiting = { count: this.count, got, failed };
        timer = setTimeout(() => failed(new Error("the decoder keeps pictures back")), LONGEST);
      });
    } finally {
      clearTimeout(timer);
      this.waiting = null;
    }
  }

  /** @param {Part} unit */
  feed(unit) {
    if (unit.isKey) {
      this.configure(unit);
    }
    if (!this.decoder) {
      throw new Error("the video does not begin with a key frame");
    }
    this.count += 1;
    this.decoder.decode(
      new EncodedVideoChunk({
        type: unit.isKey ? "key" : "delta",
        timestamp: this.count * SECOND,
        data: /** @type {Uint8Array<ArrayBuffer>} */ (unit.data),
      }),
    );
  }

  /**
   * Begin with this key frame, or go on when nothing about the video is new.
   * @param {Part} unit
   */
  configure(unit) {
    const { codec, sps, pps } = sequenceOf(split(unit.data));
    const parameters = [...sps, ...pps].join();
    if (this.decoder && parameters === this.parameters) {
      return;
    }
    this.reset();
    const decoder = new VideoDecoder({
      output: (frame) => {
        if (this.waiting && frame.timestamp === this.waiting.count * SECOND) {
          this.waiting.got(frame);
        } else {
          frame.close();
        }
      },
      error: (error) => {
        if (decoder === this.decoder) {
          this.waiting?.failed(error);
        }
      },
    });
    decoder.configure({
      codec,
      optimizeForLatency: true,
      hardwareAcceleration: this.isPlain ? "prefer-software" : "no-preference",
    });
    this.decoder = decoder;
    this.parameters = parameters;
  }
}
