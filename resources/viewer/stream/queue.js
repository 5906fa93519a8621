// The picture messages of one connection: taken strictly in order, drawn, acknowledged; a wrong one is not drawn.

import { H264, ack, parse, wholePlease } from "../draw/protocol.js";
import { close, decoded } from "./decode.js";
import { NoPlayer } from "../video/player.js";

/** @typedef {import("../draw/protocol.js").Picture} Picture */
/** @typedef {import("../draw/protocol.js").Pointer} Pointer */

/** So much time passes at least between two requests for a whole picture; milliseconds. */
const ASK_PAUSE = 500;
/** After so many videos in a row that could not be shown, this browser is taken not to play them. */
const VIDEO_TRIES = 3;

/**
 * @typedef {object} Drawn what is told of each picture
 * @property {number} sequence
 * @property {boolean} isExact
 * @property {number} width
 * @property {number} height
 * @property {number} bytes of the whole message
 * @property {number} milliseconds from its arrival on
 */

/**
 * @typedef {object} Listener
 * @property {(message: ArrayBuffer) => void} answer to be sent to the server
 * @property {(drawn: Drawn) => void} drawn
 * @property {(pointer: Pointer) => void} pointer
 * @property {() => void} noVideo videos cannot be shown here
 */

export class Pictures {
  /**
   * @param {import("../draw/canvas.js").Drawing} drawing
   * @param {import("./decode.js").Video} video
   * @param {Listener} listener
   */
  constructor(drawing, video, listener) {
    this.drawing = drawing;
    this.video = video;
    this.listener = listener;
    /** The sequence that is shown; null while it is not to be relied upon. @type {number | null} */
    this.held = null;
    /** Whether a whole picture was asked for and has not come. */
    this.isLost = false;
    this.askedAt = -Infinity;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.failures = 0;
    /** Null stands for a message that could not be read. @type {{picture: Picture | null, bytes: number, arrived: number}[]} */
    this.queue = [];
    this.isBusy = false;
    this.isOver = false;
    video.reset();
  }

  /**
   * Take a binary message.
   * @param {ArrayBuffer} message
   */
  receive(message) {
    const arrived = performance.now();
    let found = null;
    try {
      found = parse(message);
    } catch {
      // It is answered when its turn comes: answers go out in the order of what they answer.
    }
    if (found?.kind === "pointer") {
      this.listener.pointer(found);
      return;
    }
    this.queue.push({ picture: found, bytes: message.byteLength, arrived });
    if (!this.isBusy) {
      void this.work();
    }
  }

  /** Draw and answer nothing any more. */
  end() {
    this.isOver = true;
    this.queue.length = 0;
    clearTimeout(this.timer);
  }

  async work() {
    this.isBusy = true;
    for (let next = this.queue.shift(); next; next = this.queue.shift()) {
      const { picture, bytes, arrived } = next;
      if (picture === null) {
        this.lose();
      } else if (picture.isWhole || picture.base === this.held) {
        await this.show(picture, bytes, arrived);
      } else if (!this.isLost) {
        this.lose();
      }
    }
    this.isBusy = false;
  }

  /**
   * @param {Picture} picture
   * @param {number} bytes
   * @param {number} arrived
   */
  async show(picture, bytes, arrived) {
    try {
      const drawables = await decoded(picture.parts, this.video);
      if (this.isOver) {
        drawables.forEach((drawable) => drawable && close(drawable));
        return;
      }
      this.drawing.draw(picture, drawables);
    } catch (error) {
      if (!this.isOver) {
        this.fail(picture, error);
      }
      return;
    }
    const { sequence, isExact, width, height } = picture;
    const milliseconds = performance.now() - arrived;
    this.held = sequence;
    this.isLost = false;
    clearTimeout(this.timer);
    this.listener.answer(ack(sequence, milliseconds));
    this.listener.drawn({ sequence, isExact, width, height, bytes, milliseconds });
    if (hasVideo(picture)) {
      this.failures = 0;
    }
  }

  /**
   * @param {Picture} picture
   * @param {unknown} error
   */
  fail(picture, error) {
    if (hasVideo(picture)) {
      this.failures = error instanceof NoPlayer ? VIDEO_TRIES : this.failures + 1;
      if (this.failures === VIDEO_TRIES) {
        this.listener.noVideo();
      }
    }
    this.lose();
  }

  /** Rely on nothing that is shown, and ask for a whole picture. */
  lose() {
    this.held = null;
    this.isLost = true;
    this.video.reset();
    clearTimeout(this.timer);
    const pause = this.askedAt + ASK_PAUSE - performance.now();
    if (pause > 0) {
      this.timer = setTimeout(() => this.ask(), pause);
    } else {
      this.ask();
    }
  }

  ask() {
    this.askedAt = performance.now();
    this.listener.answer(wholePlease());
  }
}

/** @param {Picture} picture */
function hasVideo(picture) {
  return picture.parts.some((part) => part.form === H264);
}
