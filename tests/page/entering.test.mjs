// What is read out of an address and out of what a person types at the entrance.

import assert from "node:assert/strict";
import test from "node:test";

import { viewer } from "./viewer.mjs";

const { handOver, parted, take } = await viewer("access/token.js");
const { digitsOf } = await viewer("access/login.js");
const { Refused, sharedSources } = await viewer("access/api.js");

for (const [fragment, token, rest] of [
  ["", "", ""],
  ["#t=abc-_.9", "abc-_.9", ""],
  ["#t=abc&columns=2&x", "abc", "#columns=2&x"],
  ["#x=1&t=a=b", "a=b", "#x=1"],
  ["#t=", "", ""],
  ["#t=one&t=two", "one", ""],
  ["#start=3&at=4", "", "#start=3&at=4"],
]) {
  test(`the secret in "${fragment}"`, () => {
    assert.deepEqual(parted(fragment), { token, rest });
  });
}

test("a secret is taken out of the address and handed over once", () => {
  const shown = [];
  globalThis.location = { href: "http://host:8080/watch/1?fps=5#t=abc&x=1", hash: "#t=abc&x=1" };
  globalThis.history = { state: null, replaceState: (state, title, address) => shown.push(address) };
  take();
  globalThis.location = { href: "http://host:8080/watch/1?fps=5#x=1", hash: "#x=1" };
  take();

  assert.deepEqual(shown, ["http://host:8080/watch/1?fps=5#x=1"]);
  assert.deepEqual([handOver(), handOver()], ["abc", ""]);
});

test("digits are found among whatever is between them", () => {
  const texts = ["407193", " 407 193 ", "PIN: 407-193.", "４０７１９３", "4071934", "40719", "none", ""];

  assert.deepEqual(texts.map(digitsOf), ["407193", "407193", "407193", "407193", "407193", "40719", "", ""]);
});

/** What `sharedSources` makes of an answer. */
async function failure(body, status, headers = {}) {
  globalThis.fetch = async () => new Response(body, { status, headers });
  return sharedSources().catch((error) => error);
}

test("a refusal says what the server said, and how long to wait", async () => {
  const problem = { code: "locked_out", message: "Later." };
  const refused = await failure(JSON.stringify({ error: problem }), 429, { "Retry-After": "90" });

  assert.ok(refused instanceof Refused);
  assert.deepEqual([refused.problem, refused.seconds, refused.isForBrowser], [problem, 90, true]);
});

test("what is no refusal of ours shuts nobody out", async () => {
  for (const [body, status] of [["<html>", 403], ["{}", 401], ["null", 403], ["", 502]]) {
    assert.ok(!((await failure(body, status)) instanceof Refused), `${status} ${body}`);
  }
  const broken = await failure('{"error": {"code": "x", "message": "X."}}', 500);
  assert.equal(broken.isForBrowser, false);
});
