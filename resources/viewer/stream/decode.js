// From a message's parts to what can be drawn. All of them are decoded at once.

import { BadMessage, H264, JPEG, PNG, WEBP } from "../draw/protocol.js";

/** @typedef {import("../draw/protocol.js").Part} Part */
/** @typedef {import("../draw/canvas.js").Drawable} Drawable */

/**
 * @typedef {object} Video decodes H.264; `reset` makes it wait for a key frame
 * @property {(units: Part[]) => Promise<Drawable>} decode gives the last unit's picture; takes one call at a time
 * @property {() => void} reset
 */

/** @type {Record<number, string>} */
const TYPES = { [JPEG]: "image/jpeg", [PNG]: "image/png", [WEBP]: "image/webp" };
/** The files carry no colour profile, so this only makes sure. For JPEG, which is not exact, it would cost a copy. */
const EXACTLY = /** @type {ImageBitmapOptions} */ ({ colorSpaceConversion: "none", premultiplyAlpha: "none" });

/**
 * Decode a message's parts; null for those that need no decoding and for units of a video that others follow.
 * @param {Part[]} parts
 * @param {Video} video
 * @returns {Promise<(Drawable | null)[]>}
 * @throws {Error} one of them cannot be decoded, or has another size than it should
 */
export async function decoded(parts, video) {
  const units = parts.filter((part) => part.form === H264);
  const last = units[units.length - 1];
  const results = await Promise.allSettled(
    parts.map((part) => (part === last ? lastFrame(part, units, video) : part.form in TYPES ? image(part) : null)),
  );
  const failure = results.find((result) => result.status === "rejected");
  if (failure) {
    for (const result of results) {
      if (result.status === "fulfilled" && result.value) {
        close(result.value);
      }
    }
    throw failure.reason;
  }
  return results.map((result) => /** @type {PromiseFulfilledResult<Drawable | null>} */ (result).value);
}

/** @param {Part} part */
async function image(part) {
  const type = TYPES[part.form];
  const blob = new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (part.data)], { type });
  const bitmap = await (part.form === JPEG ? createImageBitmap(blob) : createImageBitmap(blob, EXACTLY));
  if (bitmap.width !== part.width || bitmap.height !== part.height) {
    bitmap.close();
    throw new BadMessage("a picture of another size than its part");
  }
  return bitmap;
}

/**
 * @param {Part} part
 * @param {Part[]} units
 * @param {Video} video
 */
async function lastFrame(part, units, video) {
  const frame = await video.decode(units);
  const isFrame = "displayWidth" in frame;
  const [width, height] = isFrame ? [frame.displayWidth, frame.displayHeight] : [frame.width, frame.height];
  if (width < part.width || height < part.height) {
    close(frame);
    throw new BadMessage("a video smaller than its part");
  }
  return frame;
}

/** @param {Drawable} drawable */
export function close(drawable) {
  if ("close" in drawable) {
    drawable.close();
  }
}
