// What lies on the picture steps back while nobody moves.

const PAUSE = 2500;
const SIGNS = ["pointermove", "pointerdown", "keydown", "focusin"];

/** Hide controls and titles after a while without a hand's sign, and show them again with any. */
export function hideWhenQuiet() {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const show = () => {
    document.body.classList.remove("quiet");
    clearTimeout(timer);
    timer = setTimeout(() => document.body.classList.add("quiet"), PAUSE);
  };
  for (const sign of SIGNS) {
    document.addEventListener(sign, show);
  }
  show();
}
