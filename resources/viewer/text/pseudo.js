// English as nobody writes it: accented, a third longer, in brackets. What is not translated, or cut off, stands out.

const ACCENTS = new Map(Object.entries({ a: "á", e: "é", i: "í", o: "ó", u: "ú", c: "ç", n: "ñ", s: "š", y: "ý", A: "Á", E: "É", I: "Í", O: "Ó", U: "Ú", C: "Ç", N: "Ñ", S: "Š" }));

/**
 * @param {import("./i18n.js").Words} english
 * @returns {import("./i18n.js").Words}
 */
export function pseudo(english) {
  return Object.fromEntries(Object.entries(english).map(([key, text]) => [key, dressed(text)]));
}

/** @param {string} text */
function dressed(text) {
  // What stands in braces is replaced later, and keeps its name.
  const accented = text.replace(/\{\w+\}|./gu, (found) => ACCENTS.get(found) ?? found);
  return `[${accented}${"~".repeat(Math.ceil(text.length / 3))}]`;
}
