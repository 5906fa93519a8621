// The parts of the page, by the ids in its HTML.

/**
 * Return a part; whoever asks knows what it is.
 * @param {string} id
 * @returns {any}
 */
export function element(id) {
  return document.getElementById(id);
}
