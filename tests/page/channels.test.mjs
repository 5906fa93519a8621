// Channels over one connection: what goes out on which, and what comes from where.

import assert from "node:assert/strict";
import test from "node:test";

import { viewer } from "./viewer.mjs";

const { Channels } = await viewer("stream/channels.js");

const select = (channel) => Uint8Array.of(3, 0, channel & 255, channel >> 8).buffer;
const text = (type, data) => JSON.stringify({ type, data });

/** Stands for the browser's WebSocket, and writes down what is sent. */
class Socket {
  static OPEN = 1;
  static made = [];

  constructor(address, protocol) {
    Object.assign(this, { address, protocol, readyState: 0, sent: [] });
    Socket.made.push(this);
  }

  open() {
    this.readyState = 1;
    this.onopen();
  }

  fall(code) {
    this.readyState = 3;
    this.onclose({ code, reason: "" });
  }

  send(message) {
    this.sent.push(typeof message === "string" ? JSON.parse(message) : [...new Uint8Array(message)]);
  }

  close() {
    this.readyState = 3;
  }

  /** Have messages come on a channel. */
  give(channel, ...messages) {
    this.onmessage({ data: select(channel) });
    messages.forEach((data) => this.onmessage({ data }));
  }
}
globalThis.WebSocket = Socket;

/** Have time stand still; Debian's node takes the names of what stops as they are, newer ones in an object. */
function stopTimers(t, apis) {
  try {
    t.mock.timers.enable({ apis });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    t.mock.timers.enable(apis);
  }
}

/** Channels, and one way to a source for each id, that write down what they are told. */
function begin(t, ...ids) {
  stopTimers(t, ["setInterval", "setTimeout"]);
  Socket.made.length = 0;
  const told = [];
  const note = (who) => (what) => (...values) => told.push([who, what, ...values]);
  const listener = (who) =>
    Object.fromEntries(["trying", "opened", "heard", "received", "ended", "waiting", "sources"].map((what) => [what, note(who)(what)]));
  const channels = new Channels(() => "ws://here/streams", listener("page"));
  const links = ids.map((id) => channels.way(id, () => ({ fps: 2 })).link(listener(id)));
  return { channels, links, told, of: (who, what) => told.filter((one) => one[0] === who && one[1] === what) };
}

test("channels that are wanted are opened once the connection is, each by its number", (t) => {
  const { channels, links, of } = begin(t, "a", "b");
  links.forEach((link) => link.open());
  channels.connect();
  channels.connect();
  const [socket] = Socket.made;
  socket.open();

  assert.equal(Socket.made.length, 1);
  assert.equal(socket.protocol, "panecast.many.v1");
  assert.deepEqual(socket.sent, [
    { command: "open", options: { channel: 1, id: "a", fps: 2 } },
    { command: "open", options: { channel: 2, id: "b", fps: 2 } },
  ]);
  assert.equal(of("a", "opened").length, 1);
});

test("a selection goes before a message only where it is another one", (t) => {
  const { channels, links } = begin(t, "a", "b");
  links.forEach((link) => link.open());
  channels.connect();
  const [socket] = Socket.made;
  socket.open();
  socket.sent.length = 0;
  links[0].sendBytes(Uint8Array.of(1).buffer);
  links[0].send({ command: "pause" });
  links[1].sendBytes(Uint8Array.of(2).buffer);
  links[1].close();

  assert.deepEqual(socket.sent, [
    [3, 0, 1, 0], [1], { command: "pause" },
    [3, 0, 2, 0], [2],
    [3, 0, 0, 0], { command: "close", options: { channel: 2 } },
  ]);
});

test("what comes goes to the channel that was selected, and to nobody when that is closed", (t) => {
  const { channels, links, told, of } = begin(t, "a", "b");
  links.forEach((link) => link.open());
  channels.connect();
  const [socket] = Socket.made;
  socket.open();
  socket.onmessage({ data: text("sources", { windows: ["w"], count: 1 }) });
  const picture = Uint8Array.of(1, 2, 3).buffer;
  socket.give(2, picture, text("state", { state: "live" }));
  socket.give(1, picture);
  links[0].close();
  told.length = 0;
  socket.give(1, picture, text("closed", { channel: 1, code: 1000, reason: "" }));
  socket.give(2, picture);

  assert.deepEqual(told, [["b", "received", picture]]);
  assert.equal(of("a", "ended").length, 0);
});

test("a channel that the server closes tells why, and is not opened again by itself", (t) => {
  const { channels, links, of } = begin(t, "a", "b");
  links.forEach((link) => link.open());
  channels.connect();
  Socket.made[0].open();
  Socket.made[0].give(1, text("closed", { channel: 1, code: 4404, reason: "source_not_found" }));
  Socket.made[0].fall(1006);
  channels.hurry();
  Socket.made[1].open();

  assert.deepEqual(of("a", "ended"), [["a", "ended", 4404, "source_not_found"]]);
  assert.deepEqual(Socket.made[1].sent.map((message) => message.options.id), ["b"]);
  assert.ok(!links[0].isOpen && links[1].isOpen);
  // Numbers are not used again soon.
  assert.equal(Socket.made[1].sent[0].options.channel, 3);
});

test("after a close by the page nothing is sent, and everything wanted comes back", (t) => {
  const { channels, links } = begin(t, "a");
  links[0].open();
  channels.connect();
  Socket.made[0].open();
  channels.disconnect();
  links[0].sendBytes(Uint8Array.of(1).buffer);
  assert.equal(Socket.made[0].sent.length, 1);
  channels.connect();
  Socket.made[1].open();

  assert.equal(Socket.made[1].sent[0].options.id, "a");
});
