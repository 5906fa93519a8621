// The other computer's mouse pointer, over the picture. The style sheet scales it with the picture.

/** @typedef {import("./protocol.js").Pointer} Place */

export class Pointer {
  /** @param {HTMLCanvasElement} canvas it lies on the picture and is the pointer's image */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    /** @type {Uint8Array | null} */
    this.shape = null;
  }

  /** @param {Place} place */
  show(place) {
    const { canvas } = this;
    if (place.shape) {
      void this.wear(place.shape);
    }
    if (place.isVisible) {
      for (const name of /** @type {const} */ (["x", "y", "width", "height"])) {
        canvas.style.setProperty(`--pointer-${name}`, String(place[name]));
      }
    }
    canvas.hidden = !(place.isVisible && place.width && place.height);
  }

  hide() {
    this.canvas.hidden = true;
  }

  /**
   * @param {Uint8Array} shape a PNG file
   */
  async wear(shape) {
    this.shape = shape;
    const bitmap = await createImageBitmap(new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (shape)])).catch(() => null);
    // Two may be decoded at the same time; only the newest counts.
    if (bitmap && shape === this.shape) {
      this.canvas.width = bitmap.width;
      this.canvas.height = bitmap.height;
      this.context.drawImage(bitmap, 0, 0);
    }
    bitmap?.close();
  }
}
