// The stream's state: in the chip at the top, and over a picture that is not live.

import { clockWords } from "../text/units.js";
import { element } from "./dom.js";
import { aboutWords, stateWords } from "../text/states.js";
import { word } from "../text/i18n.js";

/** States that look like others. @type {Record<string, string>} */
const SIGNS = {
  disconnected: "i-pause",
  paused: "i-pause",
  encrypted: "s-refused",
  moved: "s-reconnecting",
  invalid: "s-missing",
  cut: "s-closed",
  full: "s-waiting",
};

/**
 * @typedef {object} Told what there is to say besides the state
 * @property {string} [reason] a sentence, instead of the state's own
 * @property {string} [detail] what happens next
 * @property {string} [button] what a person can do; none without it
 * @property {Date | null} [lastPicture]
 */

export class Notice {
  /** The state that is shown. */
  get state() {
    return document.body.dataset.state ?? "connecting";
  }

  /**
   * @param {string} state
   * @param {Told} [told]
   */
  show(state, { reason = "", detail = "", button = "", lastPicture = null } = {}) {
    document.body.dataset.state = state;
    element("state").textContent = stateWords(state);
    // Connecting for the first time is over before anybody can read of it.
    const isQuiet = state === "live" || (state === "connecting" && !detail);
    element("notice").hidden = isQuiet;
    if (isQuiet) {
      return;
    }
    const what = (reason || aboutWords(state)).replace(/[.\s]+$/, "");
    element("message").textContent = lastPicture ? word("picture.age", { what, time: clockWords(lastPicture) }) : what;
    element("detail").textContent = detail;
    element("again").hidden = !button;
    element("again").textContent = button;
    element("sign").setAttribute("href", `#${SIGNS[state] ?? `s-${state}`}`);
  }
}
