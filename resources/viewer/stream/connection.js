// One WebSocket that is kept up: when it falls, it is tried again after growing pauses.

import { openEncrypted } from "../access/api.js";
import { PROTOCOL } from "../draw/protocol.js";
import { isFinal } from "../text/states.js";

const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 30;
/** A connection that held this long was a good one: the next pause is short again. */
const GOOD_SECONDS = 10;
/** Up to this part of a pause more or less, so that not all viewers of a server that returns come at once. */
const JITTER = 0.25;
/** A server that says something every few seconds, and said nothing for so long, is out of reach. Milliseconds. */
const SILENT = 8000;
const TICK = 1000;

/**
 * Return the pause after `pause`, in seconds: 1, doubling to 30.
 * @param {number} pause
 */
export function nextPause(pause) {
  return pause === 0 ? FIRST_PAUSE : Math.min(pause * 2, LONGEST_PAUSE);
}

/**
 * Return a pause with some chance in it, in seconds.
 * @param {number} pause
 * @param {number} chance from 0 to 1
 */
export function jittered(pause, chance) {
  return pause * (1 + JITTER * (2 * chance - 1));
}

/**
 * @typedef {object} Listener
 * @property {() => void} opened
 * @property {(message: any) => void} heard text, as a value
 * @property {(message: ArrayBuffer) => void} received bytes
 * @property {(code: number, reason: string) => void} ended the connection fell and is not tried again by itself
 * @property {(seconds: number, code: number, reason: string) => void} waiting seconds until the next try; told every second
 * @property {() => void} trying
 * @property {() => void} [barred] the server did not take it, or ended it; why is to be asked by another way
 */

export class Connection {
  /**
   * @param {() => string} address asked anew for each try
   * @param {Listener} listener
   * @param {string} [protocol]
   */
  constructor(address, listener, protocol = PROTOCOL) {
    this.address = address;
    this.listener = listener;
    this.protocol = protocol;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.pause = 0;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.watch = undefined;
    this.heardAt = 0;
  }

  get isOpen() {
    return this.socket !== null && this.socket.readyState === WebSocket.OPEN;
  }

  /** Whether it is up, or being brought up again. */
  get isWanted() {
    return this.socket !== null || this.timer !== undefined;
  }

  open() {
    this.close();
    this.pause = 0;
    this.try();
  }

  /** End it for good, until `open`. */
  close() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.abandon(1000);
  }

  /** Expect nothing more of the socket. @param {number} [code] */
  abandon(code) {
    clearInterval(this.watch);
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close(code);
    }
  }

  /** Do not wait any longer; nothing happens unless it was waiting. */
  hurry() {
    if (this.timer !== undefined) {
      this.try();
    }
  }

  /** @param {object} message */
  send(message) {
    if (this.isOpen) {
      this.socket?.send(JSON.stringify(message));
    }
  }

  /** @param {ArrayBuffer} message */
  sendBytes(message) {
    if (this.isOpen) {
      this.socket?.send(message);
    }
  }

  try() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.listener.trying();
    const socket = new WebSocket(this.address(), this.protocol);
    socket.binaryType = "arraybuffer";
    let openedAt = 0;
    socket.onopen = () => {
      openedAt = this.heardAt = performance.now();
      this.listener.opened();
    };
    socket.onmessage = (event) => {
      this.heardAt = performance.now();
      if (typeof event.data === "string") {
        this.listener.heard(JSON.parse(event.data));
      } else {
        this.listener.received(event.data);
      }
    };
    socket.onclose = (event) => {
      this.socket = null;
      clearInterval(this.watch);
      if (!openedAt || event.code === 4401 || event.code === 4403) {
        this.listener.barred?.();
      }
      if (openedAt && performance.now() - openedAt > GOOD_SECONDS * 1000) {
        this.pause = 0;
      }
      if (event.reason === "encrypted") {
        openEncrypted();
      }
      if (isFinal(event.code, event.reason)) {
        this.listener.ended(event.code, event.reason);
      } else {
        this.wait(event.code, event.reason);
      }
    };
    this.socket = socket;
    this.listen();
  }

  /**
   * @param {number} code
   * @param {string} [reason]
   */
  wait(code, reason = "") {
    this.pause = nextPause(this.pause);
    const due = performance.now() + jittered(this.pause, Math.random()) * 1000;
    const left = () => (due - performance.now()) / 1000;
    this.timer = setInterval(() => {
      if (left() <= 0) {
        this.try();
      } else {
        this.listener.waiting(Math.ceil(left()), code, reason);
      }
    }, TICK / 4);
    this.listener.waiting(Math.ceil(left()), code, reason);
  }

  /**
   * Notice a connection that is dead without having been closed, or never comes about: a network that was cut, a
   * computer that slept. While timers stand still, silence means nothing.
   */
  listen() {
    let tickedAt = this.heardAt = performance.now();
    this.watch = setInterval(() => {
      const now = performance.now();
      const wasAwake = now - tickedAt < 3 * TICK;
      tickedAt = now;
      if (wasAwake && now - this.heardAt > SILENT) {
        this.abandon();
        this.wait(1006);
      }
    }, TICK);
  }
}
