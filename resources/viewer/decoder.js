// The worker: receives, decodes and draws, so that the page has nothing to do while pictures come.

import { Receiver } from "./receiver.js";

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
