// The languages: complete, with the same values in them, and a way to see what is not translated.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import test from "node:test";

import { FOLDER, viewer } from "./viewer.mjs";

const english = (await viewer("text/en.js")).default;
const { pseudo } = await viewer("text/pseudo.js");
const { plural, word } = await viewer("text/i18n.js");
const valuesOf = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

/** Of a reason the server says the English words. */
const isReason = (key) => key.startsWith("reason.");
const languages = readdirSync(`${FOLDER}/text`).filter((file) => /^[a-z]{2}\.js$/.test(file) && file !== "en.js");

test("there is another language", () => assert.ok(languages.includes("de.js")));

for (const name of languages) {
  test(`${name} says everything, and nothing else`, async () => {
    const words = (await viewer(`text/${name}`)).default;

    assert.deepEqual(Object.keys(words).filter((key) => !isReason(key)).sort(), Object.keys(english).sort());
    for (const [key, text] of Object.entries(words)) {
      if (!isReason(key)) {
        assert.deepEqual(valuesOf(text), valuesOf(english[key]), key);
      }
      assert.notEqual(text.trim(), "", key);
    }
  });
}

test("the pseudo-language keeps values, and is longer than English everywhere", () => {
  const words = pseudo(english);
  for (const [key, text] of Object.entries(words)) {
    assert.deepEqual(valuesOf(text), valuesOf(english[key]), key);
    assert.ok(text.startsWith("[") && text.endsWith("]") && text.length > english[key].length, key);
  }
});

test("values stand where they belong, and what is unknown is seen", () => {
  assert.equal(word("retry.in", { seconds: 3 }), "Trying again in 3 s");
  assert.equal(word("retry.in"), "Trying again in {seconds} s");
  assert.equal(word("no.such.key"), "no.such.key");
  assert.equal(plural("no.such", 1), "no.such.other");
});

test("every state that has words comes about, and no other does", async () => {
  const { stateAfter } = await viewer("text/states.js");
  const codes = [1000, 1001, 1006, 1008, 1009, 4400, 4401, 4403, 4404, 4408, 4429];
  const ends = [...codes.map((code) => stateAfter(code)), ...["encrypted", "moved", "restarting"].map((reason) => stateAfter(1001, reason))];
  const told = ["live", "minimised", "hidden", "protected", "paused", "blanked", "waiting", "closed"]; // `State` in capture/source.py
  const words = Object.keys(english).filter((key) => key.startsWith("state."));

  assert.deepEqual(words.map((key) => key.slice(6)).sort(), [...new Set(["connecting", ...told, ...ends])].sort());
  assert.equal(stateAfter(4403, "disconnected"), "disconnected");
});
