// The page's modules, for tests in node. They are copied beside a note that says what they are: older versions of node
// take a .js file for something else, and the page's own folder holds nothing but the page.

import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const folder = mkdtempSync(join(tmpdir(), "panecast-page-"));
cpSync(fileURLToPath(new URL("../../resources/viewer/", import.meta.url)), folder, { recursive: true });
writeFileSync(join(folder, "package.json"), '{"type": "module"}');
process.on("exit", () => rmSync(folder, { recursive: true }));

/** Where the copies are. */
export const FOLDER = folder;

/** Return a module of the page. */
export function viewer(name) {
  return import(pathToFileURL(join(folder, name)).href);
}

/** Return a picture message, written down by hand from docs/wire.md. */
export function pictureMessage({ flags = 1, sequence = 7, base = 0, width = 40, height = 30, parts = [] } = {}) {
  const size = parts.reduce((sum, part) => sum + (part.data ?? []).length, 0);
  const view = new DataView(new ArrayBuffer(40 + 20 * parts.length + size));
  view.setUint8(0, 1);
  view.setUint8(1, flags);
  view.setUint16(2, parts.length, true);
  view.setUint32(4, 3000, true);
  view.setBigUint64(8, BigInt(sequence), true);
  view.setBigUint64(16, BigInt(base), true);
  view.setUint16(24, width, true);
  view.setUint16(26, height, true);
  view.setUint32(28, 2000, true);
  view.setFloat64(32, 1700000000250, true);
  let at = 40 + 20 * parts.length;
  parts.forEach(({ place, form, key = 0, data = [], from = [0, 0] }, number) => {
    const head = 40 + 20 * number;
    place.forEach((value, index) => view.setUint16(head + 2 * index, value, true));
    view.setUint8(head + 8, form);
    view.setUint8(head + 9, key);
    view.setUint32(head + 12, data.length, true);
    from.forEach((value, index) => view.setUint16(head + 16 + 2 * index, value, true));
    new Uint8Array(view.buffer).set(data, at);
    at += data.length;
  });
  return view.buffer;
}
