// The entrance: what somebody sees who may not watch, or not yet. It stands in place of everything else on the page.

import { durationWords } from "../text/units.js";
import { Refused, enter } from "./api.js";
import { errorWords } from "../text/states.js";
import { word } from "../text/i18n.js";

const DIGITS = 6;
/** Whoever is let in at once need not read that he waits; milliseconds. */
const PATIENCE = 800;
const TICK = 250;

/**
 * Return the digits in what was typed or pasted, with whatever between them; no more than a PIN has.
 * @param {string} text
 */
export function digitsOf(text) {
  // Keyboards of some languages have digits that are as wide as their letters.
  return text.normalize("NFKC").replace(/\D/g, "").slice(0, DIGITS);
}

/** Tell whether the cookie that lets in would come along: in a frame on another's page, or with cookies off, it would not. */
function keepsCookies() {
  const crumb = "panecast-try=1; SameSite=Strict; Path=/; Max-Age=";
  try {
    document.cookie = `${crumb}9`;
    const isKept = document.cookie.includes("panecast-try=1");
    document.cookie = `${crumb}0`;
    return isKept;
  } catch {
    return false; // A frame that may nothing.
  }
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} parts
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function made(tag, attributes = {}, ...parts) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...parts);
  return element;
}

export class LoginForm {
  /**
   * @param {(() => string) | undefined} id the one source that is wanted, if it is one
   * @param {() => void} entered called once somebody was let in; the entrance is gone then
   */
  constructor(id, entered) {
    this.id = id;
    this.entered = entered;
    this.isFramed = window.parent !== window;
    this.title = document.title;
    this.wrongPins = 0;
    /** What the button does. */
    this.deed = () => {};
    /** @type {AbortController | null} */
    this.request = null;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
    this.heading = made("h1");
    this.words = made("p");
    this.left = made("p", { class: "left" });
    this.wrong = made("p", { class: "wrong", id: "enter-wrong", role: "alert" });
    this.field = made("input", {
      id: "enter-pin",
      inputmode: "numeric",
      autocomplete: "one-time-code",
      enterkeyhint: "go",
      dir: "ltr",
      "aria-describedby": "enter-words enter-wrong",
    });
    const label = made("label", { for: "enter-pin" }, word("enter.pin"));
    this.form = made("form", {}, label, this.field, this.wrong, made("p", {}, word("enter.or")));
    this.button = made("button", { type: "button" });
    this.tab = made("a", { target: "_blank", rel: "noopener", href: location.pathname }, word("enter.tab"));
    const told = made("div", { id: "enter-words", role: "status" }, this.heading, this.words);
    const mark = made("img", { src: new URL("../mark.svg", import.meta.url).href, alt: "", width: "56", height: "56" });
    this.root = made("main", { class: "entrance" }, mark, told, this.left, this.form, this.tab, this.button);
    this.look = made("link", { rel: "stylesheet", href: new URL("../enter.css", import.meta.url).href });
    this.field.addEventListener("input", () => this.typed());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.typed(true);
    });
    this.button.addEventListener("click", () => this.deed());
    // What is typed here is nothing to the keys of the page behind.
    this.keys = (/** @type {Event} */ event) => event.stopPropagation();
  }

  /** @param {string} token of a link */
  byLink(token) {
    this.send({ token }, () => this.byLink(token));
  }

  /**
   * Say why the server let nobody in, and what can be done.
   * @param {Refused} refused
   * @param {() => void} [again] asks again; without it the page tries to connect again
   * @param {boolean} [isGuess] whether a PIN was what did not help
   */
  refuse(refused, again, isGuess = false) {
    const { code } = refused.problem;
    // Here it is said to a person who asked for nothing yet, and next to the time that is left.
    const isSaidHere = code === "credential_missing" || code === "locked_out";
    const words = isSaidHere ? word(`error.${code}`) : errorWords(refused.problem).replace(/[.\s]+$/, "");
    if (refused.seconds > 0) {
      this.askLater(refused.seconds, words, isGuess ? undefined : again);
    } else if (isGuess && code === "credential_wrong") {
      this.wrongPins += 1;
      this.ask("", word(this.wrongPins > 1 ? "enter.wrong.again" : "enter.wrong"));
    } else if (/^(credential|link)_|^removed$|^too_many_devices$/.test(code)) {
      this.ask(words);
      if (code === "link_withdrawn" || code === "removed") {
        // Which the person can take back.
        this.offer(word("retry.button"), () => this.leave());
      }
    } else if (code === "disconnected") {
      this.tell(word("state.disconnected"), words, word("retry.button"), () => this.leave());
    } else {
      this.tell(word("state.refused"), words, word(again ? "enter.again" : "retry.button"), again ?? (() => this.leave()));
    }
  }

  /**
   * Ask for the PIN.
   * @param {string} [words] why
   * @param {string} [wrong] what was wrong with the last one
   */
  ask(words = "", wrong = "") {
    if (this.isFramed || !keepsCookies()) {
      this.sendElsewhere(words);
      return;
    }
    this.show(word("enter.title"), words);
    this.form.hidden = false;
    this.field.value = "";
    this.field.disabled = false;
    this.blame(wrong);
    this.field.focus();
  }

  /**
   * Ask for it when some time has gone by.
   * @param {number} seconds
   * @param {string} words
   * @param {() => void} [again] what else can be tried then
   */
  askLater(seconds, words, again) {
    this.ask(words);
    this.field.disabled = true;
    const until = Date.now() + seconds * 1000;
    const look = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      this.left.textContent = word("enter.later", { time: durationWords(Math.max(0, left)) });
      if (left <= 0) {
        this.ask();
        this.button.hidden = !again;
        this.button.textContent = word("retry.button");
        this.deed = again ?? this.deed;
      }
    };
    this.timer = setInterval(look, TICK);
    look();
  }

  /** Here nobody can be let in: say where. @param {string} words */
  sendElsewhere(words) {
    if (this.isFramed) {
      this.show("", words);
      this.tab.hidden = false;
    } else {
      this.tell(word("state.refused"), word("enter.cookies"), word("retry.button"), () => this.leave());
    }
  }

  /** @param {string} wrong with what was typed */
  blame(wrong) {
    this.wrong.textContent = wrong;
    this.field.setAttribute("aria-invalid", String(wrong !== ""));
  }

  /** @param {boolean} [isMeant] nothing more will be typed */
  typed(isMeant = false) {
    const pin = (this.field.value = digitsOf(this.field.value));
    this.blame(isMeant && pin.length < DIGITS ? word("enter.short") : "");
    if (pin.length === DIGITS && !this.request) {
      const id = this.id?.();
      this.field.disabled = true;
      this.send({ pin, ...(id ? { id } : {}) }, () => this.ask(), true);
    }
  }

  /**
   * @param {Record<string, string>} credential
   * @param {() => void} again
   * @param {boolean} [isGuess]
   */
  async send(credential, again, isGuess = false) {
    this.request?.abort();
    if (!keepsCookies()) {
      this.sendElsewhere("");
      return;
    }
    const request = (this.request = new AbortController());
    const patience = setTimeout(() => {
      this.tell(word("enter.waiting"), "", word("grid.cancel"), () => request.abort());
      this.root.classList.add("waits");
    }, PATIENCE);
    /** @type {unknown} */
    let failure = null;
    try {
      await enter(credential, request.signal);
    } catch (error) {
      failure = error;
    }
    clearTimeout(patience);
    if (this.request !== request) {
      return; // Another link was opened meanwhile.
    }
    this.request = null;
    if (failure === null) {
      this.leave();
    } else if (failure instanceof Refused) {
      this.refuse(failure, again, isGuess);
    } else if (request.signal.aborted) {
      this.ask();
    } else {
      this.tell(word("about.reconnecting"), "", word("retry.button"), () => this.send(credential, again, isGuess));
    }
  }

  /**
   * Say something, and offer one deed.
   * @param {string} heading
   * @param {string} words
   * @param {string} name of the deed
   * @param {() => void} deed
   */
  tell(heading, words, name, deed) {
    this.show(heading, words);
    this.offer(name, deed);
    this.button.focus();
  }

  /**
   * @param {string} name
   * @param {() => void} deed
   */
  offer(name, deed) {
    this.button.hidden = false;
    this.button.textContent = name;
    this.deed = deed;
  }

  /**
   * Be there, with nothing to do yet.
   * @param {string} heading
   * @param {string} words
   */
  show(heading, words) {
    clearInterval(this.timer);
    this.heading.textContent = heading;
    this.words.textContent = words;
    this.left.textContent = "";
    this.form.hidden = this.button.hidden = this.tab.hidden = true;
    this.root.classList.remove("waits");
    if (!this.root.isConnected) {
      window.addEventListener("keydown", this.keys, true);
      document.title = "Panecast";
      document.head.append(this.look);
      document.body.append(this.root);
      document.body.classList.add("shut");
    }
  }

  leave() {
    clearInterval(this.timer);
    if (this.root.isConnected) {
      window.removeEventListener("keydown", this.keys, true);
      document.title = this.title;
      document.body.classList.remove("shut");
      this.root.remove();
      this.look.remove();
    }
    this.entered();
  }
}
