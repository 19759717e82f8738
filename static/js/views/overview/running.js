/** The tasks that run now, oldest first: whom to look at first. */
import { html } from '../../lib/html.js';
import { useHeld } from '../../lib/held.js';
import { now } from '../../lib/ticker.js';
import { epoch } from '../../format.js';
import { item } from '../../names.js';
import { Call } from '../../parts/marks.js';
import { Age, Bytes, Percent } from '../../parts/times.js';

/** @typedef {import('../../model.js').RunningRow} RunningRow */

/** Past its function's p95: worth a glance. @param {RunningRow} row */
function late(row) {
  const since = epoch(row.since);
  return since != null && row.p95_s != null && now.value - since > Math.max(1, row.p95_s);
}

/** @param {{row: RunningRow}} props */
const Row = ({ row }) => {
  const mood = row.stuck ? 'stuck' : late(row) ? 'late' : '';
  return html`<a class=${`row now-row ${mood} ${row.gone ? 'gone' : ''}`} href=${row.href ?? `/runs/${row.run}`} data-row>
    <span class="age"><${Age} since=${row.since} /></span>
    <${Call} func=${row.func} args=${row.args ?? ''} />
    <span class="of faint">${item(row.index, row.of)}</span>
    <span class="pid">${row.pid != null && html`<span class="unit">worker </span><span class="num">${row.pid}</span>`}</span>
    <span class="num wide"><${Percent} n=${row.cpu} /></span>
    <span class="num wide"><${Bytes} n=${row.rss} /></span></a>`;
};

/** @param {{running: RunningRow[]}} props */
export const Running = ({ running }) => {
  const { items, on } = useHeld(running);
  return html`<section class="section" aria-labelledby="running"><h2 id="running">Running now<small>oldest first</small></h2>
    <div class="body">${items.length
      ? html`<ul class="rows" ...${on}>${items.map((row) => html`<li key=${row.id}><${Row} row=${row} /></li>`)}</ul>`
      : html`<p class="none">No task is running.</p>`}</div></section>`;
};
