// A link's secret is taken out of the address before anything else is done: nobody is to read it there, or copy it.

/**
 * Return the secret in a fragment, "" without one, and the fragment without it.
 * @param {string} fragment as in `location.hash`
 */
export function parted(fragment) {
  const fields = fragment.replace(/^#/, "").split("&");
  const token = fields.find((field) => field.startsWith("t="))?.slice(2) ?? "";
  const rest = fields.filter((field) => !field.startsWith("t=")).join("&");
  return { token, rest: rest && `#${rest}` };
}

/** Until somebody uses it. */
let kept = "";

/** Take a secret out of the address, if there is one. */
export function take() {
  const { hash, href } = location;
  const { token, rest } = parted(hash);
  if (rest !== hash) {
    kept = token;
    history.replaceState(history.state, "", href.slice(0, href.length - hash.length) + rest);
  }
}

/** Return the secret, and forget it. */
export function handOver() {
  const token = kept;
  kept = "";
  return token;
}

if (globalThis.location) {
  take();
}
