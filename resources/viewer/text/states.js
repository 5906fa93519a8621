// How a state, and the end of a connection, are said.

import { numberWords } from "./units.js";
import { hasWord, language, word } from "./i18n.js";

/** @typedef {import("./i18n.js").Values} Values */

/** After these, trying again without being asked would not help. */
const FINAL = new Set([1000, 1008, 1009, 4400, 4401, 4403]);

/** Close codes that are a state of their own; whatever else falls is a connection that was lost. @type {Record<number, string>} */
const STATES = { 1000: "disconnected", 1001: "stopped", 1008: "cut", 1009: "cut", 4400: "invalid", 4404: "missing", 4408: "slow", 4429: "full" };

/** What a close's reason says more exactly than its code. @type {Record<string, string>} */
const REASONS = { disconnected: "disconnected", encrypted: "encrypted", moved: "moved", restarting: "reconnecting" };

/**
 * Tell whether a connection that was closed with `code` is not to be tried again by itself.
 * @param {number} code
 * @param {string} [reason]
 */
export function isFinal(code, reason = "") {
  return FINAL.has(code) || reason === "encrypted";
}

/**
 * Return the state that a page is in after a close.
 * @param {number} code
 * @param {string} [reason]
 */
export function stateAfter(code, reason = "") {
  return REASONS[reason] ?? STATES[code] ?? (isFinal(code) ? "refused" : "reconnecting");
}

/**
 * Return a state in a word or two.
 * @param {string} state
 */
export function stateWords(state) {
  return hasWord(`state.${state}`) ? word(`state.${state}`) : state;
}

/**
 * Return a state as a sentence without its full stop.
 * @param {string} state
 */
export function aboutWords(state) {
  return hasWord(`about.${state}`) ? word(`about.${state}`) : stateWords(state);
}

/**
 * Return why a connection was closed, as a sentence without its full stop.
 * @param {number} code
 * @param {string} [reason]
 */
export function closeWords(code, reason = "") {
  const key = [reason, code].map((name) => `close.${name}`).find(hasWord);
  return key ? word(key) : aboutWords(stateAfter(code, reason));
}

/**
 * Return what an error of the server says, in the page's language as far as that has words for it.
 * @param {{code: string, message: string, field?: string, message_code?: string, values?: Values}} error
 */
export function errorWords(error) {
  if (language === "en") {
    return error.message;
  }
  const key = [`reason.${error.message_code}`, `error.${error.code}`].find(hasWord);
  return key ? word(key, { ...error.values, field: error.field ?? "?" }) : error.message;
}

/**
 * Return why a source is as it is, without a full stop. What the server says is English; of other languages those have words that know its code.
 * @param {{state: string, reason?: string, code?: string, values?: Values}} told
 */
export function reasonWords({ state, reason, code, values }) {
  if (language === "en" && reason) {
    return reason.replace(/\.$/, "");
  }
  return hasWord(`reason.${code}`) ? word(`reason.${code}`, values) : aboutWords(state);
}

/** What the other computer itself gives a title to; windows and monitors have names of their own. */
const TITLED = ["desktop", "demo"];

/**
 * Return what a source is called.
 * @param {{kind: string, title: string, app: string}} source
 */
export function sourceWords({ kind, title, app }) {
  return TITLED.includes(kind) ? word(`source.${kind}`) : title || app || word("source.unnamed");
}

/**
 * Return why less is sent than was asked for, "" where it is not less.
 * @param {{reason?: string, cause?: {kind: string, value?: number}}} update
 */
export function causeWords({ reason = "", cause }) {
  if (cause?.kind === "recovered") {
    return "";
  }
  const key = `cause.${cause?.kind}`;
  return cause && hasWord(key) ? word(key, { value: numberWords(cause.value ?? 0, cause.kind === "bandwidth" ? 1 : 0) }) : reason;
}
