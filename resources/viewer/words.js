// Every sentence the page says of states and errors, and how figures are written.

/** @type {Record<string, string>} */
const STATES = {
  connecting: "Connecting…",
  live: "Live",
  minimised: "Minimised on the other computer",
  hidden: "Not on the screen of the other computer",
  paused: "Paused",
  blanked: "Blanked by the other computer",
  waiting: "Waiting for the window",
  closed: "Closed on the other computer",
  reconnecting: "Connection lost",
  missing: "Not shared",
  disconnected: "Disconnected",
  refused: "Not allowed",
};

/** @type {Record<number, string>} */
const CLOSES = {
  1000: "You stopped watching.",
  1001: "Sharing was stopped on the other computer.",
  1006: "The connection was lost.",
  1008: "This page sent too much at once and was cut off.",
  1009: "This page sent too large a message and was cut off.",
  4400: "The server did not accept a setting of this page.",
  4401: "This link does not prove that you may watch. Ask for a new one.",
  4403: "The person at the other computer ended your watching.",
  4404: "Nothing is shared under this address, or no longer.",
  4408: "This device or its connection was too slow to keep up.",
  4429: "As many people as possible are watching already.",
};

/** After these, trying again without being asked would not help. */
const FINAL = new Set([1000, 1008, 1009, 4400, 4401, 4403]);

/** @param {string} state */
export function stateWords(state) {
  return STATES[state] ?? state;
}

/** @param {number} code */
export function closeWords(code) {
  return CLOSES[code] ?? "The connection was lost.";
}

/** @param {number} code */
export function isFinal(code) {
  return FINAL.has(code);
}

/** @param {number} bytes */
export function dataWords(bytes) {
  const units = ["B", "kB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`;
}

/** @param {number} seconds */
export function durationWords(seconds) {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return (parts[0] ? parts : parts.slice(1)).map((part, at) => (at ? String(part).padStart(2, "0") : String(part))).join(":");
}

/** Where a picture's delay comes from, in the order in which it passes there. */
const DELAYS = ["capture", "encode", "wait", "network", "decode"];

/**
 * Return a delay, split up, as one line.
 * @param {Record<string, number>} parts milliseconds
 */
export function delayWords(parts) {
  const known = DELAYS.filter((name) => Number.isFinite(parts[name]));
  const sum = known.reduce((total, name) => total + parts[name], 0);
  return `Delay ${roundWords(sum)} ms: ${known.map((name) => `${name}\u00a0${roundWords(parts[name])}`).join(", ")}`;
}

/** @param {number} value */
function roundWords(value) {
  return String(value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
}

/** @param {Date} moment */
export function clockWords(moment) {
  return moment.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}
