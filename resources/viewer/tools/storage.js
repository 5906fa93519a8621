// What this device remembers of each source: the person's wishes. A browser that stores nothing is no fault.

const PREFIX = "panecast:";
const MOST = 100;

/** @typedef {Record<string, string | number | boolean>} Wishes */

/**
 * Return what was remembered of a source.
 * @param {string} id
 * @returns {Wishes}
 */
export function recall(id) {
  try {
    const found = JSON.parse(localStorage.getItem(PREFIX + id) ?? "{}");
    return found !== null && typeof found === "object" && !Array.isArray(found) ? found.wishes ?? {} : {};
  } catch {
    return {};
  }
}

/**
 * @param {string} id
 * @param {Wishes} wishes
 */
export function remember(id, wishes) {
  try {
    localStorage.setItem(PREFIX + id, JSON.stringify({ at: Date.now(), wishes }));
    forgetOldest();
  } catch {
    // Full, or forbidden: the wishes hold until the page is closed.
  }
}

function forgetOldest() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  if (keys.length > MOST) {
    const ages = keys.map((key) => /** @type {[number, string]} */ ([ageOf(key), key]));
    ages.sort(([one], [other]) => one - other);
    ages.slice(0, keys.length - MOST).forEach(([, key]) => localStorage.removeItem(key));
  }
}

/** @param {string} key */
function ageOf(key) {
  try {
    return Number(JSON.parse(localStorage.getItem(key) ?? "").at) || 0;
  } catch {
    return 0;
  }
}
