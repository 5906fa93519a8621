// <panecast-view src="http://localhost:8080/watch/0" fps="5"> for other people's pages: a source's picture, live, as large
// as the element. The page's origin has to be allowed (--allow-origin). It imports nothing and asks nothing of the page's
// own Content-Security-Policy but script-src and frame-src for the address.

const WISHES = ["fps", "quality", "format", "scale"];
const MAY = "fullscreen; picture-in-picture; screen-wake-lock; clipboard-write";
const WORDS = navigator.language.toLowerCase().startsWith("de")
  ? {
      missing: 'Hier fehlt die Adresse einer Quelle: src="http://…/watch/…"',
      strange: "Die Adresse in src muss mit http:// oder https:// beginnen.",
    }
  : {
      missing: 'The address of a source is missing here: src="http://…/watch/…"',
      strange: "The address in src has to begin with http:// or https://.",
    };

// Built by script: style elements and attributes would need the page's permission.
const LOOK = new CSSStyleSheet();
LOOK.replaceSync(`
  :host { display: block; inline-size: 100%; aspect-ratio: 16 / 9; overflow: hidden; background: #0e1116; }
  :host([hidden]) { display: none; }
  iframe { display: block; inline-size: 100%; block-size: 100%; border: 0; }
  p { margin: 0; padding: 1rem; color: #e6e9ef; font: 1rem/1.5 system-ui, sans-serif; }
`);

/**
 * @param {string} text an address as somebody wrote it
 * @returns {URL | null} the address, null where it is none that a browser fetches pages from
 */
function address(text) {
  try {
    const url = new URL(text, document.baseURI);
    return /^https?:$/.test(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

class PanecastView extends HTMLElement {
  static observedAttributes = ["src", "title", ...WISHES];

  #root = this.attachShadow({ mode: "open" });
  #shown = "";

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [LOOK];
  }

  connectedCallback() {
    this.#show();
  }

  disconnectedCallback() {
    this.#root.replaceChildren();
    this.#shown = "";
  }

  attributeChangedCallback() {
    if (this.isConnected) {
      this.#show();
    }
  }

  /** Has the frame, or the words in its place, say what the attributes say. */
  #show() {
    const src = (this.getAttribute("src") ?? "").trim();
    const url = src ? address(src) : null;
    if (!url) {
      this.#say(src ? WORDS.strange : WORDS.missing);
      return;
    }
    url.searchParams.set("clean", "1");
    for (const name of WISHES) {
      const wish = this.getAttribute(name);
      if (wish !== null) {
        url.searchParams.set(name, wish);
      }
    }
    let frame = this.#root.querySelector("iframe");
    if (!frame || url.href !== this.#shown) {
      // A new one each time: in an old one the change would be a step that the page's Back button takes back.
      frame = document.createElement("iframe");
      frame.allow = MAY;
      // Frames send no Origin: this is how the server knows a page that its owner allowed.
      frame.referrerPolicy = "origin";
      frame.src = this.#shown = url.href;
      this.#root.replaceChildren(frame);
    }
    frame.title = this.title || "Panecast";
  }

  /** @param {string} text */
  #say(text) {
    const words = document.createElement("p");
    words.setAttribute("role", "alert");
    words.textContent = text;
    this.#root.replaceChildren(words);
    this.#shown = "";
  }
}

if (!customElements.get("panecast-view")) {
  customElements.define("panecast-view", PanecastView);
}
