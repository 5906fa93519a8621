// What the server offers over plain HTTP, and where its streams are.

/**
 * @typedef {{handle: number | string, title: string, app: string, kind: string, width: number, height: number,
 *            state: string, url: string}} Source
 */

/** Where the server's addresses begin: not always at the root, for a proxy may have it under a path. */
const PAGE = new URL("..", import.meta.url);
const BASE = new URL("..", PAGE);

/** How long it can be read that the page goes to another address, and how long a server has to be there; milliseconds. */
const READING = 4000;

/** After a module that did not come, until it is asked for again; milliseconds. */
const FETCH_PAUSE = 4000;

/** The server says no, and why. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {{code: string, message: string}} problem
   * @param {number} seconds until it makes sense to try again, 0 where waiting does not help
   */
  constructor(status, problem, seconds) {
    super(problem.message);
    this.status = status;
    this.problem = problem;
    this.seconds = seconds;
  }

  /** Whether it is this browser that may not, rather than this request that cannot be done. */
  get isForBrowser() {
    return [401, 403, 429].includes(this.status);
  }
}

/**
 * Return the answer to a request.
 * @param {string} path
 * @param {RequestInit} [request]
 * @throws {Refused} the server says no
 * @throws {Error} there was no answer, or none of ours
 */
async function answer(path, request) {
  const found = await fetch(new URL(path, BASE), { cache: "no-store", ...request });
  if (!found.ok) {
    const { error } = await found.json();
    throw new Refused(found.status, error, Number(found.headers.get("Retry-After")) || 0);
  }
  return found;
}

/**
 * Return the shared sources.
 * @returns {Promise<Source[]>}
 * @throws {Refused} this browser may not watch
 * @throws {Error}
 */
export async function sharedSources() {
  return (await (await answer("api/windows")).json()).windows;
}

/**
 * Be let in; a cookie that scripts cannot read is what proves it from then on.
 * @param {Record<string, string>} credential the token of a link, or the PIN and what is to be watched
 * @param {AbortSignal} signal ends it; the person at the other computer may take a minute
 * @throws {Refused}
 * @throws {Error}
 */
export async function enter(credential, signal) {
  const headers = { "Content-Type": "application/json" };
  await answer("api/enter", { method: "POST", headers, body: JSON.stringify(credential), signal });
}

/**
 * Return a module that is not there from the beginning; a server that is just leaving is asked again when it may be back.
 * @param {string} name of its file from where the pages are
 * @returns {Promise<any>}
 */
export async function fetched(name) {
  const address = new URL(name, PAGE).href;
  for (let time = 0; ; time += 1) {
    try {
      // What failed once under an address is not asked for there again.
      return await import(time ? `${address}?again=${time}` : address);
    } catch {
      await new Promise((done) => setTimeout(done, FETCH_PAUSE));
    }
  }
}

/** @param {string} path of a WebSocket */
function socketAddress(path) {
  const address = new URL(path, BASE);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address;
}

/**
 * Return the address of a source's stream.
 * @param {string} id
 * @param {Record<string, string | number>} options
 */
export function streamAddress(id, options) {
  const address = socketAddress(`stream/${encodeURIComponent(id)}`);
  for (const [name, value] of Object.entries(options)) {
    address.searchParams.set(name, String(value));
  }
  return address.href;
}

const OPTIONS = ["fps", "quality", "format", "scale", "max_width", "max_height", "cursor", "adaptive"];

/**
 * Return the options that a page's address asks for; whether they make sense is the server's to say.
 * @param {string} query
 */
export function addressedOptions(query) {
  return Object.fromEntries([...new URLSearchParams(query)].filter(([name]) => OPTIONS.includes(name)));
}

/**
 * Return the path of the page that watches a source.
 * @param {string | number} id
 */
export function watchPath(id) {
  return new URL(`watch/${encodeURIComponent(String(id))}`, BASE).pathname;
}

/** Open this page encrypted, at the same place, a moment from now: who shares has begun to encrypt. */
export function openEncrypted() {
  const { hostname, port, pathname, search, hash } = location;
  setTimeout(() => location.assign(`https://${hostname}:${port || "80"}${pathname}${search}${hash}`), READING);
}

/** Return the address over which many sources are watched at once. */
export function streamsAddress() {
  return socketAddress("streams").href;
}

/**
 * Return the path of the page that shows several sources side by side.
 * @param {(string | number)[]} ids
 */
export function wallPath(ids) {
  return new URL(`watch/${ids.map((id) => encodeURIComponent(String(id))).join("+")}`, BASE).pathname;
}
