// Screenshots: the server takes them, so they are exact; here they become files, or go to the clipboard.

/** @typedef {{blob: Blob, name: string}} Shot */

const KEPT = 10_000;

export class Screenshots {
  /** @param {() => boolean} ask sends the command; false when there is no connection */
  constructor(ask) {
    this.ask = ask;
    /** Who waits for one, in the order of asking. @type {{done: (shot: Shot) => void, fail: (error: Error) => void}[]} */
    this.waiting = [];
  }

  /**
   * Return a picture of what the source shows now.
   * @returns {Promise<Shot>}
   * @throws {Error} the message is for the person
   */
  take() {
    return new Promise((done, fail) => {
      this.waiting.push({ done, fail });
      if (!this.ask()) {
        this.waiting.pop();
        fail(new Error());
      }
    });
  }

  /** @param {{data_url: string, filename: string}} picture */
  arrived(picture) {
    this.waiting.shift()?.done({ blob: blobOf(picture.data_url), name: picture.filename });
  }

  /** There is none for whoever waits. @param {string} words */
  failed(words) {
    for (const { fail } of this.waiting.splice(0)) {
      fail(new Error(words));
    }
  }
}

/**
 * Have the browser save a file.
 * @param {Blob} blob
 * @param {string} name
 */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT);
}

/** Tell whether this page may use the clipboard for pictures: only secure addresses may. */
export function canCopy() {
  return typeof ClipboardItem === "function" && typeof navigator.clipboard?.write === "function";
}

/**
 * Put a picture on the clipboard. Called right away in a click: some browsers allow it only then, and wait themselves.
 * @param {Promise<Shot>} shot
 */
export async function copy(shot) {
  await navigator.clipboard.write([new ClipboardItem({ "image/png": shot.then(({ blob }) => blob) })]);
}

/**
 * Return the bytes of a data address. (The page's policy forbids fetching those.)
 * @param {string} address
 * @returns {Blob}
 */
export function blobOf(address) {
  const comma = address.indexOf(",");
  const type = address.slice(5, address.indexOf(";"));
  const text = atob(address.slice(comma + 1));
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    bytes[at] = text.charCodeAt(at);
  }
  return new Blob([bytes], { type });
}

/**
 * Return a file name that every system takes: what it shows, and when.
 * @param {string} title
 * @param {Date} moment
 * @param {string} suffix
 */
export function fileName(title, moment, suffix) {
  const what = title.replace(/[^\p{L}\p{N}_.-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, 60) || "panecast";
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const day = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())].join("-");
  return `${what}-${day}-${two(moment.getHours())}${two(moment.getMinutes())}${two(moment.getSeconds())}.${suffix}`;
}
