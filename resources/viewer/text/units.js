// How figures are written: in the page's language, and always in the same width of thought.

import { isMirrored, language } from "./i18n.js";

const UNITS = ["B", "kB", "MB", "GB"];
/** Whoever reads English may still count hours in another way than others who do. */
const region = (globalThis.navigator?.languages ?? []).find((tag) => tag.split("-")[0] === language);
const locale = language.startsWith("qps") ? "en" : (region ?? language);

/**
 * @param {number} value
 * @param {number} [digits] after the point
 */
export function numberWords(value, digits = 0) {
  return value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false });
}

/**
 * Return a size in pixels, empty while nobody knows it. Where people read from the right, it would be told the wrong way
 * round: there it stands by itself (LRI … PDI of Unicode's annex 9).
 * @param {number} width
 * @param {number} height
 */
export function sizeWords(width, height) {
  const words = width && height ? `${width} × ${height}` : "";
  return words && isMirrored ? `\u2066${words}\u2069` : words;
}

/** @param {number} bytes */
export function dataWords(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${numberWords(value, unit === 0 ? 0 : value < 10 ? 2 : 1)} ${UNITS[unit]}`;
}

/** @param {number} seconds */
export function durationWords(seconds) {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return (parts[0] ? parts : parts.slice(1)).map((part, at) => (at ? String(part).padStart(2, "0") : String(part))).join(":");
}

/**
 * Return milliseconds in as many digits as mean something.
 * @param {number} value
 */
export function millisecondWords(value) {
  return numberWords(value, value < 10 && Math.round(value * 10) % 10 ? 1 : 0);
}

/** @param {Date} moment */
export function clockWords(moment) {
  return moment.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** @type {[number, "second" | "minute" | "hour" | "day"][]} */
const AGES = [[60, "second"], [60, "minute"], [24, "hour"], [Infinity, "day"]];

/**
 * Return how long ago something was, in words that need not be written anew every second for long.
 * @param {Date} moment
 */
export function agoWords(moment) {
  let age = Math.max(0, Date.now() - moment.getTime()) / 1000;
  age = age < 10 ? age : age - (age % 5);
  for (const [most, unit] of AGES) {
    if (age < most) {
      return new Intl.RelativeTimeFormat(locale, { style: "narrow", numeric: "auto" }).format(-Math.floor(age), unit);
    }
    age /= most;
  }
  return "";
}
