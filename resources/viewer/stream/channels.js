// Many streams over one connection (`panecast.many.v1` in docs/wire.md): each has a channel.

import { MANY_PROTOCOL, select, selected } from "../draw/protocol.js";
import { Connection } from "./connection.js";
import { Auth } from "../access/auth.js";

/** @typedef {import("../access/api.js").Source} Source */
/** @typedef {import("./connection.js").Listener} ChannelListener */
/** @typedef {import("./stream.js").Link} Link */
/** @typedef {Record<string, string | number>} Options */

const LAST_CHANNEL = 0xffff;
/** Who only passes by another tab keeps the pictures; milliseconds. */
const HIDDEN_PAUSE = 1000;

/**
 * @typedef {object} Listener
 * @property {(sources: Source[]) => void} sources what is shared: at once, and after every change
 * @property {() => void} trying
 * @property {() => void} opened
 * @property {(code: number, reason: string) => void} ended the connection fell and is not tried again by itself
 * @property {(seconds: number, code: number, reason: string) => void} waiting seconds until the next try; told every second
 * @property {() => void} [barred] the server did not take the connection, or ended it
 */

export class Channels {
  /**
   * @param {() => string} address asked anew for each try
   * @param {Listener} listener
   */
  constructor(address, listener) {
    this.listener = listener;
    /** Those that are open, by their numbers. @type {Map<number, Channel>} */
    this.open = new Map();
    /** Those that are to be open whenever the connection is. @type {Set<Channel>} */
    this.wanted = new Set();
    this.last = 0;
    this.from = 0;
    this.to = 0;
    this.connection = new Connection(
      address,
      {
        trying: () => {
          this.forget();
          listener.trying();
        },
        opened: () => {
          listener.opened();
          this.wanted.forEach((channel) => channel.begin());
        },
        heard: (message) => this.hear(message),
        received: (message) => this.receive(message),
        barred: () => listener.barred?.(),
        waiting: (seconds, code, reason) => {
          this.forget();
          listener.waiting(seconds, code, reason);
        },
        ended: (code, reason) => {
          this.forget();
          listener.ended(code, reason);
        },
      },
      MANY_PROTOCOL,
    );
  }

  get isOpen() {
    return this.connection.isOpen;
  }

  /** Keep the connection up. */
  connect() {
    if (!this.connection.isWanted) {
      this.connection.open();
    }
  }

  /** End it, until `connect`; what is wanted is then opened again. */
  disconnect() {
    this.connection.close();
    this.forget();
  }

  /** Do not wait any longer; nothing happens unless it was waiting. */
  hurry() {
    this.connection.hurry();
  }

  /**
   * Return what a `Stream` goes over to a source.
   * @param {string} id
   * @param {() => Options} options asked anew each time
   * @returns {import("./stream.js").Way}
   */
  way(id, options) {
    return { link: (listener) => new Channel(this, id, options, listener) };
  }

  /** @param {any} message */
  hear(message) {
    if (this.from === 0) {
      if (message.type === "sources") {
        this.listener.sources(message.data.windows);
      }
      return;
    }
    const channel = this.open.get(this.from);
    if (message.type === "closed") {
      this.open.delete(this.from);
      channel?.fell(message.data.code, message.data.reason);
    } else {
      channel?.listener.heard(message);
    }
  }

  /** @param {ArrayBuffer} message */
  receive(message) {
    const number = selected(message);
    if (number === null) {
      this.open.get(this.from)?.listener.received(message);
    } else {
      this.from = number;
    }
  }

  /**
   * Send a message on a channel.
   * @param {number} number
   * @param {object | ArrayBuffer} message
   */
  send(number, message) {
    const { connection } = this;
    if (number !== this.to) {
      this.to = number;
      connection.sendBytes(select(number));
    }
    if (message instanceof ArrayBuffer) {
      connection.sendBytes(message);
    } else {
      connection.send(message);
    }
  }

  /**
   * Return a number for a channel. It is not one that was used lately, for which something may still be on its way.
   * @param {Channel} channel
   */
  number(channel) {
    do {
      this.last = (this.last % LAST_CHANNEL) + 1;
    } while (this.open.has(this.last));
    this.open.set(this.last, channel);
    return this.last;
  }

  /** The connection is down, and nothing is open. */
  forget() {
    this.open.forEach((channel) => (channel.number = 0));
    this.open.clear();
    this.from = this.to = 0;
  }
}

/** @implements {Link} */
class Channel {
  /**
   * @param {Channels} channels
   * @param {string} id
   * @param {() => Options} options
   * @param {ChannelListener} listener
   */
  constructor(channels, id, options, listener) {
    this.channels = channels;
    this.id = id;
    this.options = options;
    this.listener = listener;
    /** 0 while it is not open. */
    this.number = 0;
  }

  get isOpen() {
    return this.number !== 0;
  }

  open() {
    this.close();
    this.channels.wanted.add(this);
    this.listener.trying();
    if (this.channels.isOpen) {
      this.begin();
    }
  }

  begin() {
    this.number = this.channels.number(this);
    const options = { channel: this.number, id: this.id, ...this.options() };
    this.channels.send(0, { command: "open", options });
    this.listener.opened();
  }

  close() {
    this.channels.wanted.delete(this);
    if (this.number) {
      this.channels.open.delete(this.number);
      this.channels.send(0, { command: "close", options: { channel: this.number } });
      this.number = 0;
    }
  }

  /**
   * The server closed it. Whoever wants it knows from the list of sources when it makes sense to open it again.
   * @param {number} code
   * @param {string} reason
   */
  fell(code, reason) {
    this.number = 0;
    this.channels.wanted.delete(this);
    this.listener.ended(code, reason);
  }

  hurry() {
    this.channels.hurry();
  }

  /** @param {object} message */
  send(message) {
    if (this.number) {
      this.channels.send(this.number, message);
    }
  }

  /** @param {ArrayBuffer} message */
  sendBytes(message) {
    this.send(message);
  }
}

/**
 * Have a connection while the page can be seen: a hidden tab costs nothing, and one that is shown again waits for nothing.
 * It begins when the door opens.
 * @param {Channels} channels
 * @returns {Auth}
 */
export function whileSeen(channels) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const look = () => {
    clearTimeout(timer);
    if (door.isShut) {
      return;
    }
    if (document.hidden) {
      timer = setTimeout(() => channels.disconnect(), HIDDEN_PAUSE);
    } else {
      channels.connect();
      channels.hurry();
    }
  };
  const door = new Auth({ go: look, hold: () => channels.disconnect() });
  document.addEventListener("visibilitychange", look);
  window.addEventListener("online", () => channels.hurry());
  return door;
}
