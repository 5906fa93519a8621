// Hands on the picture: the wheel and two fingers zoom, dragging moves, a double tap shows details and goes back.

/** @typedef {import("./viewport.js").View} View */

/** Of a wheel's turn, in pixels, to a factor: a notch is about a step of a button. */
const WHEEL = 1 / 500;
const LINE = 16;
const TAP_SECONDS = 0.3;
/** Two taps may be so far apart; one may tremble so much. */
const TAP_PIXELS = 24;
const DRAG_PIXELS = 6;

export class Gestures {
  /**
   * @param {HTMLElement} stage
   * @param {View} view
   * @param {() => void} changed called after each change of the view
   */
  constructor(stage, view, changed) {
    this.stage = stage;
    this.view = view;
    this.changed = changed;
    /** Where each finger, or the mouse with its button down, is. @type {Map<number, {x: number, y: number}>} */
    this.down = new Map();
    /** The last tap. */
    this.tap = { at: -Infinity, x: 0, y: 0 };
    this.start = { x: 0, y: 0 };
    /** Whether what began with the first finger is more than a tap. */
    this.hasMoved = false;
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("pointerdown", (event) => this.press(event));
    stage.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
      stage.addEventListener(name, (event) => this.release(event, name === "pointerup"));
    }
  }

  /**
   * Return a place in the window, from its middle.
   * @param {{x: number, y: number}} point
   */
  fromMiddle(point) {
    const box = this.stage.getBoundingClientRect();
    return { x: point.x - box.left - box.width / 2, y: point.y - box.top - box.height / 2 };
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * LINE;
    // Two fingers on a trackpad come as a wheel with ctrl, in small numbers.
    this.view.zoom(Math.exp(-pixels * WHEEL * (event.ctrlKey ? 5 : 1)), this.fromMiddle(event));
    this.changed();
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0 || /** @type {Element} */ (event.target).closest("button, a")) {
      return;
    }
    const place = { x: event.clientX, y: event.clientY };
    if (this.down.size === 0) {
      this.start = place;
      this.hasMoved = false;
    }
    this.down.set(event.pointerId, place);
    this.stage.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const before = this.down.get(event.pointerId);
    if (!before || this.down.size > 2) {
      return;
    }
    const now = { x: event.clientX, y: event.clientY };
    const other = [...this.down].find(([id]) => id !== event.pointerId)?.[1];
    this.down.set(event.pointerId, now);
    if (other) {
      const [old, spread] = [distance(before, other), distance(now, other)];
      this.view.zoom(old > 0 ? spread / old : 1, this.fromMiddle(between(before, other)));
      this.view.move((now.x - before.x) / 2, (now.y - before.y) / 2);
      this.hasMoved = true;
    } else {
      this.view.move(now.x - before.x, now.y - before.y);
      this.hasMoved ||= distance(now, this.start) > DRAG_PIXELS;
    }
    this.changed();
  }

  /**
   * @param {PointerEvent} event
   * @param {boolean} isTap
   */
  release(event, isTap) {
    if (!this.down.delete(event.pointerId) || this.down.size || !isTap || this.hasMoved) {
      return;
    }
    const now = { at: performance.now() / 1000, x: event.clientX, y: event.clientY };
    if (now.at - this.tap.at < TAP_SECONDS && distance(now, this.tap) < TAP_PIXELS) {
      this.tap = { ...now, at: -Infinity };
      this.view.toggle(this.fromMiddle(now));
      this.changed();
    } else {
      this.tap = now;
    }
  }
}

/**
 * @param {{x: number, y: number}} one
 * @param {{x: number, y: number}} other
 */
function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

/**
 * @param {{x: number, y: number}} one
 * @param {{x: number, y: number}} other
 */
function between(one, other) {
  return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
}
