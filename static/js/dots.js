/** Where the dots of a distribution go. Pure. @typedef {{id: string, run_s: number | null, state: string, this: boolean}} Recent */

/**
 * Durations on a logarithmic axis when they span more than a decade, on a linear one otherwise.
 * @param {number[]} seconds @returns {(s: number) => number} 0 at the left edge, 1 at the right
 */
export function axis(seconds) {
  const known = seconds.filter((s) => s > 0);
  const min = Math.min(...known);
  const max = Math.max(...known);
  if (!known.length || min === max) return () => 0.5;
  if (max / min < 10) {
    const low = Math.max(0, min - (max - min) * 0.1);
    return (s) => (s - low) / (max - low);
  }
  const floor = Math.log(min);
  const span = Math.log(max) - floor;
  return (s) => (Math.log(Math.max(s, min)) - floor) / span;
}

/**
 * Dots stacked in columns, so that many equal durations grow a column and hide nothing.
 * @param {Recent[]} recent @param {number} width @param {number} height @param {number} [size] of a dot, px
 */
export function place(recent, width, height, size = 5) {
  const known = recent.filter((r) => r.run_s != null);
  const x = axis(known.map((r) => r.run_s ?? 0));
  const columns = Math.floor(width / size);
  /** @type {Map<number, number>} */
  const stacked = new Map();
  const tallest = Math.max(1, Math.floor(height / size));
  return known.map((r) => {
    const column = Math.min(columns - 1, Math.max(0, Math.round(x(r.run_s ?? 0) * (columns - 1))));
    const level = stacked.get(column) ?? 0;
    stacked.set(column, level + 1);
    const y = height - size / 2 - (level % tallest) * size;
    return { ...r, x: column * size + size / 2, y };
  });
}
