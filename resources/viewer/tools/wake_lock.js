// Keeps this device's screen on while something is watched, where the browser allows it.

export class ScreenLock {
  constructor() {
    this.isWanted = false;
    /** @type {WakeLockSentinel | null} */
    this.lock = null;
    document.addEventListener("visibilitychange", () => void this.update());
  }

  /** Tell whether this page may: only secure addresses may. */
  static isPossible() {
    return "wakeLock" in navigator;
  }

  /** @param {boolean} isWanted */
  want(isWanted) {
    if (isWanted !== this.isWanted) {
      this.isWanted = isWanted;
      void this.update();
    }
  }

  async update() {
    if (!ScreenLock.isPossible()) {
      return;
    }
    if (this.isWanted && !document.hidden && (this.lock === null || this.lock.released)) {
      // A low battery may be a reason to refuse; then the screen goes off as it always did.
      this.lock = await navigator.wakeLock.request("screen").catch(() => null);
    }
    if (!this.isWanted && this.lock) {
      const lock = this.lock;
      this.lock = null;
      await lock.release();
    }
  }
}
