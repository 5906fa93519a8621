// H.264 in the boxes of a fragmented MP4 file (ISO/IEC 14496-12 and -15), as Media Source wants it.

/** Ticks per second of every time in here. */
export const TIMESCALE = 90_000;
const TRACK = 1;

/** @typedef {import("./h264.js").Sequence} Sequence */

/**
 * Return the beginning of the file: one track of video without a known end.
 * @param {Sequence} sequence
 */
export function beginning({ width, height, sps, pps }) {
  const avcC = box("avcC", [1, sps[1], sps[2], sps[3], 0xff, 0xe1, ...u16(sps.length)], sps, [1, ...u16(pps.length)], pps);
  const sample = box(
    "avc1",
    [...zeros(6), 0, 1, ...zeros(16), ...u16(width), ...u16(height), 0, 0x48, 0, 0, 0, 0x48, 0, 0],
    [...zeros(4), 0, 1, ...zeros(32), 0, 0x18, 0xff, 0xff],
    avcC,
  );
  const empty = ["stts", "stsc", "stco"].map((name) => box(name, zeros(8)));
  const tables = box("stbl", box("stsd", [...zeros(4), ...u32(1)], sample), ...empty, box("stsz", zeros(12)));
  const place = box("dinf", box("dref", [...zeros(4), ...u32(1)], box("url ", [0, 0, 0, 1])));
  const media = box(
    "mdia",
    box("mdhd", [...zeros(12), ...u32(TIMESCALE), ...u32(0), 0x55, 0xc4, 0, 0]),
    box("hdlr", [...zeros(8), ...text("vide"), ...zeros(13)]),
    box("minf", box("vmhd", [0, 0, 0, 1, ...zeros(8)]), place, tables),
  );
  const track = box("tkhd", [0, 0, 0, 3, ...zeros(8), ...u32(TRACK), ...zeros(24)], MATRIX, [...u16(width), 0, 0, ...u16(height), 0, 0]);
  const movie = box("mvhd", [...zeros(12), ...u32(TIMESCALE), ...u32(0), 0, 1, 0, 0, 1, 0, ...zeros(10)], MATRIX, [...zeros(24), ...u32(TRACK + 1)]);
  const extends_ = box("mvex", box("trex", [...zeros(4), ...u32(TRACK), ...u32(1), ...zeros(12)]));
  return joined([box("ftyp", text("iso5"), u32(1), text("iso5avc1")), box("moov", movie, box("trak", track, media), extends_)]);
}

/**
 * Return a piece of the file with one picture in it.
 * @param {number} number counted from 1
 * @param {number} time ticks
 * @param {number} duration ticks
 * @param {boolean} isKey
 * @param {Uint8Array[]} nals
 */
export function fragment(number, time, duration, isKey, nals) {
  const size = nals.reduce((sum, nal) => sum + 4 + nal.length, 0);
  const flags = isKey ? [2, 0, 0, 0] : [1, 1, 0, 0];
  const moof = (/** @type {number} */ offset) =>
    box(
      "moof",
      box("mfhd", [...zeros(4), ...u32(number)]),
      box(
        "traf",
        box("tfhd", [0, 2, 0, 0, ...u32(TRACK)]),
        box("tfdt", [1, 0, 0, 0, ...u32(Math.floor(time / 2 ** 32)), ...u32(time % 2 ** 32)]),
        box("trun", [0, 0, 7, 1, ...u32(1), ...u32(offset), ...u32(duration), ...u32(size), ...flags]),
      ),
    );
  const head = moof(moof(0).length + 8);
  const data = nals.flatMap((nal) => [u32(nal.length), nal]);
  return joined([head, u32(size + 8), text("mdat"), ...data]);
}

/** @type {number[]} */
const MATRIX = [0, 1, 0, 0, ...zeros(12), 0, 1, 0, 0, ...zeros(12), 0x40, 0, 0, 0];

/**
 * @param {string} name
 * @param {ArrayLike<number>[]} contents
 */
function box(name, ...contents) {
  const size = contents.reduce((sum, content) => sum + content.length, 8);
  return joined([u32(size), text(name), ...contents]);
}

/**
 * Return pieces as one.
 * @param {ArrayLike<number>[]} pieces
 */
export function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** @param {number} count */
function zeros(count) {
  return /** @type {number[]} */ (new Array(count).fill(0));
}

/** @param {number} value */
function u16(value) {
  return [value >> 8, value & 255];
}

/** @param {number} value */
function u32(value) {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

/** @param {string} letters */
function text(letters) {
  return Array.from(letters, (letter) => letter.charCodeAt(0));
}
