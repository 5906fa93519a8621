// H.264's units and parameters, and the film made of them.

import assert from "node:assert/strict";
import test from "node:test";

import { viewer } from "./viewer.mjs";

const { pictureOnly, sequenceOf, split } = await viewer("video/h264.js");
const { beginning, fragment } = await viewer("video/fmp4.js");

const bytes = (text) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
/** As x264 writes them: padded sizes, profiles with more in them, a matrix of its own, colour that is not thinned out. */
const SPS = {
  "1280x720 avc1.42C01F": "6742c01fda014016e9a808080a000003000200000300791e306540",
  "102x58 avc1.42C00A": "6742c00ada1c9e6926a0202028000003000800000301e4789135",
  "320x180 avc1.4D400D": "674d400dd901419f9e10000003001000000303c8f142a480",
  "1366x768 avc1.640020": "67640020acb200ac0c3cdc20000003002000000791e30649",
  "100x50 avc1.F4000A": "67f4000a919641c9e363e10000030001000003003c8f122648",
};
const PPS = "68ce0fc8";

test("an access unit is cut at its start codes, of three bytes or four", () => {
  const found = split(bytes("00000001 0910 000001 6701 0000 0001 6802 000001 65000003 0188"));

  assert.deepEqual(found.map((nal) => Buffer.from(nal).toString("hex")), ["0910", "6701", "6802", "650000030188"]);
  assert.deepEqual(pictureOnly(found).map((nal) => nal[0]), [0x65]);
});

test("what has no start code is no unit", () => {
  for (const text of ["", "00", "0001", "6588aabb", "000001"]) {
    assert.throws(() => split(bytes(text)), RangeError, text);
  }
});

for (const [words, sps] of Object.entries(SPS)) {
  test(`parameters say ${words}`, () => {
    const { codec, width, height } = sequenceOf([bytes(sps), bytes(PPS), bytes("6588")]);

    assert.equal(`${width}x${height} ${codec}`, words);
  });
}

test("parameters that are missing or cut short are refused", () => {
  const sps = bytes(SPS["1280x720 avc1.42C01F"]);
  assert.throws(() => sequenceOf([sps]), RangeError);
  assert.throws(() => sequenceOf([bytes(PPS)]), RangeError);
  assert.throws(() => sequenceOf([sps.slice(0, 6), bytes(PPS)]), RangeError);
});

/** Return the boxes of a file, by their paths. */
function boxes(file, path = "", found = new Map()) {
  for (let at = 0; at < file.length; ) {
    const size = new DataView(file.buffer, file.byteOffset + at).getUint32(0);
    const name = Buffer.from(file.subarray(at + 4, at + 8)).toString();
    assert.ok(size >= 8 && at + size <= file.length, `${path}/${name} ends outside`);
    const body = file.subarray(at + 8, at + size);
    found.set(`${path}/${name}`, body);
    if (["moov", "trak", "mdia", "minf", "stbl", "moof", "traf"].includes(name)) {
      boxes(body, `${path}/${name}`, found);
    }
    at += size;
  }
  return found;
}

test("a film begins with one track, whose boxes fit into each other", () => {
  const sequence = sequenceOf([bytes(SPS["102x58 avc1.42C00A"]), bytes(PPS)]);
  const found = boxes(beginning(sequence));
  const description = Buffer.from(found.get("/moov/trak/mdia/minf/stbl/stsd")).toString("latin1");

  assert.deepEqual([...found.keys()].filter((path) => path.split("/").length === 2), ["/ftyp", "/moov"]);
  assert.ok(description.includes("avcC"));
  assert.ok(description.includes(Buffer.from(sequence.sps).toString("latin1")));
  assert.deepEqual([...found.get("/moov/trak/tkhd").subarray(-8)], [0, 102, 0, 0, 0, 58, 0, 0]);
});

test("a fragment points at its picture", () => {
  const nals = [bytes("0605ff"), bytes("6588aabbcc")];
  const file = fragment(3, 2 ** 33 + 6000, 3000, true, nals);
  const found = boxes(file);
  const run = new DataView(found.get("/moof/traf/trun").slice().buffer);
  const time = new DataView(found.get("/moof/traf/tfdt").slice().buffer);

  assert.equal(Buffer.from(found.get("/mdat")).toString("hex"), "000000030605ff000000056588aabbcc");
  assert.equal(time.getBigUint64(4), 2n ** 33n + 6000n);
  assert.deepEqual([run.getUint32(4), run.getUint32(12), run.getUint32(16)], [1, 3000, 16]);
  const data = file.subarray(run.getInt32(8));
  assert.equal(Buffer.from(data).toString("hex"), "000000030605ff000000056588aabbcc");
});
