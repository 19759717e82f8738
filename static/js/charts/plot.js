/** How uPlot is to draw a chart: our colours, our words, one line of time. */
import { colour } from '../lib/theme.js';
import { byteTicks, limitNear, stacked } from './stack.js';

/** @typedef {import('../series.js').Chart} Chart */
/** @typedef {(value: number | null) => string} Words */
/** @typedef {{adds?: boolean | undefined, bytes?: boolean | undefined}} Manner lines add up; values are sizes */

/** @param {(number | null)[][]} columns */
const highest = (columns) => Math.max(0, ...columns.flatMap((column) => column.map((v) => v ?? 0)));

/** Columns as uPlot wants them. Topmost first where lines add up, so that each hides the foot of the one above.
 * @param {Chart} chart @param {Manner} manner @returns {any} */
export function columns(chart, manner) {
  const lines = manner.adds ? stacked(chart).reverse() : chart.series.map((s) => s.values);
  const limit = limitNear(chart, highest(lines)) ? [chart.t.map(() => chart.limit)] : [];
  return [chart.t, ...lines, ...limit];
}

/** @param {number} s epoch seconds @param {boolean} withSeconds */
function timeOfDay(s, withSeconds) {
  return new Date(s * 1000).toTimeString().slice(0, withSeconds ? 8 : 5);
}

/** @param {Chart} chart @param {Manner} manner @param {boolean} limit */
function lines(chart, manner, limit) {
  const paper = colour('--paper');
  const tints = ['--band-0', '--band-1', '--band-2'].map(colour);
  const inks = ['--ink', '--accent', '--ink-3'].map(colour);
  const drawn = chart.series.map((s, i) => {
    const base = { label: s.name, width: 1.25, points: { show: false }, spanGaps: false };
    return manner.adds ? { ...base, stroke: paper, fill: tints[i % 3] } : { ...base, stroke: inks[i % 3] };
  });
  if (manner.adds) drawn.reverse();
  return [{}, ...drawn, ...(limit ? [{ label: 'limit', stroke: colour('--amber'), dash: [4, 3], width: 1, points: { show: false } }] : [])];
}

/** @param {Chart} chart @param {Manner} manner @param {Words} words @param {HTMLElement} box */
export function options(chart, manner, words, box) {
  const data = columns(chart, manner);
  const limit = data.length - 1 > chart.series.length;
  const scale = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  const font = `${12 * scale}px ${getComputedStyle(document.documentElement).getPropertyValue('--mono')}`;
  const grid = { stroke: colour('--line'), width: 1 };
  const axis = { stroke: colour('--ink-3'), font, grid, ticks: { show: false } };
  const splits = manner.bytes ? (/** @type {any} */ _u, /** @type {number} */ _i, /** @type {number} */ _min, /** @type {number} */ max) => byteTicks(max, 4) : undefined;
  return {
    width: box.clientWidth, height: box.clientHeight, legend: { show: false }, padding: [8 * scale, 28 * scale, 0, 0], cursor: { y: false, points: { size: 5 } },
    scales: { x: { time: true }, y: { range: (/** @type {any} */ _u, /** @type {number} */ _min, /** @type {number} */ max) => [0, (max || 1) * 1.08] } },
    axes: [
      { ...axis, grid: { show: false }, space: 96 * scale, size: 24 * scale, gap: 6, values: (/** @type {any} */ u, /** @type {number[]} */ t) => t.map((s) => timeOfDay(s, u.scales.x.max - u.scales.x.min < 180)) },
      { ...axis, size: 64 * scale, space: 32 * scale, ...(splits ? { splits } : {}), values: (/** @type {any} */ _u, /** @type {number[]} */ v) => v.map((n) => words(n)) },
    ],
    series: lines(chart, manner, limit),
  };
}

/** What is under the cursor, in words; the largest first. @param {any} plot @param {Chart} chart @param {Words} words */
export function reading(plot, chart, words) {
  const at = plot.cursor.idx;
  if (at == null || chart.t[at] == null) return '';
  const known = chart.series.flatMap((s) => (s.values[at] == null ? [] : [{ name: s.name, value: /** @type {number} */ (s.values[at]) }]));
  known.sort((a, b) => b.value - a.value);
  return [timeOfDay(/** @type {number} */ (chart.t[at]), true), ...known.slice(0, 3).map((k) => `${k.name} ${words(k.value)}`)].join('  ');
}
