// The panel that shows the statistics: in words and figures, and the last minute as a graph.

import { clockWords, dataWords, durationWords, millisecondWords, numberWords } from "../text/units.js";
import { element } from "../view/dom.js";
import { Graph } from "./graph.js";
import { DELAYS } from "./stats.js";
import { word } from "../text/i18n.js";

const NOTHING = "–";

export class Figures {
  /** @param {import("./stats.js").Statistics} statistics */
  constructor(statistics) {
    this.statistics = statistics;
    this.panel = element("figures");
    this.graph = new Graph(element("graph"));
    this.parts = DELAYS.map((name) => {
      const part = document.createElement("span");
      part.className = name;
      element("parts").append(part);
      return part;
    });
    this.entries = DELAYS.map((name) => {
      const entry = document.createElement("li");
      entry.className = name;
      element("legend").append(entry);
      return entry;
    });
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  /** @param {boolean} isOpen */
  open(isOpen) {
    this.panel.hidden = !isOpen;
    element("statistics").setAttribute("aria-expanded", String(isOpen));
    this.show();
  }

  /** Once a second, whether the panel is open or not: what the graph will show. */
  sample() {
    this.graph.add({ delay: this.statistics.wholeDelay, rate: this.statistics.now().rate });
    this.show();
  }

  reset() {
    this.statistics.reset();
    this.graph.clear();
    this.show();
  }

  /** Write the figures into the page, if anybody sees them. */
  show() {
    if (!this.isOpen) {
      return;
    }
    for (const [id, text] of Object.entries(this.texts())) {
      const place = element(id);
      if (place.textContent !== text) {
        place.textContent = text;
      }
    }
    const { delay } = this.statistics;
    element("parts").hidden = element("legend").hidden = delay === null || !Object.keys(delay).length;
    DELAYS.forEach((name, at) => {
      const value = delay?.[name];
      this.parts[at].style.flexGrow = String(value ?? 0);
      this.entries[at].hidden = value === undefined;
      this.entries[at].textContent = value === undefined ? "" : `${word(`delay.${name}`)}\u00a0${millisecondWords(value)}`;
    });
    const most = this.graph.most();
    const about = word("figures.graph", { delay: millisecondWords(most.delay), rate: `${dataWords(Math.round(most.rate))}/s` });
    element("graph").setAttribute("aria-label", about);
    element("graph").title = about;
    this.graph.draw();
  }

  /** The figures, by the place where they stand. @returns {Record<string, string>} */
  texts() {
    const { statistics } = this;
    const { fps, rate } = statistics.now();
    const { asked, taken, sent } = statistics.rates;
    const rates = Object.entries({ asked, taken, sent })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${word(`figures.fps.${name}`)}\u00a0${short(/** @type {number} */ (value))}`);
    const delay = statistics.wholeDelay;
    return {
      "stat-fps": `${numberWords(fps, 1)}`,
      "stat-rates": [...rates, `${word("figures.fps.shown")}\u00a0${short(fps)}`].join(" · "),
      "stat-now": `${dataWords(Math.round(rate))}/s`,
      "stat-data": dataWords(statistics.bytes),
      "stat-pictures": String(statistics.pictures),
      "stat-skipped": String(statistics.skipped),
      "stat-quality": statistics.quality === null ? NOTHING : String(statistics.quality),
      "stat-cause": statistics.cause,
      "stat-size": statistics.size || NOTHING,
      "stat-time": statistics.connectedAt === null ? NOTHING : durationWords((performance.now() - statistics.connectedAt) / 1000),
      "stat-last": statistics.last ? clockWords(statistics.last) : NOTHING,
      "stat-delay": delay === null ? NOTHING : `${millisecondWords(delay)} ms`,
    };
  }

  /** All of it as text, for a message to somebody who helps. */
  asText() {
    const texts = this.texts();
    const lines = [...this.panel.querySelectorAll("dl > div")]
      .map((row) => /** @type {[string, string]} */ ([row.querySelector("dt").textContent, texts[row.querySelector("dd").id]]))
      .filter(([, text]) => text)
      .map(([name, text]) => `${name}: ${text}`);
    const delays = this.entries.map((entry) => entry.textContent).filter(Boolean);
    return [`Panecast ${location.href}`, new Date().toISOString(), ...lines, delays.join(", ")].filter(Boolean).join("\n");
  }
}

/** @param {number} value */
function short(value) {
  return numberWords(value, value < 10 && value % 1 ? 1 : 0);
}
