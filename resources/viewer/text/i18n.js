// In which language the page speaks, and its words. Languages are words.<code>.js: flat objects, key to text.

import texts from "./en.js";

/** @typedef {Record<string, string>} Words */
/** @typedef {Record<string, string | number>} Values what stands for {name} in a text */

/** @type {Words} */
const english = texts;

/** Besides English. @type {Record<string, () => Promise<{default: Words}>>} */
const LANGUAGES = { de: () => import("./de.js") };
/** Languages that nobody speaks: they show which texts are not translated, too long, or written left to right only. */
const PSEUDO = /^qps(-rtl)?$/;

const asked = new URLSearchParams(globalThis.location?.search ?? "").get("lang");
/** The language, as a BCP 47 tag: what the address asks for, else the first of the person's that there is. */
export const language = chosen(asked ? [asked] : (globalThis.navigator?.languages ?? []));

/** People read it from the right. */
export const isMirrored = ["qps-rtl", "ar", "fa", "he", "ur"].includes(language);
const words = await load(language);
const numbers = new Intl.PluralRules(PSEUDO.test(language) ? "en" : language);

/** @param {readonly string[]} wishes */
function chosen(wishes) {
  for (const wish of wishes) {
    const short = wish.toLowerCase().split("-")[0];
    if (short === "en" || short in LANGUAGES) {
      return short;
    }
    if (PSEUDO.test(wish)) {
      return wish;
    }
  }
  return "en";
}

/**
 * @param {string} code
 * @returns {Promise<Words>}
 */
async function load(code) {
  try {
    if (PSEUDO.test(code)) {
      const { pseudo } = await import("./pseudo.js");
      return pseudo(english);
    }
    return code in LANGUAGES ? (await LANGUAGES[code]()).default : english;
  } catch {
    return english; // The server left in between; the page says so, if only in English.
  }
}

/** Tell whether there are words for `key`. @param {string} key */
export function hasWord(key) {
  return key in words || key in english;
}

/**
 * Return the text for `key`, with `values` in it.
 * @param {string} key
 * @param {Values} [values]
 * @returns {string}
 */
export function word(key, values = {}) {
  const text = words[key] ?? english[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * Return the text for so many: `key.one`, `key.other`; {count} in it is the number.
 * @param {string} key
 * @param {number} count
 * @param {Values} [values]
 */
export function plural(key, count, values = {}) {
  const exact = `${key}.${numbers.select(count)}`;
  return word(exact in english ? exact : `${key}.other`, { count, ...values });
}

/** Attributes of the page's own HTML that hold a key, and what the text becomes. */
const PLACES = { word: "", wordTitle: "title", wordLabel: "aria-label", wordPlaceholder: "placeholder" };

/**
 * Put the language's words into the page's own texts (`data-word`, `data-word-title`, `data-word-label`).
 * @param {ParentNode} root
 */
export function translate(root) {
  document.documentElement.lang = PSEUDO.test(language) ? "en-x-pseudo" : language;
  document.documentElement.dir = isMirrored ? "rtl" : "ltr";
  for (const [mark, attribute] of Object.entries(PLACES)) {
    const name = mark.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    for (const element of root.querySelectorAll(`[data-${name}]`)) {
      const text = word(/** @type {HTMLElement} */ (element).dataset[mark] ?? "");
      if (attribute) {
        element.setAttribute(attribute, text);
      } else {
        element.textContent = text;
      }
    }
  }
}
