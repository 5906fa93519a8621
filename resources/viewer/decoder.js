// The worker: receives, decodes and draws, so that the page has nothing to do while pictures come.

import { Receiver } from "./receiver.js";
// Named here so that they are fetched at once, and not each when the one before it has come.
import "./binary.js";
import "./connection.js";
import "./decoding.js";
import "./drawing.js";
import "./filmed.js";
import "./frames.js";
import "./h264.js";
import "./pictures.js";
import "./video.js";
import "./words.js";

/** @type {any} */
const worker = self;
/** @type {Receiver | null} */
let receiver = null;

worker.onmessage = (/** @type {MessageEvent} */ event) => {
  if (receiver) {
    receiver.obey(event.data);
  } else {
    receiver = new Receiver(event.data, (news, transfer) => worker.postMessage(news, transfer));
  }
};
worker.postMessage("ready");
