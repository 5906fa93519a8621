// What the server offers over plain HTTP, and where its streams are.

/**
 * @typedef {{handle: number | string, title: string, app: string, kind: string, width: number, height: number,
 *            state: string, url: string}} Source
 */

/**
 * Return the shared sources.
 * @returns {Promise<Source[]>}
 */
export async function sharedSources() {
  const answer = await fetch("/api/windows", { cache: "no-store" });
  if (!answer.ok) {
    throw new Error(`the server answered ${answer.status}`);
  }
  return (await answer.json()).windows;
}

/**
 * Return the address of a source's stream.
 * @param {string} id
 * @param {Record<string, string | number>} options
 */
export function streamAddress(id, options) {
  const address = new URL(`/stream/${encodeURIComponent(id)}`, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
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
  return `/watch/${encodeURIComponent(String(id))}`;
}

/** Return the address over which many sources are watched at once. */
export function streamsAddress() {
  const address = new URL("/streams", location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

/**
 * Return the path of the page that shows several sources side by side.
 * @param {(string | number)[]} ids
 */
export function wallPath(ids) {
  return `/watch/${ids.map((id) => encodeURIComponent(String(id))).join("+")}`;
}
