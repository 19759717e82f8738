/** Charts whose lines add up: each line drawn on top of those before it. Pure. @typedef {import('../series.js').Chart} Chart */

/**
 * Running sums, point by point; a missing value adds nothing, and a time at which all are missing stays missing.
 * @param {Chart} chart @returns {(number | null)[][]} one column a series
 */
export function stacked(chart) {
  const sums = chart.t.map(() => 0);
  const known = chart.t.map((_, i) => chart.series.some((s) => s.values[i] != null));
  return chart.series.map((s) => chart.t.map((_, i) => {
    sums[i] = (sums[i] ?? 0) + (s.values[i] ?? 0);
    return known[i] ? (sums[i] ?? 0) : null;
  }));
}

/**
 * The newest value of a chart: the sum where lines add up, else the largest.
 * @param {Chart} chart @param {boolean} adds @returns {number | null}
 */
export function newest(chart, adds) {
  const last = chart.series.map((s) => s.values[chart.t.length - 1]).filter((v) => v != null);
  if (!last.length) return null;
  const numbers = /** @type {number[]} */ (last);
  return adds ? numbers.reduce((a, b) => a + b, 0) : Math.max(...numbers);
}

/** A limit is drawn only when it is near; far away it would press the lines flat. @param {Chart} chart @param {number} most */
export const limitNear = (chart, most) => chart.limit != null && most > chart.limit * 0.4;

/**
 * Ticks of a size scale at round powers of two.
 * @param {number} max bytes @param {number} most how many ticks fit @returns {number[]}
 */
export function byteTicks(max, most) {
  let step = 1;
  while (max / step > most) step *= 2;
  return Array.from({ length: Math.floor(max / step) + 1 }, (_, i) => i * step);
}
