// What a person does besides looking: the buttons, panels, keys and hands. Fetched when there is something to look at.

import { Actions } from "./actions.js";
import { ScreenLock } from "./wake_lock.js";
import { element } from "../view/dom.js";
import { Figures } from "./stats_panel.js";
import { Gestures } from "../view/gestures.js";
import { arrows, listen } from "../view/keys.js";
import { word } from "../text/i18n.js";

/** As in the style sheet: up to so many pixels the bar is a sheet from below. */
const NARROW = 1080;

/**
 * @typedef {object} Page what the page has, and does
 * @property {import("../stream/stream.js").Stream} stream
 * @property {import("../view/stage.js").Stage} stage
 * @property {import("./stats.js").Statistics} statistics
 * @property {import("../view/notice.js").Notice} notice
 * @property {boolean} isClean nothing is offered
 * @property {(words: string) => void} say
 * @property {() => void} pauseOrGoOn
 * @property {() => void} togglePause
 */

export class Tools {
  /** @param {Page} page */
  constructor(page) {
    const { stream, stage, say } = page;
    this.page = page;
    this.figures = new Figures(page.statistics);
    this.awake = new ScreenLock();
    this.acts = new Actions(
      () => stream.isOpen && (stream.send({ command: "take_screenshot" }), true),
      say,
      () => element("title").textContent,
      page.pauseOrGoOn,
    );
    const keys = /** @type {HTMLDialogElement} */ (element("keys"));
    /** @type {Record<string, () => void>} */
    const clicks = {
      reset: () => this.figures.reset(),
      statistics: () => this.openFigures(!this.figures.isOpen),
      "close-figures": () => this.openFigures(false),
      "copy-figures": () => void this.copyFigures(),
      "open-more": () => this.openMore(element("more").hidden),
      help: () => keys.showModal(),
      "close-keys": () => keys.close(),
    };
    for (const [id, deed] of Object.entries(clicks)) {
      element(id).addEventListener("click", deed);
    }
    element("awake").addEventListener("change", () => this.keepAwake());
    if (!ScreenLock.isPossible()) {
      element("awake").disabled = true;
      element("awake").checked = false;
      element("awake").parentElement.title = word("control.awake.none");
    }
    new Gestures(stage.stage, stage.view, stage.placed);
    listen({
      "+": () => stage.act(() => stage.view.step(1)),
      "=": () => stage.act(() => stage.view.step(1)),
      "-": () => stage.act(() => stage.view.step(-1)),
      0: () => stage.act(() => stage.view.choose("fit")),
      f: () => void this.acts.fullscreen(),
      p: () => void this.acts.pip(),
      s: () => void this.acts.screenshot(),
      r: () => void this.acts.record(),
      " ": page.togglePause,
      "?": () => keys.showModal(),
      Escape: () => (this.figures.isOpen ? this.openFigures(false) : this.openMore(false)),
      ...arrows((x, y) => stage.act(() => stage.view.move(x, y))),
    });
    this.narrow = matchMedia(`(max-width: ${NARROW}px)`);
    this.narrow.addEventListener("change", () => this.settle());
    this.settle();
    const bar = element("bar");
    new ResizeObserver(() => document.body.style.setProperty("--sheet", `${bar.offsetHeight}px`)).observe(bar);
    setInterval(() => {
      this.acts.tick();
      if (!document.hidden) {
        this.figures.sample();
      }
    }, 1000);
  }

  /** Have the sliders in the row, or in the sheet where the row has no room for them. */
  settle() {
    this.narrow.matches ? element("more").prepend(element("sliders")) : element("tools").before(element("sliders"));
  }

  /** Whether somebody needs the pictures though the page is hidden. */
  get isBusy() {
    return this.acts.isBusy;
  }

  /** A picture was drawn, or the pointer moved. */
  drawn() {
    this.acts.drawn();
  }

  /**
   * There is another state.
   * @param {string} state
   * @param {boolean} hasPicture
   */
  told(state, hasPicture) {
    this.acts.allow(hasPicture);
    this.keepAwake(state);
  }

  /** Nothing is watched any more: end what only these buttons could end. */
  leave() {
    this.acts.leave();
  }

  /** A screenshot came. @param {{data_url: string, filename: string}} picture */
  arrived(picture) {
    this.acts.screenshots.arrived(picture);
  }

  /** None will come. @param {string} words */
  failed(words) {
    this.acts.screenshots.failed(words);
  }

  /** @param {string} [state] */
  keepAwake(state = this.page.notice.state) {
    this.awake.want(state === "live" && element("awake").checked && !this.page.isClean);
  }

  /** Where there is room for one panel only, opening one closes the other. @param {boolean} isOpen */
  openFigures(isOpen) {
    this.figures.open(isOpen);
    if (isOpen && this.narrow.matches) {
      this.openMore(false);
    }
  }

  /** @param {boolean} isOpen */
  openMore(isOpen) {
    if (isOpen && this.narrow.matches) {
      this.openFigures(false);
    }
    element("more").hidden = !isOpen;
    element("bar").classList.toggle("open", isOpen);
    element("open-more").setAttribute("aria-expanded", String(isOpen));
  }

  async copyFigures() {
    try {
      await navigator.clipboard.writeText(this.figures.asText());
      this.page.say(word("figures.copied"));
    } catch {
      this.page.say(word("act.copy.refused"));
    }
  }
}
