// The picture in the window: puts it where the view says, and offers the controls that change the view.

import { element } from "./dom.js";
import { View } from "./viewport.js";
import { word } from "../text/i18n.js";

/** @typedef {import("./viewport.js").Mode} Mode */

export class Stage {
  /** @param {() => void} changed a person chose another view */
  constructor(changed) {
    this.view = new View();
    this.stage = element("stage");
    this.frame = element("frame");
    /** To be called when the view has changed. */
    this.placed = () => {
      this.place();
      changed();
    };
    const deeds = {
      larger: () => this.view.step(1),
      smaller: () => this.view.step(-1),
      rotate: () => this.view.rotate(),
      mirror: () => this.view.mirror(),
    };
    for (const [id, deed] of Object.entries(deeds)) {
      element(id).addEventListener("click", () => this.act(deed));
    }
    element("view").addEventListener("change", (/** @type {any} */ event) => this.act(() => this.view.choose(event.target.value)));
    element("background").addEventListener("input", this.placed);
    new ResizeObserver(() => this.measure()).observe(this.stage);
    // The density changes when the window goes to another screen, or the whole page is zoomed.
    window.addEventListener("resize", () => this.measure());
    this.measure();
  }

  /** Change the view. @param {() => void} deed */
  act(deed) {
    deed();
    this.placed();
  }

  measure() {
    this.view.resize({ width: this.stage.clientWidth, height: this.stage.clientHeight }, window.devicePixelRatio);
    this.place();
  }

  /** A picture of this size is shown. @param {{width: number, height: number}} size */
  show(size) {
    if (this.view.show(size)) {
      this.place();
    }
  }

  /** What a person may wish to find again. @returns {Record<string, string | number | boolean>} */
  wishes() {
    const { mode, quarters, isMirrored } = this.view;
    const background = element("background").value;
    return {
      ...(mode === "fit" || mode === "free" ? {} : { view: mode }),
      ...(quarters ? { turn: quarters * 90 } : {}),
      ...(isMirrored ? { mirror: true } : {}),
      ...(background === element("background").defaultValue ? {} : { background }),
    };
  }

  /** @param {Record<string, any>} wishes of an address, or remembered; what makes no sense is left out */
  restore({ view, turn, mirror, background }) {
    this.view.mode = ["width", "actual"].includes(view) ? view : "fit";
    this.view.quarters = [90, 180, 270].includes(Number(turn)) ? Number(turn) / 90 : 0;
    this.view.isMirrored = ["1", 1, true].includes(mirror);
    element("background").value = /^#?[0-9a-f]{6}$/i.test(background) ? `#${background.replace("#", "")}` : element("background").defaultValue;
    this.view.choose(this.view.mode);
    this.place();
  }

  place() {
    const { view, frame } = this;
    const layout = view.layout();
    const { width, height } = view.picture;
    frame.style.setProperty("--width", String(width));
    frame.style.setProperty("--height", String(height));
    // By a transform of the whole: given a broken number of CSS pixels, browsers stretch a canvas to whole ones.
    frame.style.width = `${width}px`;
    frame.style.height = `${height}px`;
    frame.style.transform = [
      `translate(${layout.left + layout.width / 2}px, ${layout.top + layout.height / 2}px)`,
      `rotate(${layout.degrees}deg)`,
      `scale(${layout.isMirrored ? -layout.scale : layout.scale}, ${layout.scale})`,
      `translate(${-width / 2}px, ${-height / 2}px)`,
    ].join(" ");
    frame.classList.toggle("pixelated", layout.isPixelated);
    this.stage.classList.toggle("movable", layout.canMove);
    element("percent").textContent = word("view.free", { percent: layout.percent ?? "–" });
    element("view").value = view.mode;
    element("mirror").setAttribute("aria-pressed", String(layout.isMirrored));
    const colour = element("background").value;
    document.body.style.setProperty("--stage", colour === element("background").defaultValue ? "" : colour);
  }
}
