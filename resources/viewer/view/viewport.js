// Where the picture lies in the window: which part of it, how large, turned and mirrored. Numbers only, no page in sight.

/** @typedef {"fit" | "width" | "actual" | "free"} Mode */
/** @typedef {{width: number, height: number}} Size */
/** @typedef {{x: number, y: number}} Point */

/**
 * @typedef {object} Layout
 * @property {number} left of the picture as it is seen, from the window's left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 * @property {number} scale CSS pixels for each of the picture's
 * @property {number} degrees
 * @property {boolean} isMirrored
 * @property {number | null} percent device pixels for each of the picture's; null before there is any
 * @property {boolean} isPixelated so large that the picture's own pixels are to be seen, not smoothed away
 * @property {boolean} canMove whether some of it is outside
 */

const LARGEST = 16;
const STEP = 1.25;
/** From so many device pixels for each of the picture's on, edges are shown as they are. */
const PIXELATED = 2;

export class View {
  constructor() {
    /** @type {Mode} */
    this.mode = "fit";
    /** @type {Size} */
    this.picture = { width: 16, height: 9 };
    this.hasPicture = false;
    /** @type {Size} */
    this.stage = { width: 16, height: 9 };
    /** Device pixels for each CSS pixel. */
    this.density = 1;
    this.quarters = 0;
    this.isMirrored = false;
    /** CSS pixels for each of the picture's; what counts in the mode "free" only. */
    this.scale = 1;
    /** The picture's middle, from the window's. @type {Point} */
    this.middle = { x: 0, y: 0 };
  }

  /** The picture's size as it is turned. @returns {Size} */
  get turned() {
    const { width, height } = this.picture;
    return this.quarters % 2 ? { width: height, height: width } : { width, height };
  }

  get fitting() {
    const { width, height } = this.turned;
    return Math.min(this.stage.width / width, this.stage.height / height);
  }

  /** CSS pixels for each of the picture's, in the mode that is in force. */
  get current() {
    switch (this.mode) {
      case "fit":
        return this.fitting;
      case "width":
        return this.stage.width / this.turned.width;
      case "actual":
        return 1 / this.density;
      default:
        return this.scale;
    }
  }

  /**
   * @param {Size} picture
   * @returns {boolean} whether it is another size
   */
  show(picture) {
    this.hasPicture = true;
    const isNew = picture.width !== this.picture.width || picture.height !== this.picture.height;
    this.picture = { width: picture.width, height: picture.height };
    this.settle();
    return isNew;
  }

  /**
   * @param {Size} stage
   * @param {number} density
   */
  resize(stage, density) {
    this.stage = { width: Math.max(1, stage.width), height: Math.max(1, stage.height) };
    this.density = density;
    this.settle();
  }

  /** @param {Mode} mode */
  choose(mode) {
    this.scale = this.current;
    this.mode = mode;
    // Whoever fills the width begins to read at the top.
    this.middle = { x: 0, y: mode === "width" ? Infinity : 0 };
    this.settle();
  }

  /**
   * Zoom by `factor`; what is at `point` (from the window's middle) stays there.
   * @param {number} factor
   * @param {Point} [point]
   */
  zoom(factor, point = { x: 0, y: 0 }) {
    const before = this.current;
    const least = Math.min(this.fitting, 1 / this.density) / 2;
    const most = Math.max(LARGEST / this.density, this.fitting);
    const scale = Math.min(Math.max(before * factor, least), most);
    this.mode = "free";
    this.scale = scale;
    this.middle = {
      x: point.x - ((point.x - this.middle.x) * scale) / before,
      y: point.y - ((point.y - this.middle.y) * scale) / before,
    };
    this.settle();
  }

  /** @param {1 | -1} direction */
  step(direction) {
    this.zoom(direction > 0 ? STEP : 1 / STEP);
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  move(x, y) {
    this.middle = { x: this.middle.x + x, y: this.middle.y + y };
    this.settle();
  }

  /** Between all of it and its details at `point`. @param {Point} point */
  toggle(point) {
    if (this.mode !== "fit") {
      this.choose("fit");
      return;
    }
    const details = Math.max(1 / this.density, this.fitting * 2);
    this.zoom(details / this.fitting, point);
  }

  rotate() {
    this.quarters = (this.quarters + 1) % 4;
    this.middle = { x: 0, y: 0 };
    this.settle();
  }

  mirror() {
    this.isMirrored = !this.isMirrored;
  }

  /** Keep the picture in the window: never an empty edge where there is more of it. */
  settle() {
    const { width, height } = this.turned;
    const scale = this.current;
    const bound = (/** @type {number} */ place, /** @type {number} */ room) => Math.min(Math.max(place, -room), room);
    this.middle = {
      x: bound(this.middle.x, Math.max(0, (width * scale - this.stage.width) / 2)),
      y: bound(this.middle.y, Math.max(0, (height * scale - this.stage.height) / 2)),
    };
  }

  /** @returns {Layout} */
  layout() {
    const scale = this.current;
    const width = this.turned.width * scale;
    const height = this.turned.height * scale;
    // On whole device pixels: half a pixel aside, every letter would be blurred.
    const whole = (/** @type {number} */ place) => Math.round(place * this.density) / this.density;
    return {
      left: whole(this.stage.width / 2 + this.middle.x - width / 2),
      top: whole(this.stage.height / 2 + this.middle.y - height / 2),
      width,
      height,
      scale,
      degrees: this.quarters * 90,
      isMirrored: this.isMirrored,
      percent: this.hasPicture ? Math.round(scale * this.density * 100) : null,
      isPixelated: scale * this.density >= PIXELATED,
      canMove: width > this.stage.width + 0.5 || height > this.stage.height + 0.5,
    };
  }
}
