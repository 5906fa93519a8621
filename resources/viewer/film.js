// H.264 through a hidden <video> that is fed a film made here (Media Source), for pages that did not come over a
// secure connection: they have no decoder of their own. Lives in the page; a worker has no <video>.

import { TIMESCALE, beginning, fragment, joined } from "./fmp4.js";
import { pictureOnly, sequenceOf, split } from "./h264.js";

/** One picture's time in the film. Browsers need so much of it to go on at once; shorter ones get stuck at times. */
const PICTURE = TIMESCALE / 30;
/** A picture that another follows at once is only passed. */
const PASSED = TIMESCALE / 1000;
/** Further behind than this, in seconds, the film runs at twice the speed. */
const BEHIND = 0.05;
/** Milliseconds after which a film that does not move is pushed to the picture. */
const PUSH = 150;
/** Milliseconds after which it is given up. */
const LONGEST = 1500;
/** The plainest kind, to ask whether there is any. */
const PLAIN = 'video/mp4; codecs="avc1.42E01F"';

/** @typedef {{isKey: boolean, data: Uint8Array}} Unit */

/** Tell whether this browser can show films. */
export function canFilm() {
  return typeof MediaSource === "function" && MediaSource.isTypeSupported(PLAIN);
}

export class Film {
  constructor() {
    /** @type {HTMLVideoElement | null} */
    this.video = null;
    /** @type {SourceBuffer | null} */
    this.buffer = null;
    this.parameters = "";
    /** Where the next picture goes, in ticks. */
    this.time = 0;
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
    this.time = this.number = 0;
  }

  /**
   * Show units and return the picture of the last one.
   * @param {Unit[]} units
   * @returns {Promise<VideoFrame | ImageBitmap>}
   */
  async decode(units) {
    /** @type {Uint8Array[]} */
    const pieces = [];
    let shownAt = this.time;
    for (const [at, unit] of units.entries()) {
      const nals = split(unit.data);
      if (unit.isKey) {
        pieces.push(...(await this.begin(nals)));
      }
      shownAt = this.time;
      this.number += 1;
      const duration = at === units.length - 1 ? PICTURE : PASSED;
      pieces.push(fragment(this.number, this.time, duration, unit.isKey, pictureOnly(nals)));
      this.time += duration;
    }
    const { video, buffer } = this;
    if (!video || !buffer) {
      throw new Error("the film does not begin with a key frame");
    }
    const seen = this.shown(video, shownAt / TIMESCALE);
    await Promise.all([changed(buffer, () => buffer.appendBuffer(joined(pieces))), seen]);
    return frameOf(video);
  }

  /**
   * Get ready for a key frame; return what has to go before it.
   * @param {Uint8Array[]} nals
   * @returns {Promise<Uint8Array[]>}
   */
  async begin(nals) {
    const sequence = sequenceOf(nals);
    const parameters = [...sequence.sps, ...sequence.pps].join();
    if (this.buffer && parameters === this.parameters) {
      await this.forgetPast(this.buffer);
      return [];
    }
    this.reset();
    const video = document.createElement("video");
    video.className = "film";
    video.muted = video.playsInline = true;
    video.ariaHidden = "true";
    this.video = video;
    this.parameters = parameters;
    document.body.append(video);
    this.buffer = await opened(video, sequence.codec);
    return [beginning(sequence)];
  }

  /**
   * Let go of what lies before the next key frame.
   * @param {SourceBuffer} buffer
   */
  async forgetPast(buffer) {
    const end = (this.time - PICTURE) / TIMESCALE;
    if (buffer.buffered.length && buffer.buffered.start(0) < end) {
      await changed(buffer, () => buffer.remove(0, end));
    }
  }

  /**
   * Wait until the picture at `time` (seconds) is on the screen, and make the film go there.
   * @param {HTMLVideoElement} video
   * @param {number} time
   * @returns {Promise<void>}
   */
  async shown(video, time) {
    // Times come back rounded.
    const enough = time - PASSED / TIMESCALE / 2;
    const behind = time - video.currentTime;
    video.playbackRate = behind > BEHIND ? 2 : 1;
    if (video.paused) {
      // One that was hidden may have been stopped. Where it must not play, it is given up below.
      video.play().catch(() => {});
    }
    const push = setTimeout(() => (video.currentTime = time + PASSED / TIMESCALE / 2), PUSH);
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
  if (typeof video.requestVideoFrameCallback !== "function") {
    const look = () => {
      if (video.currentTime >= time && video.readyState >= video.HAVE_CURRENT_DATA && !video.seeking) {
        act();
      } else if (video.isConnected) {
        requestAnimationFrame(look);
      }
    };
    look();
    return;
  }
  video.requestVideoFrameCallback((_now, { mediaTime }) => {
    if (mediaTime >= time) {
      act();
    } else {
      whenShown(video, time, act);
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
  const source = new MediaSource();
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
 * Return what a video shows now, for a canvas that may be elsewhere.
 * @param {HTMLVideoElement} video
 * @returns {VideoFrame | Promise<ImageBitmap>}
 */
function frameOf(video) {
  if (typeof VideoFrame === "function") {
    return new VideoFrame(video);
  }
  return createImageBitmap(video);
}
