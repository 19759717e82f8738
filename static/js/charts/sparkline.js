/** A series as a line the height of a word. Newest at the right; no axis, the base line is the box's own border. */
import { html } from '../lib/html.js';
import { polylines, valuesOf } from '../series.js';

const W = 100;
const H = 20;

/**
 * @param {{series: any, top?: number | null, label: string, area?: boolean}} props `series` is a Series or bare numbers; `top` the value
 *   of the upper edge
 */
export const Spark = ({ series, top, label, area }) => {
  const lines = polylines(valuesOf(series), W, H, top);
  return html`<svg class="spark" viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label=${label}>
    ${area && lines.map((line) => html`<polygon class="area" points=${`${line.split(',')[0]},20 ${line} ${line.slice(line.lastIndexOf(' ') + 1).split(',')[0]},20`} />`)}
    ${lines.length > 0 && html`<path d=${lines.map((line) => `M${line}`).join('')} />`}
  </svg>`;
};

/** Use of a limit, 0 to 1. @param {{value: number | null | undefined, label: string, done?: boolean}} props */
export const Meter = ({ value, label, done }) => html`<svg class=${`meter ${done ? 'done' : ''}`} viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label=${label}>
  <rect width=${Math.round(Math.min(1, Math.max(0, value ?? 0)) * 100)} height="8" /></svg>`;

const PARTS = ['succeeded', 'running', 'failed', 'lost', 'cancelled'];

/** The tasks of a run by state, as one band. @param {{tasks: Record<string, number>}} props */
export const Band = ({ tasks }) => {
  const total = Object.values(tasks).reduce((a, b) => a + b, 0) || 1;
  let x = 0;
  const parts = PARTS.map((state) => {
    // What went wrong is never too little to be seen.
    const share = ((tasks[state] ?? 0) / total) * 1000;
    const width = tasks[state] ? Math.max(share, state === 'failed' || state === 'lost' ? 4 : 0) : 0;
    const part = html`<rect class=${state === 'failed' ? 'lost' : state} x=${x} width=${width} height="8" />`;
    x += width;
    return part;
  });
  return html`<svg class="meter" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`;
};
