// The picture: decoded off the main thread, the newest one wins, the last one stays.

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

export class Stage {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(frame: any) => void} drawn called after each picture that was drawn
   */
  constructor(canvas, drawn) {
    this.canvas = canvas;
    this.drawn = drawn;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    /** @type {any} */
    this.next = null;
    this.isBusy = false;
    this.number = -1;
  }

  /**
   * Show a frame's data, unless a newer one comes before its turn.
   * @param {any} frame
   */
  show(frame) {
    this.next = frame;
    if (!this.isBusy) {
      void this.work();
    }
  }

  /** Forget which picture is shown; the picture itself stays. */
  forget() {
    this.next = null;
    this.number = -1;
  }

  async work() {
    this.isBusy = true;
    while (this.next) {
      const frame = this.next;
      this.next = null;
      try {
        const bitmap = await createImageBitmap(blobOf(frame.data_url));
        this.draw(frame, bitmap);
        bitmap.close();
      } catch (error) {
        console.warn("a picture could not be shown", error);
      }
    }
    this.isBusy = false;
  }

  /**
   * @param {any} frame
   * @param {ImageBitmap} bitmap
   */
  draw(frame, bitmap) {
    if (this.canvas.width !== bitmap.width || this.canvas.height !== bitmap.height) {
      this.canvas.width = bitmap.width;
      this.canvas.height = bitmap.height;
    }
    this.context.drawImage(bitmap, 0, 0);
    this.number = frame.frame_number;
    this.canvas.dataset.frame = String(frame.frame_number);
    this.drawn(frame);
  }
}
