// What is drawn and what is answered, in which order. Only fills come, so nothing here needs a decoder.

import assert from "node:assert/strict";
import test from "node:test";

import { pictureMessage, viewer } from "./viewer.mjs";

const { Pictures } = await viewer("stream/queue.js");

const settled = () => new Promise((done) => setImmediate(done));
const fill = { place: [0, 0, 40, 30], form: 4, data: [1, 2, 3] };
const film = { place: [0, 0, 40, 30], form: 5, key: 1, data: [0, 0, 1, 0x65] };
const whole = (sequence) => pictureMessage({ sequence, parts: [fill] });
const after = (base, sequence) => pictureMessage({ flags: 2, base, sequence, parts: [fill] });
const garbage = Uint8Array.of(9, 9, 9).buffer;

/** A clock that stands still until it is set. */
class Clock {
  constructor(t) {
    this.now = 1000;
    this.alarms = new Map();
    t.mock.method(performance, "now", () => this.now);
    t.mock.method(globalThis, "setTimeout", (act, pause) => {
      this.alarms.set(act, this.now + pause);
      return act;
    });
    t.mock.method(globalThis, "clearTimeout", (act) => this.alarms.delete(act));
  }

  pass(milliseconds) {
    this.now += milliseconds;
    for (const [act, due] of this.alarms) {
      if (due <= this.now) {
        this.alarms.delete(act);
        act();
      }
    }
  }
}

/** Stands for connection, canvas and decoder, and writes down what happens to them. */
class Surroundings {
  constructor() {
    this.drawn = [];
    this.answers = [];
    this.resets = 0;
    this.noVideo = 0;
    const video = { reset: () => (this.resets += 1), decode: () => Promise.reject(new Error("broken")) };
    const drawing = { draw: (picture) => this.drawn.push(picture.sequence) };
    this.pictures = new Pictures(drawing, video, {
      answer: (message) => this.answers.push(message.byteLength === 1 ? "whole?" : Number(new DataView(message).getBigUint64(8, true))),
      drawn: () => {},
      pointer: (pointer) => this.drawn.push(`pointer ${pointer.x}`),
      noVideo: () => (this.noVideo += 1),
    });
  }

  async receive(...messages) {
    messages.forEach((message) => this.pictures.receive(message));
    await settled();
  }
}

test("what follows is drawn and acknowledged, one after the other", async () => {
  const around = new Surroundings();
  await around.receive(whole(1), after(1, 2), after(2, 2), after(2, 5));

  assert.deepEqual(around.drawn, [1, 2, 2, 5]);
  assert.deepEqual(around.answers, [1, 2, 2, 5]);
});

test("after a wrong base one whole picture is asked for, and nothing else is drawn until it comes", async (t) => {
  const clock = new Clock(t);
  const around = new Surroundings();
  await around.receive(whole(1), after(4, 5), after(5, 6), after(1, 2));
  assert.deepEqual([around.drawn, around.answers], [[1], [1, "whole?"]]);
  clock.pass(60_000);
  assert.deepEqual(around.answers, [1, "whole?"]);
  await around.receive(whole(7), after(7, 8));

  assert.deepEqual(around.answers, [1, "whole?", 7, 8]);
});

test("a connection that does not begin with a whole picture is told", async () => {
  const around = new Surroundings();
  await around.receive(after(0, 1));

  assert.deepEqual([around.drawn, around.answers], [[], ["whole?"]]);
});

test("garbage is answered in its turn, and makes the video begin anew", async () => {
  const around = new Surroundings();
  const before = around.resets;
  await around.receive(whole(1), after(1, 2), garbage);

  assert.deepEqual(around.answers, [1, 2, "whole?"]);
  assert.equal(around.resets, before + 1);
});

test("whole pictures are asked for again only after a pause", async (t) => {
  const clock = new Clock(t);
  const around = new Surroundings();
  await around.receive(garbage, garbage, garbage);
  assert.deepEqual(around.answers, ["whole?"]);
  clock.pass(500);
  assert.deepEqual(around.answers, ["whole?", "whole?"]);

  // The one that came meanwhile makes asking needless.
  await around.receive(garbage, whole(3));
  clock.pass(500);
  assert.deepEqual(around.answers, ["whole?", "whole?", 3]);
});

test("the pointer does not wait, and is not acknowledged", async () => {
  const around = new Surroundings();
  await around.receive(whole(1), Uint8Array.of(2, 1, 5, 0, 0, 0, 1, 0, 1, 0, 0, 0).buffer);

  assert.deepEqual([around.drawn, around.answers], [["pointer 5", 1], [1]]);
});

test("a video that fails three times in a row is given up", async (t) => {
  new Clock(t);
  const around = new Surroundings();
  const broken = pictureMessage({ sequence: 4, parts: [film] });
  await around.receive(broken, broken);
  assert.equal(around.noVideo, 0);
  await around.receive(broken);

  assert.equal(around.noVideo, 1);
  assert.deepEqual(around.drawn, []);
});

test("what is ended draws and answers nothing any more", async (t) => {
  const clock = new Clock(t);
  const around = new Surroundings();
  around.pictures.receive(whole(1));
  around.pictures.receive(after(1, 2));
  around.pictures.end();
  await settled();
  clock.pass(60_000);

  assert.deepEqual([around.drawn, around.answers], [[], []]);
});
