/** The lines from producers to a queue and on to its consumers: where they run and how thick they are. Pure. */

export const HEIGHT = 22;

/** Items as a thickness from 1 to 5: what moves most must be seen first, what moves little must be seen at all.
 * @param {number} items @param {number} most */
export function thickness(items, most) {
  if (!items || !most) return 1;
  return 1 + (4 * Math.log1p(items)) / Math.log1p(most);
}

/** One curve a row, from its middle to the middle of the whole. `x` runs from 0 to 100.
 * @param {{items: number}[]} ends @param {number} rows how many rows the figure is high @param {boolean} into towards the queue
 * @returns {{d: string, width: number}[]} */
export function curves(ends, rows, into) {
  const most = Math.max(0, ...ends.map((end) => end.items));
  const centre = (rows * HEIGHT) / 2;
  const first = centre - (ends.length * HEIGHT) / 2;
  return ends.map((end, i) => {
    const y = first + (i + 0.5) * HEIGHT;
    const [from, to] = into ? [y, centre] : [centre, y];
    return { d: `M0,${from} C50,${from} 50,${to} 100,${to}`, width: thickness(end.items, most) };
  });
}
