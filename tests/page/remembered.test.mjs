// What a device remembers; a browser that stores nothing, or stored nonsense, is no fault.

import assert from "node:assert/strict";
import test from "node:test";

import { viewer } from "./viewer.mjs";

const { recall, remember } = await viewer("tools/storage.js");
const { jittered, nextPause } = await viewer("stream/connection.js");

/** Storage as browsers have it: what was stored are properties of its own. */
function storage(refuses = false) {
  return new Proxy({}, {
    get: (items, name) => ({
      getItem: (key) => { if (refuses) throw new Error("refused"); return items[key] ?? null; },
      setItem: (key, value) => { if (refuses) throw new Error("refused"); items[key] = value; },
      removeItem: (key) => { delete items[key]; },
    })[name],
  });
}

test("wishes come back, for each source its own", () => {
  globalThis.localStorage = storage();
  remember("1", { fps: 5 });
  remember("2", { quality: 20 });

  assert.deepEqual([recall("1"), recall("2"), recall("3")], [{ fps: 5 }, { quality: 20 }, {}]);
});

test("the oldest of very many are forgotten", () => {
  globalThis.localStorage = storage();
  for (let id = 0; id < 130; id += 1) {
    remember(String(id), { fps: id + 1 });
  }

  assert.equal(Object.keys(localStorage).length, 100);
  assert.deepEqual(recall("129"), { fps: 130 });
});

test("nonsense and refusal are nothing", () => {
  globalThis.localStorage = storage();
  for (const nonsense of ["", "{", "null", "[1]", "7", '{"wishes":null}']) {
    localStorage.setItem("panecast:1", nonsense);
    assert.deepEqual(recall("1"), {}, nonsense);
  }
  globalThis.localStorage = storage(true);
  remember("1", { fps: 5 });
  assert.deepEqual(recall("1"), {});
});

test("pauses double up to half a minute, each a little longer or shorter", () => {
  const pauses = [0];
  for (let time = 0; time < 8; time += 1) {
    pauses.push(nextPause(pauses.at(-1)));
  }

  assert.deepEqual(pauses.slice(1), [1, 2, 4, 8, 16, 30, 30, 30]);
  assert.deepEqual([jittered(8, 0), jittered(8, 0.5), jittered(8, 1)], [6, 8, 10]);
});
