// A person who reads German learns the true reason, not only the state; one that is not known here is said in general.

import assert from "node:assert/strict";
import test from "node:test";

globalThis.location = { search: "?lang=de" };
const { viewer } = await import("./viewer.mjs");
const { errorWords, reasonWords } = await viewer("text/states.js");

test("a state is told with its reason", () => {
  const told = { state: "waiting", reason: "The window is changing its size.", code: "window_resizing", values: {} };

  assert.equal(reasonWords(told), "Das Fenster ändert seine Größe. Gleich geht es weiter");
});

test("values stand in the reason", () => {
  const told = { state: "waiting", reason: "…", code: "no_picture_in_time", values: { seconds: 3 } };

  assert.equal(reasonWords(told), "In 3 Sekunden kam kein Bild davon");
});

test("a reason without words here, and one of an older server, is said in general", () => {
  const general = reasonWords({ state: "minimised" });

  assert.equal(general, "Auf dem anderen Computer minimiert");
  assert.equal(reasonWords({ state: "minimised", reason: "New.", code: "of_tomorrow", values: {} }), general);
  assert.equal(reasonWords({ state: "minimised", reason: "Old." }), general);
});

test("an error is told by the code of its sentence, else by its own", () => {
  const blocked = { code: "refused", message: "…", message_code: "address_blocked", values: {} };

  assert.equal(errorWords(blocked), "Die Person am anderen Computer hat diese Adresse gesperrt");
  assert.equal(errorWords({ ...blocked, message_code: "of_tomorrow" }), errorWords({ code: "refused", message: "…" }));
  assert.equal(errorWords({ code: "of_tomorrow", message: "In English." }), "In English.");
});
