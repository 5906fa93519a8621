// Recording in the browser: what is shown becomes a film of the person who watches.

/** In the order of liking: what most programs open comes first. */
const KINDS = [
  ["video/mp4;codecs=avc1.42E028", "mp4"],
  ["video/mp4;codecs=avc1.640028", "mp4"],
  ["video/webm;codecs=vp9", "webm"],
  ["video/webm;codecs=vp8", "webm"],
  ["video/webm", "webm"],
];
const RATE = 30;
const SLICE = 1000;
/** Bits for each pixel and second: text stays readable. */
const BITS = 5;

/** @typedef {{blob: Blob, suffix: string}} Film */

/** @returns {string[] | undefined} the media type and the suffix */
function kind() {
  return typeof MediaRecorder === "function" ? KINDS.find(([type]) => MediaRecorder.isTypeSupported(type)) : undefined;
}

/** Tell whether this browser records at all. */
export function canRecord() {
  return typeof HTMLCanvasElement.prototype.captureStream === "function" && kind() !== undefined;
}

export class Recording {
  /**
   * Begin at once.
   * @param {HTMLCanvasElement} canvas its size must not change
   * @throws {Error} this browser does not record, or not this
   */
  constructor(canvas) {
    const [type, suffix] = /** @type {string[]} */ (kind());
    this.suffix = suffix;
    this.begun = performance.now();
    this.bytes = 0;
    /** @type {Blob[]} */
    this.pieces = [];
    this.stream = canvas.captureStream(RATE);
    this.recorder = new MediaRecorder(this.stream, {
      mimeType: type,
      videoBitsPerSecond: Math.max(1e6, canvas.width * canvas.height * BITS),
    });
    this.recorder.ondataavailable = ({ data }) => {
      this.bytes += data.size;
      this.pieces.push(data);
    };
    /** The film, once it has ended; fails when the recorder does. @type {Promise<Film>} */
    this.film = new Promise((done, fail) => {
      this.recorder.onstop = () => done({ blob: new Blob(this.pieces, { type: type.split(";")[0] }), suffix });
      this.recorder.onerror = (event) => fail(/** @type {any} */ (event).error ?? new Error("the recorder failed"));
    });
    // Whoever asks for it hears of a failure; until then it is nobody's.
    this.film.catch(() => {});
    this.recorder.start(SLICE);
  }

  get seconds() {
    return (performance.now() - this.begun) / 1000;
  }

  /** End it; `film` comes soon after. */
  end() {
    if (this.recorder.state !== "inactive") {
      this.recorder.stop();
    }
    this.stream.getTracks().forEach((track) => track.stop());
  }
}
