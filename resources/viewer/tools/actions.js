// What a person does with the picture, besides looking: save it, copy it, record it, fill the screen with it. Each says
// how it goes.

import { dataWords, durationWords } from "../text/units.js";
import { element } from "../view/dom.js";
import { PictureInPicture } from "./picture_in_picture.js";
import { Recording, canRecord } from "./recording.js";
import { Screenshots, canCopy, copy, fileName, save } from "./screenshot.js";
import { CompositeCanvas } from "./composite.js";
import { word } from "../text/i18n.js";

/**
 * Give a button another name, sign and state.
 * @param {string} id
 * @param {string} name
 * @param {boolean} isPressed
 */
function mark(id, name, isPressed) {
  const button = element(id);
  const words = button.querySelector("span");
  button.title = name;
  button.setAttribute("aria-pressed", String(isPressed));
  if (words) {
    words.textContent = name;
  } else {
    button.setAttribute("aria-label", name);
  }
}

/**
 * Take a button out of use, and say why.
 * @param {string} id
 * @param {string} reason
 */
function withhold(id, reason) {
  element(id).disabled = true;
  element(id).title = reason;
}

export class Actions {
  /**
   * @param {() => boolean} askForScreenshot sends the command; false when there is no connection
   * @param {(words: string) => void} say tells the person how it went
   * @param {() => string} title of what is watched
   * @param {() => void} busyChanged called when `isBusy` may be another
   */
  constructor(askForScreenshot, say, title, busyChanged) {
    this.say = say;
    this.title = title;
    this.busyChanged = busyChanged;
    this.screenshots = new Screenshots(askForScreenshot);
    this.together = new CompositeCanvas(element("picture"), element("pointer"));
    this.inset = new PictureInPicture(this.together, () => {
      mark("pip", word("view.pip"), this.inset.isOpen);
      busyChanged();
    });
    /** @type {Recording | null} */
    this.recording = null;
    this.hasRecorded = canRecord();
    const deeds = { screenshot: this.screenshot, copy: this.copy, record: this.record, pip: this.pip, fullscreen: this.fullscreen };
    for (const [id, deed] of Object.entries(deeds)) {
      element(id).addEventListener("click", () => void deed.call(this));
    }
    if (!canRecord()) {
      withhold("record", word("act.record.none"));
    }
    if (!PictureInPicture.isPossible()) {
      withhold("pip", word("view.pip.none"));
    }
    if (!document.fullscreenEnabled) {
      withhold("fullscreen", word("view.fullscreen.none"));
    }
    document.addEventListener("fullscreenchange", () => {
      const isFull = document.fullscreenElement !== null;
      mark("fullscreen", word(isFull ? "view.fullscreen.leave" : "view.fullscreen"), isFull);
    });
  }

  /** Whether somebody needs the pictures though the page is hidden. */
  get isBusy() {
    return this.recording !== null || this.inset.isOpen;
  }

  /** There are pictures, or there are none yet. @param {boolean} hasPicture */
  allow(hasPicture) {
    element("screenshot").disabled = element("copy").disabled = !hasPicture;
    element("record").disabled = !this.hasRecorded || !hasPicture;
    element("pip").disabled = !PictureInPicture.isPossible() || !hasPicture;
  }

  /** A picture was drawn, or the pointer moved. */
  drawn() {
    this.together.draw();
  }

  /** Save what was recorded, and close the small window. */
  leave() {
    this.recording?.end();
    if (this.inset.isOpen) {
      void this.pip();
    }
  }

  /** Once a second. */
  tick() {
    const { recording } = this;
    element("recording").hidden = !recording;
    if (recording) {
      element("recording").textContent = word("act.record.running", {
        time: durationWords(recording.seconds),
        size: dataWords(recording.bytes),
      });
    }
  }

  async screenshot() {
    this.say(word("act.screenshot.taking"));
    try {
      const { blob, name } = await this.screenshots.take();
      save(blob, name);
      this.say(word("act.saved", { name }));
    } catch (error) {
      this.say(/** @type {Error} */ (error).message || word("error.no_picture"));
    }
  }

  async copy() {
    if (!canCopy()) {
      this.say(word("act.copy.insecure"));
      return;
    }
    this.say(word("act.screenshot.taking"));
    const shot = this.screenshots.take();
    try {
      await copy(shot);
      this.say(word("act.copy.done"));
    } catch {
      // Which of the two failed decides what there is to say.
      const missing = await shot.then(() => "", (error) => error.message || word("error.no_picture"));
      this.say(missing || word("act.copy.refused"));
    }
  }

  async record() {
    if (this.recording) {
      this.recording.end();
      return;
    }
    if (element("record").disabled) {
      return;
    }
    const begun = new Date();
    const canvas = this.together.join();
    try {
      const recording = new Recording(canvas);
      this.recording = recording;
      this.busyChanged();
      mark("record", word("act.record.stop"), true);
      document.body.classList.add("is-recording");
      this.tick();
      const { blob, suffix } = await recording.film;
      if (blob.size === 0) {
        throw new Error(word("act.record.empty"));
      }
      const name = fileName(this.title(), begun, suffix);
      save(blob, name);
      this.say(word("act.saved", { name }));
    } catch (error) {
      this.say(word("act.record.failed", { reason: /** @type {Error} */ (error).message }));
    } finally {
      this.recording = null;
      this.together.leave();
      this.busyChanged();
      mark("record", word("act.record"), false);
      document.body.classList.remove("is-recording");
      this.tick();
    }
  }

  async pip() {
    try {
      await this.inset.toggle();
    } catch {
      this.say(word("view.pip.none"));
    }
  }

  async fullscreen() {
    try {
      await (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
    } catch {
      this.say(word("view.fullscreen.none"));
    }
  }
}
