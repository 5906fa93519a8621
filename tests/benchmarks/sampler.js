// Put into every page that is measured: reads again and again which picture the canvas shows, from its barcodes alone.
// STRIPS is [{x, y, block, blocks}, …] in the source's pixels; WIDTH is the source's.
(() => {
  const PAUSE = 2;
  const LEAST_CONTRAST = 60;
  const high = Math.max(...STRIPS.map((strip) => strip.block));
  const wide = Math.max(...STRIPS.map((strip) => strip.block * strip.blocks));
  /** Reading happens at the centre of each block, so one small copy of the strips is all that is needed. */
  const copy = document.createElement("canvas");
  copy.width = wide;
  copy.height = high * STRIPS.length;
  const pen = copy.getContext("2d", { willReadFrequently: true, alpha: false });
  const last = STRIPS.map(() => -1);
  const state = { sightings: [], samples: 0, kept: {}, caught: [] };
  const wish = { pictures: 0, pause: 0, last: 0 };
  window.panecastBenchmark = state;

  /** Ours and the small peers' have a name; noVNC's stands in its screen. */
  const shown = () => document.getElementById("picture") || document.querySelector("#screen canvas");

  function fold(number, bits) {
    const mask = (1 << bits) - 1;
    let folded = mask;
    for (; number; number >>>= bits) {
      folded ^= number & mask;
    }
    return folded;
  }

  function read(pixels, top, strip) {
    const row = top + (strip.block >> 1);
    const level = (at) => pixels[4 * (row * wide + at * strip.block + (strip.block >> 1)) + 1];
    const white = level(0);
    const black = level(1);
    if (white - black < LEAST_CONTRAST) {
      return -1;
    }
    const bits = Math.floor(((strip.blocks - 2) * 3) / 4);
    const checks = strip.blocks - 2 - bits;
    let word = 0;
    for (let at = 2; at < strip.blocks; at += 1) {
      word = word * 2 + (level(at) > (white + black) / 2 ? 1 : 0);
    }
    const number = word >>> checks;
    return fold(number, checks) === (word & ((1 << checks) - 1)) ? number : -1;
  }

  function sample() {
    const canvas = shown();
    if (!canvas || canvas.width < 64) {
      return;
    }
    const scale = canvas.width / WIDTH;
    STRIPS.forEach((strip, at) => {
      const length = strip.block * strip.blocks;
      pen.drawImage(
        canvas, strip.x * scale, strip.y * scale, length * scale, strip.block * scale, 0, at * high, length, strip.block,
      );
    });
    const pixels = pen.getImageData(0, 0, copy.width, copy.height).data;
    const now = performance.now();
    state.samples += 1;
    const numbers = STRIPS.map((strip, at) => read(pixels, at * high, strip));
    numbers.forEach((number, at) => {
      if (number >= 0 && number !== last[at]) {
        last[at] = number;
        state.sightings.push([at, number, now]);
      }
    });
    const isWhole = numbers[0] >= 0 && numbers.every((number) => number === numbers[0]);
    if (wish.pictures > 0 && isWhole && now - wish.last > wish.pause) {
      wish.pictures -= 1;
      wish.last = now;
      state.keep(`caught ${state.caught.length}`, wish.isFitted);
      state.caught.push([numbers[0], now]);
    }
  }

  /** Have so many pictures kept on their way, that long apart (ms): those whose strips all say the same. */
  state.catchSome = (pictures, pause, isFitted) => {
    Object.assign(wish, { pictures, pause, isFitted, last: 0 });
    state.caught = [];
  };

  /** Keep what the canvas shows now, or, where it is fitted, what the screen does; it is fetched when there is time. */
  state.keep = (name, isFitted = false) => {
    const canvas = shown();
    const kept = document.createElement("canvas");
    // A page that says nothing of phones is laid out wide, and shown smaller.
    const dots = Math.round(canvas.getBoundingClientRect().width * devicePixelRatio * visualViewport.scale);
    kept.width = isFitted ? Math.min(canvas.width, dots) : canvas.width;
    kept.height = Math.round((canvas.height * kept.width) / canvas.width);
    const brush = kept.getContext("2d", { willReadFrequently: true, alpha: false });
    brush.drawImage(canvas, 0, 0, kept.width, kept.height);
    state.kept[name] = kept;
  };
  state.fetch = (name) => state.kept[name].toDataURL("image/png").split(",")[1];

  // Not tied to the frames of the screen: what is asked is when the picture is there, not when a screen shows it.
  const again = () => {
    sample();
    scheduler.postTask(again, { delay: PAUSE, priority: "user-visible" });
  };
  scheduler.postTask(again, { delay: PAUSE });
})();
