// The last minute as a small picture: the delay as a line, the data as a shape behind it.

const SECONDS = 60;

/** @typedef {{delay: number | null, rate: number}} Sample milliseconds, bytes per second */

export class Graph {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    /** One for each second, the newest last. @type {Sample[]} */
    this.samples = [];
  }

  /** @param {Sample} sample */
  add(sample) {
    this.samples.push(sample);
    if (this.samples.length > SECONDS) {
      this.samples.shift();
    }
  }

  clear() {
    this.samples = [];
  }

  /** The greatest of what is shown. @returns {{delay: number, rate: number}} */
  most() {
    return {
      delay: Math.max(0, ...this.samples.map(({ delay }) => delay ?? 0)),
      rate: Math.max(0, ...this.samples.map(({ rate }) => rate)),
    };
  }

  draw() {
    const { canvas, samples } = this;
    const density = window.devicePixelRatio;
    const [width, height] = [canvas.clientWidth * density, canvas.clientHeight * density].map(Math.round);
    if (!width || !height) {
      return;
    }
    canvas.width = width;
    canvas.height = height;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const style = getComputedStyle(canvas);
    const most = this.most();
    const x = (/** @type {number} */ at) => width - ((samples.length - 1 - at) * width) / (SECONDS - 1);
    const y = (/** @type {number} */ part) => height - density - part * (height - 3 * density);

    context.fillStyle = style.getPropertyValue("--shape");
    context.beginPath();
    context.moveTo(x(0), height);
    samples.forEach(({ rate }, at) => context.lineTo(x(at), y(most.rate ? rate / most.rate : 0)));
    context.lineTo(width, height);
    context.fill();

    context.strokeStyle = style.getPropertyValue("--line");
    context.lineWidth = 1.5 * density;
    context.lineJoin = "round";
    context.beginPath();
    let isDown = false;
    samples.forEach(({ delay }, at) => {
      if (delay === null) {
        isDown = false;
      } else if (isDown) {
        context.lineTo(x(at), y(most.delay ? delay / most.delay : 0));
      } else {
        context.moveTo(x(at), y(most.delay ? delay / most.delay : 0));
        isDown = true;
      }
    });
    context.stroke();
  }
}
