// Runs before the rest of the page that watches.

import { begin } from "./beginning.js";

if (typeof OffscreenCanvas === "function") {
  begin();
}
