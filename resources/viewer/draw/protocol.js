// The binary messages of `panecast.v1` (docs/wire.md): bytes in, values out, and back. No socket, no canvas in sight.

export const PROTOCOL = "panecast.v1";
export const MANY_PROTOCOL = "panecast.many.v1";

export const COPY = 0;
export const JPEG = 1;
export const PNG = 2;
export const WEBP = 3;
export const FILL = 4;
export const H264 = 5;

const PICTURE = 1;
const POINTER = 2;
const CHANNEL = 3;
const CHANNEL_SIZE = 4;
const WHOLE = 1;
const EXACT = 2;
const SHARPENING = 4;
const VISIBLE = 1;
const NEW_SHAPE = 2;
const PICTURE_HEAD = 40;
const PART_HEAD = 20;
const POINTER_HEAD = 12;
const FILL_SIZE = 3;
const LONGEST_U32 = 0xffffffff;

/**
 * @typedef {object} Part one rectangle
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {number} form `COPY` to `H264`
 * @property {boolean} isKey a decoder may begin with it
 * @property {Uint8Array} data a view of the message
 * @property {number} fromX where a copy comes from
 * @property {number} fromY
 */

/**
 * @typedef {object} Picture
 * @property {"picture"} kind
 * @property {boolean} isWhole
 * @property {boolean} isExact
 * @property {boolean} isSharpening
 * @property {number} sequence
 * @property {number} base
 * @property {number} width
 * @property {number} height
 * @property {number} takenAt milliseconds since the epoch
 * @property {Part[]} parts
 */

/**
 * @typedef {object} Pointer
 * @property {"pointer"} kind
 * @property {boolean} isVisible
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {Uint8Array | null} shape a PNG file, null when it is the one that came last
 */

/** A binary message that is none of those there are. */
export class BadMessage extends Error {}

/**
 * Take a message apart. What it gives shares the message's memory.
 * @param {ArrayBuffer} message
 * @returns {Picture | Pointer}
 * @throws {BadMessage} it is cut short, has something left over, or holds what cannot be drawn
 */
export function parse(message) {
  const view = new DataView(message);
  const kind = view.byteLength ? view.getUint8(0) : 0;
  if (kind === PICTURE) {
    return pictureOf(view);
  }
  if (kind === POINTER) {
    return pointerOf(view);
  }
  throw new BadMessage(`no message of kind ${kind}`);
}

/**
 * @param {DataView} view
 * @returns {Picture}
 */
function pictureOf(view) {
  expect(view.byteLength >= PICTURE_HEAD, "cut short");
  const flags = view.getUint8(1);
  const width = view.getUint16(24, true);
  const height = view.getUint16(26, true);
  expect(width > 0 && height > 0, "no size");
  const count = view.getUint16(2, true);
  let at = PICTURE_HEAD + PART_HEAD * count;
  expect(view.byteLength >= at, "cut short");
  const parts = [];
  for (let number = 0; number < count; number += 1) {
    const part = partOf(view, PICTURE_HEAD + PART_HEAD * number, at);
    check(part, width, height);
    at += part.data.length;
    parts.push(part);
  }
  expect(at === view.byteLength, "sizes do not add up");
  return {
    kind: "picture",
    isWhole: (flags & WHOLE) !== 0,
    isExact: (flags & EXACT) !== 0,
    isSharpening: (flags & SHARPENING) !== 0,
    sequence: u64(view, 8),
    base: u64(view, 16),
    width,
    height,
    takenAt: view.getFloat64(32, true),
    parts,
  };
}

/**
 * @param {DataView} view
 * @param {number} at where it is described
 * @param {number} dataAt where its data begin
 * @returns {Part}
 */
function partOf(view, at, dataAt) {
  const size = view.getUint32(at + 12, true);
  expect(dataAt + size <= view.byteLength, "cut short");
  return {
    x: view.getUint16(at, true),
    y: view.getUint16(at + 2, true),
    width: view.getUint16(at + 4, true),
    height: view.getUint16(at + 6, true),
    form: view.getUint8(at + 8),
    isKey: view.getUint8(at + 9) === 1,
    data: new Uint8Array(view.buffer, dataAt, size),
    fromX: view.getUint16(at + 16, true),
    fromY: view.getUint16(at + 18, true),
  };
}

/**
 * @param {Part} part
 * @param {number} width of the picture
 * @param {number} height
 */
function check(part, width, height) {
  expect(part.form <= H264, "unknown form");
  expect(part.width > 0 && part.height > 0, "an empty part");
  expect(part.x + part.width <= width && part.y + part.height <= height, "a part outside of the picture");
  if (part.form === COPY) {
    expect(part.data.length === 0, "a copy with data");
    expect(part.fromX + part.width <= width && part.fromY + part.height <= height, "a copy from outside");
  } else if (part.form === FILL) {
    expect(part.data.length === FILL_SIZE, "no colour");
  } else {
    expect(part.data.length > 0, "a part without data");
  }
}

/**
 * @param {DataView} view
 * @returns {Pointer}
 */
function pointerOf(view) {
  expect(view.byteLength >= POINTER_HEAD, "cut short");
  const flags = view.getUint8(1);
  const hasShape = (flags & NEW_SHAPE) !== 0;
  expect(hasShape === view.byteLength > POINTER_HEAD, "sizes do not add up");
  return {
    kind: "pointer",
    isVisible: (flags & VISIBLE) !== 0,
    x: view.getInt16(2, true),
    y: view.getInt16(4, true),
    width: view.getUint16(6, true),
    height: view.getUint16(8, true),
    shape: hasShape ? new Uint8Array(view.buffer, POINTER_HEAD) : null,
  };
}

/**
 * Return what says that a picture was drawn.
 * @param {number} sequence
 * @param {number} milliseconds from its arrival on
 */
export function ack(sequence, milliseconds) {
  const view = new DataView(new ArrayBuffer(16));
  view.setUint8(0, 1);
  view.setUint32(4, Math.max(0, Math.min(LONGEST_U32, Math.round(milliseconds * 1000))), true);
  view.setUint32(8, sequence % 2 ** 32, true);
  view.setUint32(12, Math.floor(sequence / 2 ** 32), true);
  return view.buffer;
}

/**
 * Return what says that the messages which follow belong to a channel.
 * @param {number} channel
 */
export function select(channel) {
  return Uint8Array.of(CHANNEL, 0, channel & 0xff, channel >> 8).buffer;
}

/**
 * Return the channel that a message selects, null when it is another kind of message.
 * @param {ArrayBuffer} message
 */
export function selected(message) {
  if (message.byteLength !== CHANNEL_SIZE) {
    return null;
  }
  const view = new DataView(message);
  return view.getUint8(0) === CHANNEL ? view.getUint16(2, true) : null;
}

/** Return what asks for a whole picture. */
export function wholePlease() {
  return Uint8Array.of(2).buffer;
}

/**
 * Numbers hold 53 bits exactly: at 60 pictures a second, enough for four million years.
 * @param {DataView} view
 * @param {number} at
 */
function u64(view, at) {
  const value = view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  expect(Number.isSafeInteger(value), "too large a number");
  return value;
}

/**
 * @param {boolean} isSo
 * @param {string} words
 */
function expect(isSo, words) {
  if (!isSo) {
    throw new BadMessage(words);
  }
}
