// The worker, begun before the page is ready for it: both take a while to load, and that is best done side by side.

/** @typedef {{worker: Worker, isReady: Promise<void>}} Begun */

/** @type {Begun | null} */
let begun = null;

/**
 * Have a worker begin, unless one has.
 * @returns {Begun}
 */
export function begin() {
  if (!begun) {
    const worker = new Worker(new URL("./decoder.js", import.meta.url), { type: "module" });
    const isReady = new Promise((done, failed) => {
      worker.onmessage = () => done(undefined);
      worker.onerror = failed;
    });
    isReady.catch(() => undefined); // whoever takes it is told
    begun = { worker, isReady };
  }
  return begun;
}

/** Return the worker for oneself. */
export function taken() {
  const mine = begin();
  begun = null;
  return mine;
}
