// The picture with the pointer on it, in a canvas of a size that stays: what is recorded, and shown in a small window.

/** So often it is drawn again though nothing changed: recorders count time in pictures. Milliseconds. */
const BEAT = 1000;

export class CompositeCanvas {
  /**
   * @param {HTMLCanvasElement} picture
   * @param {HTMLCanvasElement} pointer it lies on the picture as the style sheet says
   */
  constructor(picture, pointer) {
    this.picture = picture;
    this.pointer = pointer;
    /** @type {HTMLCanvasElement | null} */
    this.canvas = null;
    this.users = 0;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
  }

  /** Begin, for one user more; `leave` has to follow. @returns {HTMLCanvasElement} */
  join() {
    this.users += 1;
    if (!this.canvas) {
      // Codecs want even sizes.
      const even = (/** @type {number} */ size) => Math.max(2, size + (size % 2));
      const { width, height } = this.picture;
      this.canvas = Object.assign(document.createElement("canvas"), { width: even(width), height: even(height) });
      this.timer = setInterval(() => this.draw(), BEAT);
      this.draw();
    }
    return this.canvas;
  }

  leave() {
    this.users -= 1;
    if (this.users === 0) {
      clearInterval(this.timer);
      this.canvas = null;
    }
  }

  /** Draw what is there now; costs nothing while nobody has joined. */
  draw() {
    const { canvas, picture, pointer } = this;
    if (!canvas) {
      return;
    }
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { alpha: false }));
    // A window that changes its size is fitted in: no recorder takes another one in the middle.
    const scale = Math.min(canvas.width / picture.width, canvas.height / picture.height);
    const left = (canvas.width - picture.width * scale) / 2;
    const top = (canvas.height - picture.height * scale) / 2;
    if (left >= 1 || top >= 1) {
      context.fillRect(0, 0, canvas.width, canvas.height);
    }
    context.drawImage(picture, left, top, picture.width * scale, picture.height * scale);
    if (!pointer.hidden) {
      const place = (/** @type {string} */ name) => Number(pointer.style.getPropertyValue(`--pointer-${name}`)) * scale;
      context.drawImage(pointer, left + place("x"), top + place("y"), place("width"), place("height"));
    }
  }
}
