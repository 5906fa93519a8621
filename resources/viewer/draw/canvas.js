// The canvas: puts decoded parts on it, all of a message in one go, so that nothing half drawn is ever seen.

import { COPY, FILL } from "./protocol.js";

/** @typedef {import("./protocol.js").Picture} Picture */
/** @typedef {HTMLCanvasElement | OffscreenCanvas} Canvas */
/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */
/** @typedef {ImageBitmap | VideoFrame | ImageData} Drawable what a part was decoded to; at least as large as the part */

/**
 * Return a canvas that nobody sees.
 * @param {number} width
 * @param {number} height
 * @returns {Canvas}
 */
export function blankCanvas(width, height) {
  if (typeof OffscreenCanvas === "function") {
    return new OffscreenCanvas(width, height);
  }
  return Object.assign(document.createElement("canvas"), { width, height });
}

/**
 * Return what draws on a canvas. Nothing shines through, so colours come out as they went in.
 * @param {Canvas} canvas
 */
export function contextOf(canvas) {
  return /** @type {Context} */ (canvas.getContext("2d", { alpha: false }));
}

export class Drawing {
  /** @param {Canvas} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = contextOf(canvas);
    /** @type {Canvas | null} */
    this.spare = null;
  }

  /**
   * Draw a message.
   * @param {Picture} picture
   * @param {(Drawable | null)[]} drawables one for each part, null where there is none; closed here
   */
  draw(picture, drawables) {
    const { canvas, context } = this;
    if (picture.isWhole && (canvas.width !== picture.width || canvas.height !== picture.height)) {
      canvas.width = picture.width;
      canvas.height = picture.height;
    }
    const before = picture.parts.some((part) => part.form === COPY) ? this.keep() : canvas;
    picture.parts.forEach((part, at) => {
      const { x, y, width, height } = part;
      const drawable = drawables[at];
      if (part.form === COPY) {
        context.drawImage(before, part.fromX, part.fromY, width, height, x, y, width, height);
      } else if (part.form === FILL) {
        const [red, green, blue] = part.data;
        context.fillStyle = `rgb(${red} ${green} ${blue})`;
        context.fillRect(x, y, width, height);
      } else if (drawable instanceof ImageData) {
        context.putImageData(drawable, x, y, 0, 0, width, height);
      } else if (drawable) {
        context.drawImage(drawable, 0, 0, width, height, x, y, width, height);
        drawable.close();
      }
    });
  }

  /** Return the picture as it is now, kept aside: copies may overlap. (For one alone it costs less as well.) */
  keep() {
    const { width, height } = this.canvas;
    if (this.spare?.width !== width || this.spare.height !== height) {
      this.spare = blankCanvas(width, height);
    }
    contextOf(this.spare).drawImage(this.canvas, 0, 0);
    return this.spare;
  }
}
