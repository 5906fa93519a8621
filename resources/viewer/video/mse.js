// H.264 through a hidden <video> that is fed a film made here (Media Source), for pages that did not come over a
// secure connection: they have no decoder of their own.

import { TIMESCALE, beginning, fragment, joined } from "./fmp4.js";
import { Frames } from "./frames.js";
import { pictureOnly, sequenceOf, split } from "./h264.js";
import { filmSource } from "./player.js";

/**
 * How long a picture lasts that no other follows, in ticks. A film must not run dry at once: browsers that wait for more
 * go on late, or not at all.
 */
const PICTURE = TIMESCALE / 2;
/**
 * The same in Firefox. There a film does run dry, goes on at once when there is more, but lasts as long as it says: half
 * a second for each picture.
 */
const FIREFOX_PICTURE = TIMESCALE / 50;
/** How far before the place that is shown now the next picture is put, in ticks: time to decode it. */
const LEAD = TIMESCALE / 125;
/** The least time between two pictures, in ticks. */
const STEP = TIMESCALE / 1000;
/** Milliseconds after which a film that does not move is pushed to the picture; too early, it only takes longer. */
const PUSH = 1000;
/** Milliseconds after which it is given up. */
const LONGEST = 3000;
/** The plainest kind, to ask whether there is any. */
const PLAIN = 'video/mp4; codecs="avc1.42E01F"';

/** @typedef {{isKey: boolean, data: Uint8Array}} Unit */
/** @typedef {import("../stream/decode.js").Video} Video */

/** Tell whether this browser can show films, and says when a picture of one is shown. */
export function canUseMse() {
  const isTold = "requestVideoFrameCallback" in HTMLVideoElement.prototype;
  return isTold && filmSource()?.isTypeSupported(PLAIN) === true;
}

/** Tell whether this is Firefox, by a property that only it has: how it plays films cannot be seen from outside. */
function isFirefox() {
  return "mozHasAudio" in HTMLVideoElement.prototype;
}

/** @implements {Video} */
export class MseVideo {
  constructor() {
    this.film = new MsePlayer();
    this.frames = new Frames();
    /** Ends the waiting for a picture. @type {((error: Error) => void) | null} */
    this.giveUp = null;
  }

  /** @param {import("../draw/protocol.js").Part[]} units */
  async decode(units) {
    const frame = await new Promise((/** @type {(frame: VideoFrame | ImageBitmap) => void} */ got, failed) => {
      this.giveUp = failed;
      this.film.decode(units).then((made) => (this.giveUp === failed ? got(made) : made.close()), failed);
    });
    this.giveUp = null;
    return "displayWidth" in frame ? this.frames.ready(frame) : frame;
  }

  reset() {
    this.giveUp?.(new Error("the video was begun anew"));
    this.giveUp = null;
    this.film.reset();
  }
}

class MsePlayer {
  constructor() {
    /** @type {HTMLVideoElement | null} */
    this.video = null;
    /** @type {SourceBuffer | null} */
    this.buffer = null;
    this.parameters = "";
    /** How long the last picture lasts, in ticks. */
    this.lasting = isFirefox() ? FIREFOX_PICTURE : PICTURE;
    /** Where the last picture is, in ticks; the first one is at 0. */
    this.time = -this.lasting;
    this.number = 0;
  }

  /** Begin a new film with the next key frame. */
  reset() {
    if (this.video) {
      const address = this.video.src;
      this.video.removeAttribute("src");
      this.video.load();
      this.video.remove();
      URL.revokeObjectURL(address);
    }
    this.video = this.buffer = null;
    this.parameters = "";
    this.time = -this.lasting;
    this.number = 0;
  }

  /**
   * Show units and return the picture of the last one.
   * @param {Unit[]} units
   * @returns {Promise<VideoFrame | ImageBitmap>}
   */
  async decode(units) {
    /** @type {Uint8Array[]} */
    const pieces = [];
    let keyAt = 0;
    for (const [at, unit] of units.entries()) {
      const nals = split(unit.data);
      const isNew = unit.isKey && (await this.begin(nals, pieces));
      this.time = at && !isNew ? this.time + STEP : this.place();
      keyAt = unit.isKey ? this.time : keyAt;
      this.number += 1;
      const duration = at === units.length - 1 ? this.lasting : STEP;
      pieces.push(fragment(this.number, this.time, duration, unit.isKey, pictureOnly(nals)));
    }
    const { video, buffer } = this;
    if (!video || !buffer) {
      throw new Error("the film does not begin with a key frame");
    }
    const seen = this.shown(video, this.time / TIMESCALE);
    await Promise.all([changed(buffer, () => buffer.appendBuffer(joined(pieces))), seen]);
    const frame = await frameOf(video);
    if (keyAt > 0) {
      // What lies before a key frame is not needed any more, and films grow.
      await changed(buffer, () => buffer.remove(0, keyAt / TIMESCALE));
    }
    return frame;
  }

  /** Return where the next picture goes, in ticks. */
  place() {
    const { video } = this;
    const next = this.time + this.lasting;
    // Where the film waits for more, it goes on only from where it ends.
    if (!video || video.readyState < video.HAVE_FUTURE_DATA) {
      return next;
    }
    return Math.max(this.time + STEP, Math.min(next, Math.round(video.currentTime * TIMESCALE) + LEAD));
  }

  /**
   * Get ready for a key frame.
   * @param {Uint8Array[]} nals
   * @param {Uint8Array[]} pieces of the film that are still to be added; a new film's beginning takes their place
   * @returns {Promise<boolean>} whether it begins a new film
   */
  async begin(nals, pieces) {
    const sequence = sequenceOf(nals);
    const parameters = [...sequence.sps, ...sequence.pps].join();
    if (this.buffer && parameters === this.parameters) {
      return false;
    }
    this.reset();
    const video = document.createElement("video");
    video.className = "film";
    // The managed kind opens only where the film cannot be sent on to a television.
    video.muted = video.playsInline = video.disableRemotePlayback = true;
    video.ariaHidden = "true";
    this.video = video;
    this.parameters = parameters;
    document.body.append(video);
    const buffer = await opened(video, sequence.codec);
    if (video !== this.video) {
      throw new Error("the film was begun anew");
    }
    this.buffer = buffer;
    pieces.splice(0, pieces.length, beginning(sequence));
    return true;
  }

  /**
   * Wait until the picture at `time` (seconds) is on the screen, and make the film go there.
   * @param {HTMLVideoElement} video
   * @param {number} time
   * @returns {Promise<void>}
   */
  async shown(video, time) {
    // Times come back rounded.
    const enough = time - STEP / TIMESCALE / 2;
    if (video.paused) {
      // One that was hidden may have been stopped. Where it must not play, it is given up below.
      video.play().catch(() => {});
    }
    const push = setTimeout(() => (video.currentTime = time + STEP / TIMESCALE / 2), PUSH);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let end;
    try {
      await new Promise((done, failed) => {
        whenShown(video, enough, () => done(undefined));
        video.onerror = () => failed(video.error ?? new Error("the film broke"));
        end = setTimeout(() => failed(new Error("the film stands still")), LONGEST);
      });
    } finally {
      clearTimeout(push);
      clearTimeout(end);
    }
  }
}

/**
 * Call `act` when a picture of that time or later is shown. A film that is reset never calls.
 * @param {HTMLVideoElement} video
 * @param {number} time
 * @param {() => void} act
 */
function whenShown(video, time, act) {
  video.requestVideoFrameCallback((_now, { mediaTime }) => {
    if (mediaTime < time) {
      whenShown(video, time, act);
    } else if (video.seeking) {
      // It was pushed, and says so early: what it gives now is still the picture before.
      video.addEventListener("seeked", act, { once: true });
    } else if (isFirefox()) {
      whenReached(video, time, act);
    } else {
      act();
    }
  });
}

/**
 * Call `act` when the film has come to `time` and the screen has been drawn since: Firefox tells of pictures that are
 * still to come, and until then gives the one before.
 * @param {HTMLVideoElement} video
 * @param {number} time
 * @param {() => void} act
 */
function whenReached(video, time, act) {
  requestAnimationFrame(() => {
    if (video.currentTime >= time) {
      requestAnimationFrame(act);
    } else if (video.isConnected) {
      whenReached(video, time, act);
    }
  });
}

/**
 * Return where a film for `video` goes.
 * @param {HTMLVideoElement} video
 * @param {string} codec
 * @returns {Promise<SourceBuffer>}
 */
async function opened(video, codec) {
  const Source = filmSource();
  if (!Source) {
    throw new Error("there are no films here");
  }
  const source = new Source();
  const open = new Promise((done) => source.addEventListener("sourceopen", done, { once: true }));
  video.src = URL.createObjectURL(source);
  await open;
  return source.addSourceBuffer(`video/mp4; codecs="${codec}"`);
}

/**
 * Change what a film holds, and wait until that is done.
 * @param {SourceBuffer} buffer
 * @param {() => void} change
 */
async function changed(buffer, change) {
  const done = new Promise((resolve, reject) => {
    buffer.onupdateend = resolve;
    buffer.onerror = () => reject(new Error("the film was not understood"));
    buffer.onabort = () => reject(new Error("the film was begun anew"));
  });
  change();
  await done;
}

/**
 * Return what a video shows now.
 * @param {HTMLVideoElement} video
 * @returns {VideoFrame | Promise<ImageBitmap>}
 */
function frameOf(video) {
  if (typeof VideoFrame === "function") {
    return new VideoFrame(video);
  }
  return createImageBitmap(video);
}
