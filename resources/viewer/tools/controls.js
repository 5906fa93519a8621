// Speed, quality, format and the like: what a hand moves becomes a wish; what is in force is shown, and why.

import { numberWords } from "../text/units.js";
import { element } from "../view/dom.js";

const PAUSE = 80;

/**
 * Return `act`, called at once the first time and then, while calls keep coming, only with the last value.
 * @param {(value: any) => void} act
 * @param {number} milliseconds
 */
export function throttled(act, milliseconds = PAUSE) {
  /** @type {any} */
  let last;
  let isWaiting = false;
  let isNew = false;
  const rest = () => {
    if (isNew) {
      isNew = false;
      act(last);
      setTimeout(rest, milliseconds);
    } else {
      isWaiting = false;
    }
  };
  return (/** @type {any} */ value) => {
    last = value;
    if (isWaiting) {
      isNew = true;
      return;
    }
    isWaiting = true;
    act(value);
    setTimeout(rest, milliseconds);
  };
}

/**
 * Tell whether video may come under a format.
 * @param {string} format
 */
export function isVideo(format) {
  return format === "auto" || format === "h264";
}

export class Controls {
  /** @param {(options: Record<string, string | number>) => void} wish called with what the viewer asks for */
  constructor(wish) {
    /** @type {HTMLInputElement} */
    this.fps = element("fps");
    /** @type {HTMLInputElement} */
    this.quality = element("quality");
    /** @type {HTMLSelectElement} */
    this.format = element("format");
    /** @type {HTMLSelectElement} */
    this.scale = element("scale");
    /** @type {HTMLInputElement[]} */
    this.boxes = [element("adaptive"), element("cursor")];
    /** @type {HTMLElement} */
    this.note = element("note");
    /** What is said while there is nothing else to say. */
    this.standing = "";
    /** @type {HTMLInputElement | null} */
    this.held = null;
    for (const slider of [this.fps, this.quality]) {
      const send = throttled((value) => wish({ [slider.id]: value }));
      slider.addEventListener("input", () => {
        this.label(slider);
        send(Number(slider.value));
      });
      // While a hand holds a slider, what others change must not pull it away.
      slider.addEventListener("pointerdown", () => (this.held = slider));
      slider.addEventListener("pointerup", () => (this.held = null));
      slider.addEventListener("pointercancel", () => (this.held = null));
    }
    this.format.addEventListener("change", () => {
      this.stand("");
      wish({ format: this.format.value });
    });
    this.scale.addEventListener("change", () => wish({ scale: Number(this.scale.value) }));
    for (const box of this.boxes) {
      box.addEventListener("change", () => wish({ [box.id]: Number(box.checked) }));
    }
  }

  /**
   * Show what is in force.
   * @param {{fps: number, quality: number, format: string, scale?: number, adaptive?: boolean, cursor?: boolean}} options
   * @param {string} [reason] why that is less than was asked for
   */
  show(options, reason = "") {
    this.say(reason || this.standing);
    for (const slider of [this.fps, this.quality]) {
      if (slider !== this.held) {
        slider.value = String(slider === this.fps ? options.fps : options.quality);
        this.label(slider, slider === this.fps ? options.fps : options.quality);
      }
    }
    this.format.value = options.format;
    this.quality.disabled = options.format === "png";
    this.showScale(options.scale ?? 1);
    for (const box of this.boxes) {
      box.checked = Boolean(options[/** @type {"adaptive" | "cursor"} */ (box.id)] ?? true);
    }
  }

  /** @param {number} scale any, for adaptation has its own and an address may name one */
  showScale(scale) {
    const value = String(scale);
    if (![...this.scale.options].some((option) => option.value === value)) {
      this.scale.add(new Option(`${numberWords(scale * 100)} %`, value));
    }
    this.scale.value = value;
  }

  /**
   * Say something next to the controls, until a format is chosen.
   * @param {string} words
   */
  stand(words) {
    this.standing = words;
    this.say(words);
  }

  /** @param {string} words */
  say(words) {
    this.note.textContent = words;
    this.note.hidden = !words;
  }

  /** Offer no format that comes as video. */
  withoutVideo() {
    for (const option of Array.from(this.format.options)) {
      if (isVideo(option.value)) {
        option.remove();
      }
    }
  }

  /**
   * @param {HTMLInputElement} slider
   * @param {number} [value] what is in force, where the slider cannot show it (half a picture a second)
   */
  label(slider, value) {
    element(`${slider.id}-value`).value = String(value ?? slider.value);
  }
}
