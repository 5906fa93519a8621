// How this browser plays H.264: by a decoder of its own, or through a film. Neither is fetched before a video comes.

/** @typedef {import("../stream/decode.js").Video} Video */

/** The plainest H.264 there is. */
const PLAIN = "avc1.42E01F";

/** This browser has nothing that plays videos. */
export class NoPlayer extends Error {}

/**
 * Return what this browser makes films with, if anything: iPhones have the managed kind alone.
 * @returns {typeof MediaSource | undefined}
 */
export function filmSource() {
  const { MediaSource, ManagedMediaSource } = /** @type {any} */ (globalThis);
  return MediaSource ?? ManagedMediaSource;
}

/** Tell whether this browser may play videos; it is certain only when one comes. */
export function mayPlay() {
  return typeof VideoDecoder === "function" || filmSource() !== undefined;
}

/** @returns {Promise<Video | null>} */
async function player() {
  if (typeof VideoDecoder === "function") {
    const answer = await VideoDecoder.isConfigSupported({ codec: PLAIN, optimizeForLatency: true }).catch(() => null);
    if (answer?.supported) {
      const { CodecVideo } = await import("./webcodecs.js");
      return new CodecVideo();
    }
  }
  const { MseVideo, canUseMse } = await import("./mse.js");
  return canUseMse() ? new MseVideo() : null;
}

/** @implements {Video} */
export class LazyVideo {
  constructor() {
    /** @type {Promise<Video | null> | null} */
    this.player = null;
  }

  /** @param {import("../draw/protocol.js").Part[]} units */
  async decode(units) {
    // What could not be fetched is tried again with the next picture.
    this.player ??= player().catch((error) => {
      this.player = null;
      throw error;
    });
    const video = await this.player;
    if (!video) {
      throw new NoPlayer();
    }
    return video.decode(units);
  }

  reset() {
    void this.player?.then((video) => video?.reset(), () => {});
  }
}
