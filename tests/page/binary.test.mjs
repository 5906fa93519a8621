// The binary messages, against bytes that were made by hand.

import assert from "node:assert/strict";
import test from "node:test";

import { pictureMessage, viewer } from "./viewer.mjs";

const { BadMessage, ack, parse, wholePlease } = await viewer("draw/protocol.js");

const fill = { place: [1, 2, 3, 4], form: 4, data: [250, 128, 0] };
const copy = { place: [5, 6, 7, 8], form: 0, from: [9, 10] };
const unit = { place: [0, 0, 40, 30], form: 5, key: 1, data: [0, 0, 1, 0x65] };

test("every number of a picture arrives", () => {
  const picture = parse(pictureMessage({ flags: 2 + 4, sequence: 2n ** 40n, base: 2n ** 40n - 1n, parts: [copy, fill, unit] }));

  assert.equal(picture.kind, "picture");
  assert.deepEqual([picture.isWhole, picture.isExact, picture.isSharpening], [false, true, true]);
  assert.deepEqual([picture.sequence, picture.base, picture.width, picture.height], [2 ** 40, 2 ** 40 - 1, 40, 30]);
  assert.equal(picture.takenAt, 1700000000250);
  const [first, second, third] = picture.parts;
  assert.deepEqual([first.x, first.y, first.width, first.height, first.form, first.fromX, first.fromY], [5, 6, 7, 8, 0, 9, 10]);
  assert.deepEqual([second.form, second.isKey, ...second.data], [4, false, 250, 128, 0]);
  assert.deepEqual([third.form, third.isKey, ...third.data], [5, true, 0, 0, 1, 0x65]);
  assert.equal(third.data.buffer.byteLength, 40 + 60 + 7, "a view, no copy");
});

test("a picture without parts is one", () => {
  assert.deepEqual(parse(pictureMessage({ flags: 2, base: 7 })).parts, []);
});

test("a picture that was cut short anywhere is refused, and so is one with something left over", () => {
  const message = pictureMessage({ parts: [copy, fill, unit] });
  for (let size = 0; size < message.byteLength; size += 1) {
    assert.throws(() => parse(message.slice(0, size)), BadMessage, `${size} bytes`);
  }
  const longer = new Uint8Array(message.byteLength + 1);
  longer.set(new Uint8Array(message));
  assert.throws(() => parse(longer.buffer), BadMessage);
});

for (const [words, wrong] of Object.entries({
  "no size": { width: 0 },
  "no height": { height: 0 },
  "a part beyond the right": { parts: [{ ...fill, place: [38, 0, 3, 1] }] },
  "a part beyond the bottom": { parts: [{ ...fill, place: [0, 28, 1, 3] }] },
  "a part without width": { parts: [{ ...fill, place: [0, 0, 0, 1] }] },
  "a part without height": { parts: [{ ...fill, place: [0, 0, 1, 0] }] },
  "a copy from beyond the right": { parts: [{ ...copy, from: [34, 0] }] },
  "a copy from beyond the bottom": { parts: [{ ...copy, from: [0, 23] }] },
  "a copy with data": { parts: [{ ...copy, data: [1] }] },
  "half a colour": { parts: [{ ...fill, data: [1, 2] }] },
  "a picture file without bytes": { parts: [{ place: [0, 0, 1, 1], form: 2 }] },
  "a form that there is not": { parts: [{ place: [0, 0, 1, 1], form: 6, data: [1] }] },
  "a sequence that numbers cannot hold": { sequence: 2n ** 53n },
})) {
  test(`refused: ${words}`, () => {
    assert.throws(() => parse(pictureMessage(wrong)), BadMessage);
  });
}

test("a pointer comes with a shape, without one, and goes", () => {
  const head = [2, 3, 0xfd, 0xff, 0x40, 0x9c, 16, 0, 24, 0, 0, 0];
  const shown = parse(Uint8Array.of(...head, 0x89, 0x50).buffer);
  assert.deepEqual([shown.kind, shown.isVisible, shown.x, shown.y, shown.width, shown.height], ["pointer", true, -3, -25536, 16, 24]);
  assert.deepEqual([...shown.shape], [0x89, 0x50]);
  const moved = parse(Uint8Array.of(2, 1, ...head.slice(2)).buffer);
  assert.deepEqual([moved.isVisible, moved.shape], [true, null]);
  assert.equal(parse(Uint8Array.of(2, 0, ...head.slice(2)).buffer).isVisible, false);
});

for (const [words, bytes] of Object.entries({
  "nothing": [],
  "another kind": [3, 0, 0, 0],
  "a pointer cut short": [2, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0],
  "a pointer that promises a shape": [2, 3, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0],
  "a pointer with something left over": [2, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 9],
})) {
  test(`refused: ${words}`, () => {
    assert.throws(() => parse(Uint8Array.of(...bytes).buffer), BadMessage);
  });
}

test("an acknowledgement is written as it is to be read", () => {
  const bytes = [...new Uint8Array(ack(2 ** 40 + 5, 1.5))];

  assert.deepEqual(bytes, [1, 0, 0, 0, 0xdc, 5, 0, 0, 5, 0, 0, 0, 0, 1, 0, 0]);
  assert.deepEqual([...new Uint8Array(ack(1, 1e12)).slice(4, 8)], [255, 255, 255, 255]);
  assert.deepEqual([...new Uint8Array(ack(1, -1)).slice(4, 8)], [0, 0, 0, 0]);
});

test("a whole picture is asked for with one byte", () => {
  assert.deepEqual([...new Uint8Array(wholePlease())], [2]);
});
