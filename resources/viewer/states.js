// How a state, and the end of a connection, are said.

import { hasWord, word } from "./words.js";

/** After these, trying again without being asked would not help. */
const FINAL = new Set([1000, 1008, 1009, 4400, 4401, 4403]);

/** Close codes that are a state of their own; whatever else falls is a connection that was lost. @type {Record<number, string>} */
const STATES = { 1000: "disconnected", 1001: "stopped", 4404: "missing", 4408: "slow" };

/**
 * Tell whether a connection that was closed with `code` is not to be tried again by itself.
 * @param {number} code
 */
export function isFinal(code) {
  return FINAL.has(code);
}

/**
 * Return the state that a page is in after a close.
 * @param {number} code
 */
export function stateAfter(code) {
  return STATES[code] ?? (isFinal(code) || code === 4429 ? "refused" : "reconnecting");
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
 */
export function closeWords(code) {
  return hasWord(`close.${code}`) ? word(`close.${code}`) : aboutWords(stateAfter(code));
}
