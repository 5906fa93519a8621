// The keyboard: one key for one deed, while nothing that takes keys itself has the focus.

const PAN = 80;

/** @typedef {Record<string, () => void>} Deeds by key, as KeyboardEvent.key names it */

/**
 * Call the deed of each key.
 * @param {Deeds} deeds
 */
export function listen(deeds) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || takesKeys(event)) {
      return;
    }
    const deed = deeds[event.key] ?? deeds[event.key.toLowerCase()];
    if (deed) {
      event.preventDefault();
      deed();
    }
  });
}

/**
 * Return the deeds of the arrow keys.
 * @param {(x: number, y: number) => void} move
 * @returns {Deeds}
 */
export function arrows(move) {
  return {
    ArrowLeft: () => move(PAN, 0),
    ArrowRight: () => move(-PAN, 0),
    ArrowUp: () => move(0, PAN),
    ArrowDown: () => move(0, -PAN),
  };
}

/** @param {KeyboardEvent} event */
function takesKeys(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (target.closest("dialog[open]")) {
    return true;
  }
  if (target.closest("select, textarea, input:not([type='checkbox'])")) {
    return true;
  }
  // Buttons and boxes take the two keys that press them; all others are the page's.
  return target.closest("button, a, input") !== null && (event.key === " " || event.key === "Enter");
}
