/** A time chart with its caption, which says the newest value, or what is under the cursor. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { html } from '../lib/html.js';
import { repaint } from '../lib/theme.js';
import { columns, options, reading } from './plot.js';
import { newest } from './stack.js';

/** @typedef {import('../series.js').Chart} Chart */

/** @param {{chart: Chart, words: (value: number | null) => string, title: string, none: string, adds?: boolean, bytes?: boolean}} props */
export const Lines = ({ chart, words, title, none, adds, bytes }) => {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const read = useRef(/** @type {HTMLElement | null} */ (null));
  const plot = useRef(/** @type {any} */ (null));
  const latest = useRef(chart);
  latest.current = chart;
  const empty = chart.t.length < 2 || !chart.series.length;
  const data = empty ? [] : columns(chart, { adds, bytes });
  const last = newest(chart, Boolean(adds));
  const caption = last == null ? '' : `${words(last)}${chart.limit ? ` of ${words(chart.limit)}` : ''}`;
  const said = useRef(caption);
  said.current = caption;

  useEffect(() => {
    if (empty || !box.current) return undefined;
    const made = new uPlot(/** @type {any} */ (options(chart, { adds, bytes }, words, box.current)), /** @type {any} */ (data), box.current);
    plot.current = made;
    const tell = () => read.current && (read.current.textContent = reading(made, latest.current, words) || said.current);
    made.over.addEventListener('mousemove', tell);
    made.over.addEventListener('mouseleave', () => read.current && (read.current.textContent = said.current));
    const resized = new ResizeObserver(() => box.current && made.setSize({ width: box.current.clientWidth, height: box.current.clientHeight }));
    resized.observe(box.current);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [empty, data.length, chart.series.map((s) => s.name).join('\n'), repaint.value]);
  useEffect(() => {
    if (plot.current && !empty) plot.current.setData(data);
  }, [chart]);

  return html`<figure class="chart"><figcaption><span>${title}</span><span class="num" ref=${read}>${caption}</span></figcaption>
    <div class="plot" ref=${box} role="img" aria-label=${`${title}, now ${caption || 'unknown'}`}>${empty && html`<p class="none">${none}</p>`}</div></figure>`;
};
