// Where the picture lies in the window, in numbers.

import assert from "node:assert/strict";
import test from "node:test";

import { viewer } from "./viewer.mjs";

const { View } = await viewer("view/viewport.js");

function shown({ picture = [1600, 900], stage = [800, 600], density = 1 } = {}) {
  const view = new View();
  view.resize({ width: stage[0], height: stage[1] }, density);
  view.show({ width: picture[0], height: picture[1] });
  return view;
}

const box = ({ left, top, width, height }) => [left, top, width, height];

test("all of it fits, in the middle, however large or small it is", () => {
  assert.deepEqual(box(shown().layout()), [0, 75, 800, 450]);
  assert.deepEqual(box(shown({ picture: [900, 1600] }).layout()), [231, 0, 337.5, 600]);
  assert.deepEqual(box(shown({ picture: [80, 60] }).layout()), [0, 0, 800, 600]);
});

test("1 : 1 is one device pixel for each of the picture's", () => {
  const view = shown({ density: 2 });
  view.choose("actual");

  assert.deepEqual(box(view.layout()), [0, 75, 800, 450]);
  assert.equal(view.layout().percent, 100);
  view.resize({ width: 800, height: 600 }, 1);
  assert.deepEqual(box(view.layout()), [-400, -150, 1600, 900]);
});

test("it always begins on a whole device pixel", () => {
  for (const density of [1, 1.25, 1.5, 2, 3]) {
    const view = shown({ picture: [1281, 719], stage: [799, 601], density });
    view.choose("actual");
    view.move(3.3, -7.1);
    const { left, top } = view.layout();
    assert.ok(Math.abs(left * density - Math.round(left * density)) < 1e-6, `${density}`);
    assert.ok(Math.abs(top * density - Math.round(top * density)) < 1e-6, `${density}`);
  }
});

test("filling the width begins at the top", () => {
  const view = shown({ picture: [400, 900] });
  view.choose("width");

  assert.deepEqual(box(view.layout()), [0, 0, 800, 1800]);
  view.move(0, -10000);
  assert.equal(view.layout().top, -1200);
});

test("what is under the finger stays there while zooming", () => {
  const view = shown();
  const point = { x: 100, y: -50 };
  const before = view.layout();
  const inPicture = (layout) => [(point.x + 400 - layout.left) / layout.width, (point.y + 300 - layout.top) / layout.height];
  view.zoom(4, point);

  inPicture(view.layout()).forEach((part, at) => assert.ok(Math.abs(part - inPicture(before)[at]) < 0.002));
  assert.equal(view.mode, "free");
  assert.equal(view.layout().percent, 200);
});

test("zooming ends, and never loses the picture", () => {
  const view = shown();
  for (let time = 0; time < 100; time += 1) {
    view.step(1);
  }
  assert.equal(view.layout().percent, 1600);
  for (let time = 0; time < 100; time += 1) {
    view.step(-1);
  }
  assert.equal(view.layout().percent, 25);
  view.move(5000, 5000);
  assert.deepEqual(box(view.layout()), [200, 188, 400, 225]); // what fits lies in the middle
});

test("a double tap shows details, another one all of it again", () => {
  const view = shown();
  view.toggle({ x: 0, y: 0 });
  assert.equal(view.layout().percent, 100);
  view.toggle({ x: 10, y: 10 });
  assert.equal(view.mode, "fit");
});

test("turned, it fits as it lies", () => {
  const view = shown();
  view.rotate();

  assert.deepEqual(box(view.layout()), [231, 0, 337.5, 600]);
  assert.equal(view.layout().degrees, 90);
  [1, 2, 3].forEach(() => view.rotate());
  assert.deepEqual(box(view.layout()), [0, 75, 800, 450]);
});

test("a window that changes its size while zoomed stays in sight", () => {
  const view = shown();
  view.zoom(8, { x: 390, y: 0 });
  view.show({ width: 100, height: 100 });
  const { left, top, width, height } = view.layout();

  assert.ok(left + width > 0 && left < 800 && top + height > 0 && top < 600);
  assert.equal(view.layout().percent, 400);
});

test("large pixels are shown as they are", () => {
  const view = shown();
  view.choose("actual");
  assert.equal(view.layout().isPixelated, false);
  view.zoom(2.1);
  assert.equal(view.layout().isPixelated, true);
});

test("before there is a picture nothing is said of how large it is", () => {
  const view = new View();
  view.resize({ width: 1600, height: 900 }, 1);
  view.choose("free");
  assert.equal(view.layout().percent, null);
  view.show({ width: 1600, height: 900 });

  assert.equal(view.layout().percent, 10000);
});

test("a size that nobody knows is not told", async () => {
  const { sizeWords } = await viewer("text/units.js");

  assert.equal(sizeWords(640, 480), "640 × 480");
  assert.equal(sizeWords(0, 0), "");
});
