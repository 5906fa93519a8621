// Picture in picture: the stream in a small window that stays on top of others.

export class PictureInPicture {
  /**
   * @param {import("./composite.js").CompositeCanvas} together
   * @param {() => void} changed called when it opens and when it closes
   */
  constructor(together, changed) {
    this.together = together;
    this.changed = changed;
    /** @type {HTMLVideoElement | null} */
    this.video = null;
  }

  /** Tell whether this browser lets a page do it. */
  static isPossible() {
    return document.pictureInPictureEnabled === true && typeof HTMLCanvasElement.prototype.captureStream === "function";
  }

  get isOpen() {
    return this.video !== null;
  }

  /**
   * Open it, or close it.
   * @throws {Error} the browser refuses
   */
  async toggle() {
    if (this.video) {
      await document.exitPictureInPicture();
      return;
    }
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = this.together.join().captureStream();
    this.video = video;
    video.addEventListener("leavepictureinpicture", () => this.end(), { once: true });
    try {
      await video.play();
      await video.requestPictureInPicture();
    } catch (error) {
      this.end();
      throw error;
    }
    this.changed();
  }

  end() {
    const stream = /** @type {MediaStream | null} */ (this.video?.srcObject ?? null);
    stream?.getTracks().forEach((track) => track.stop());
    if (this.video) {
      this.video = null;
      this.together.leave();
      this.changed();
    }
  }
}
