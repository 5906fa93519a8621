// Whether this browser may watch. Where it may not, the entrance is fetched: it uses the link's secret, or asks for a PIN.

import { Refused, fetched, sharedSources } from "./api.js";
import { handOver, take } from "./token.js";

/** @typedef {import("./login.js").LoginForm} LoginForm */

/**
 * @typedef {object} Page
 * @property {() => void} go connect, and show what comes
 * @property {() => void} hold end the connection, and do not try again
 * @property {() => string} [id] the one source that is watched, if it is one
 */

export class Auth {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    /** Whether the page must not connect: somebody stands at the entrance. */
    this.isShut = false;
    /** @type {LoginForm | null} */
    this.entrance = null;
    // Another link that is opened in this tab may differ in nothing but its secret.
    window.addEventListener("hashchange", () => {
      take();
      this.useLink();
    });
  }

  /** Begin: at once, or by the link that was opened. */
  open() {
    if (!this.useLink()) {
      this.page.go();
    }
  }

  useLink() {
    const token = handOver();
    if (token) {
      void this.shut((entrance) => entrance.byLink(token));
    }
    return token !== "";
  }

  /** The server did not take the connection, or ended it. A browser does not tell why; asking does. */
  async ask() {
    try {
      await sharedSources();
    } catch (error) {
      this.hear(error);
    }
  }

  /** Shut it where the server says so. @param {unknown} error of a request */
  hear(error) {
    if (error instanceof Refused && error.isForBrowser && !this.isShut) {
      void this.shut((entrance) => entrance.refuse(error));
    }
  }

  /** @param {(entrance: LoginForm) => void} deed */
  async shut(deed) {
    if (!this.isShut) {
      this.isShut = true;
      this.page.hold();
    }
    /** @type {typeof import("./login.js")} */
    const { LoginForm } = await fetched("access/login.js");
    this.entrance ??= new LoginForm(this.page.id, () => {
      this.entrance = null;
      this.isShut = false;
      this.page.go();
    });
    deed(this.entrance);
  }
}
