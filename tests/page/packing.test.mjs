// How many columns a wall has.

import assert from "node:assert/strict";
import test from "node:test";

import { viewer } from "./viewer.mjs";

const { bestColumns, cell, fitted } = await viewer("view/layout.js");
const wide = 16 / 9;

for (const [count, width, height, columns] of [
  [1, 1920, 1080, 1],
  [2, 1920, 1080, 2],
  [2, 1080, 1920, 1],
  [3, 1920, 1080, 2],
  [4, 1920, 1080, 2],
  [9, 1920, 1080, 3],
  [9, 360, 740, 2],
  [12, 3840, 1080, 6],
]) {
  test(`${count} wide pictures on ${width} × ${height} stand in ${columns} columns`, () => {
    assert.equal(bestColumns(Array(count).fill(wide), width, height), columns);
  });
}

test("tall pictures stand side by side where wide ones stand above each other", () => {
  assert.equal(bestColumns([0.5, 0.5, 0.5, 0.5], 1000, 500), 4);
  assert.equal(bestColumns([4, 4, 4, 4], 1000, 1000), 1);
});

test("a picture is as large as its cell lets it be", () => {
  assert.deepEqual(cell(3, 7, 900, 600), [300, 200]);
  assert.deepEqual(fitted(2, 300, 200), [300, 150]);
  assert.deepEqual(fitted(1, 300, 200), [200, 200]);
});
