/** A time chart: uPlot in our colours. Lines end where data ends; a limit is drawn as a line. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { html } from '../lib/html.js';
import { colour, repaint } from '../lib/theme.js';
import { colourOf } from '../names.js';

/** @typedef {import('../series.js').Chart} Chart */
/** @typedef {(value: number | null) => string} Words */

/** @param {Chart} chart @returns {any} columns as uPlot wants them */
function columns(chart) {
  const limit = chart.limit ? [chart.t.map(() => chart.limit)] : [];
  return [chart.t, ...chart.series.map((s) => s.values), ...limit];
}

/** @param {Chart} chart */
const shape = (chart) => [...chart.series.map((s) => s.name), chart.limit ? 'limit' : ''].join('\n');

/** @param {Chart} chart @param {Words} words @param {HTMLElement} box */
function options(chart, words, box) {
  const ink = colour('--ink-3');
  const line = colour('--line');
  const font = `${12 * (Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16)}px ${getComputedStyle(box).fontFamily}`;
  const axis = { stroke: ink, font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  const many = chart.series.length > 1;
  const series = chart.series.map((s) => ({ label: s.name, stroke: colour(many ? `--fn-${colourOf(s.name)}` : '--ink'), width: 1.25, points: { show: false }, spanGaps: false }));
  const limit = chart.limit ? [{ label: 'limit', stroke: colour('--amber'), dash: [4, 3], width: 1, points: { show: false } }] : [];
  return {
    width: box.clientWidth, height: box.clientHeight, legend: { show: false }, padding: [8, 8, 0, 0],
    cursor: { y: false, points: { size: 5 } },
    scales: { x: { time: true }, y: { range: (/** @type {any} */ _u, /** @type {number} */ _min, /** @type {number} */ max) => [0, (max || 1) * 1.08] } },
    axes: [{ ...axis, space: 90, size: 28 }, { ...axis, size: 62, space: 32, values: (/** @type {any} */ _u, /** @type {number[]} */ ticks) => ticks.map((v) => words(v)) }],
    series: [{}, ...series, ...limit],
  };
}

/** What is under the cursor, in words. @param {any} plot @param {Words} words */
function reading(plot, words) {
  const at = plot.cursor.idx;
  if (at == null) return '';
  const parts = plot.series.slice(1).map((/** @type {any} */ s, /** @type {number} */ i) => [s.label, plot.data[i + 1][at]]);
  const known = parts.filter((/** @type {any} */ p) => p[1] != null).sort((/** @type {any} */ a, /** @type {any} */ b) => b[1] - a[1]);
  const time = new Date(plot.data[0][at] * 1000).toTimeString().slice(0, 8);
  return [time, ...known.slice(0, 3).map((/** @type {any} */ p) => `${p[0]} ${words(p[1])}`)].join('  ');
}

/** The newest value of the largest series, for the caption. @param {Chart} chart @param {Words} words */
export function latest(chart, words) {
  const last = chart.series.map((s) => s.values[s.values.length - 1]).filter((v) => v != null);
  return last.length ? words(Math.max(.../** @type {number[]} */ (last))) : '';
}

/** @param {{chart: Chart, words: Words, title: string, none: string, note?: string}} props */
export const Lines = ({ chart, words, title, none, note }) => {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const read = useRef(/** @type {HTMLElement | null} */ (null));
  const plot = useRef(/** @type {any} */ (null));
  const empty = chart.t.length < 2 || !chart.series.length;
  const caption = note ?? latest(chart, words);
  const said = useRef(caption);
  said.current = caption;

  useEffect(() => {
    if (empty || !box.current) return undefined;
    const made = new uPlot(/** @type {any} */ (options(chart, words, box.current)), columns(chart), box.current);
    plot.current = made;
    const tell = () => read.current && (read.current.textContent = reading(made, words) || said.current);
    made.over.addEventListener('mousemove', tell);
    made.over.addEventListener('mouseleave', () => read.current && (read.current.textContent = said.current));
    const resized = new ResizeObserver(() => box.current && made.setSize({ width: box.current.clientWidth, height: box.current.clientHeight }));
    resized.observe(box.current);
    return () => { resized.disconnect(); made.destroy(); plot.current = null; };
  }, [empty, shape(chart), repaint.value]);
  useEffect(() => plot.current?.setData(columns(chart)), [chart]);

  return html`<figure class="chart"><figcaption><span>${title}</span><span class="num" ref=${read}>${caption}</span></figcaption>
    <div class="plot" ref=${box} role="img" aria-label=${`${title}, now ${caption || 'unknown'}`}>${empty && html`<p class="none">${none}</p>`}</div></figure>`;
};
