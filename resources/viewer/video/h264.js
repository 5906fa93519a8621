// H.264 as bytes: where its units begin, and what a sequence's parameters say. Nothing here decodes pictures.

const SPS = 7;
const PPS = 8;
const DELIMITER = 9;
/** Profiles whose parameters tell of chroma and scaling before the size. */
const HIGH = new Set([44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244]);

/**
 * Return the parts of an access unit between its start codes (00 00 01), as views.
 * @param {Uint8Array} unit
 * @returns {Uint8Array[]}
 * @throws {RangeError} there is no start code
 */
export function split(unit) {
  const found = [];
  let begin = -1;
  let at = unit.indexOf(1, 2);
  while (at > 0) {
    if (unit[at - 1] === 0 && unit[at - 2] === 0) {
      if (begin > 0) {
        found.push(trimmed(unit, begin, at - 2));
      }
      begin = at + 1;
    }
    at = unit.indexOf(1, at + 1);
  }
  if (begin < 0 || begin >= unit.length) {
    throw new RangeError("no H.264 unit");
  }
  found.push(trimmed(unit, begin, unit.length));
  return found;
}

/**
 * Return a view without the zeros that may follow a unit.
 * @param {Uint8Array} unit
 * @param {number} begin
 * @param {number} end
 */
function trimmed(unit, begin, end) {
  while (end > begin && unit[end - 1] === 0) {
    end -= 1;
  }
  return unit.subarray(begin, end);
}

/**
 * @typedef {object} Sequence what a decoder has to know before the first picture
 * @property {string} codec its name for browsers, `avc1.` and six hexadecimal digits
 * @property {number} width pixels, padding left out
 * @property {number} height
 * @property {Uint8Array} sps
 * @property {Uint8Array} pps
 */

/**
 * Return what a key unit says of its sequence.
 * @param {Uint8Array[]} nals
 * @returns {Sequence}
 * @throws {RangeError} its parameter sets are missing or cut short
 */
export function sequenceOf(nals) {
  const sps = nals.find((nal) => (nal[0] & 31) === SPS);
  const pps = nals.find((nal) => (nal[0] & 31) === PPS);
  if (!sps || !pps || sps.length < 4) {
    throw new RangeError("no H.264 parameter sets");
  }
  const digits = Array.from(sps.subarray(1, 4), (byte) => byte.toString(16).padStart(2, "0").toUpperCase());
  return { codec: `avc1.${digits.join("")}`, ...sizeOf(sps), sps, pps };
}

/**
 * Return the units that a file keeps with a picture: parameter sets and delimiters stand elsewhere there.
 * @param {Uint8Array[]} nals
 */
export function pictureOnly(nals) {
  return nals.filter((nal) => ![SPS, PPS, DELIMITER].includes(nal[0] & 31));
}

/** Reads numbers of few bits, as H.264 writes its parameters. */
class Bits {
  /** @param {Uint8Array} nal */
  constructor(nal) {
    // A 3 after two zeros is no data; it keeps start codes out.
    this.bytes = nal.filter((byte, at) => !(byte === 3 && at > 1 && nal[at - 1] === 0 && nal[at - 2] === 0));
    this.at = 8;
  }

  bit() {
    if (this.at >= this.bytes.length * 8) {
      throw new RangeError("H.264 parameters are cut short");
    }
    const bit = (this.bytes[this.at >> 3] >> (7 - (this.at & 7))) & 1;
    this.at += 1;
    return bit;
  }

  /** @param {number} count */
  bits(count) {
    let value = 0;
    for (let left = count; left > 0; left -= 1) {
      value = value * 2 + this.bit();
    }
    return value;
  }

  /** An Exp-Golomb number. */
  number() {
    let zeros = 0;
    while (this.bit() === 0) {
      zeros += 1;
      if (zeros > 31) {
        throw new RangeError("H.264 parameters are broken");
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** A signed one. */
  signed() {
    const number = this.number();
    return number & 1 ? (number + 1) / 2 : -number / 2;
  }
}

/**
 * Return the size of a sequence's pictures (H.264, 7.3.2.1.1).
 * @param {Uint8Array} sps
 */
function sizeOf(sps) {
  const bits = new Bits(sps);
  const profile = bits.bits(8);
  bits.bits(16);
  bits.number();
  let chroma = 1;
  if (HIGH.has(profile)) {
    chroma = bits.number();
    if (chroma === 3) {
      bits.bit();
    }
    bits.number();
    bits.number();
    bits.bit();
    if (bits.bit()) {
      for (let list = 0; list < (chroma === 3 ? 12 : 8); list += 1) {
        if (bits.bit()) {
          passScaling(bits, list < 6 ? 16 : 64);
        }
      }
    }
  }
  bits.number();
  const order = bits.number();
  if (order === 0) {
    bits.number();
  } else if (order === 1) {
    bits.bit();
    bits.signed();
    bits.signed();
    for (let left = bits.number(); left > 0; left -= 1) {
      bits.signed();
    }
  }
  bits.number();
  bits.bit();
  const columns = bits.number() + 1;
  const rows = bits.number() + 1;
  const isFrames = bits.bit();
  if (!isFrames) {
    bits.bit();
  }
  bits.bit();
  let width = columns * 16;
  let height = rows * 16 * (2 - isFrames);
  if (bits.bit()) {
    const stepX = chroma === 1 || chroma === 2 ? 2 : 1;
    const stepY = (chroma === 1 ? 2 : 1) * (2 - isFrames);
    width -= stepX * (bits.number() + bits.number());
    height -= stepY * (bits.number() + bits.number());
  }
  return { width, height };
}

/**
 * @param {Bits} bits
 * @param {number} size
 */
function passScaling(bits, size) {
  let last = 8;
  let next = 8;
  for (let at = 0; at < size; at += 1) {
    if (next !== 0) {
      next = (last + bits.signed() + 256) % 256;
    }
    last = next === 0 ? last : next;
  }
}
