// How many columns show pictures largest. Pure.

/**
 * Return the number of columns with which `ratios` (width / height of each picture) fill the most of a rectangle.
 * @param {number[]} ratios
 * @param {number} width of the rectangle
 * @param {number} height
 */
export function bestColumns(ratios, width, height) {
  let best = 1;
  let most = 0;
  for (let columns = 1; columns <= ratios.length; columns += 1) {
    const covered = ratios.reduce((sum, ratio) => {
      const [wide, high] = fitted(ratio, ...cell(columns, ratios.length, width, height));
      return sum + wide * high;
    }, 0);
    // Of arrangements that are as good, the one that is read from side to side, where there is room for that.
    if (covered > most * (width > height ? 0.999 : 1.001)) {
      best = columns;
      most = covered;
    }
  }
  return best;
}

/**
 * Return the size of a cell.
 * @param {number} columns
 * @param {number} count
 * @param {number} width
 * @param {number} height
 * @returns {[number, number]}
 */
export function cell(columns, count, width, height) {
  return [width / columns, height / Math.ceil(count / columns)];
}

/**
 * Return how large a picture is in a cell.
 * @param {number} ratio
 * @param {number} width
 * @param {number} height
 * @returns {[number, number]}
 */
export function fitted(ratio, width, height) {
  return ratio > width / height ? [width, width / ratio] : [height * ratio, height];
}
