/** Pools and executors: used of limit, the queue and its trend, the pace. */
import { html } from '../../lib/html.js';
import { useHeld } from '../../lib/held.js';
import { Meter, Spark } from '../../charts/sparkline.js';
import { count, duration } from '../../format.js';
import { Mid } from '../../parts/marks.js';
import { Rate } from '../../parts/times.js';

/** @typedef {import('../../model.js').PoolRow} PoolRow */

/** @param {{pool: PoolRow}} props */
const Row = ({ pool }) => html`<a class=${`row pool-row ${pool.gone ? 'gone' : ''}`} href=${pool.href} data-row>
  <span class="lead"><${Mid} text=${pool.name} class="name" />${!pool.name.startsWith(pool.kind) && html`<span class="faint wide">${pool.kind}</span>`}${pool.state !== 'open' && html`<span class="warn">${pool.state}</span>`}</span>
  <span class="bar"><${Meter} value=${pool.size ? (pool.busy ?? 0) / pool.size : 0} label=${`${pool.busy} of ${pool.size} workers busy`} /></span>
  <span class="num wide">${count(pool.busy)}<span class="unit">/${count(pool.size)}</span></span>
  <span class="trend"><${Spark} series=${pool.depth_series} label="queue depth, recent" /></span>
  <span class="depth"><span class="num">${count(pool.depth)}</span> <span class="unit">waiting</span></span>
  <span class="rate num"><${Rate} n=${pool.per_s} /></span>
  <span class="wide p95"><span class="unit">p95 </span><span class="num">${duration(pool.p95_s)}</span></span></a>`;

/** @param {{pools: PoolRow[]}} props */
export const Pools = ({ pools }) => {
  const { items, on } = useHeld(pools);
  return html`<section class="section pools" aria-labelledby="pools"><h2 id="pools">Pools</h2>
    <div class="body">${items.length
      ? html`<ul class="rows" ...${on}>${items.map((pool) => html`<li key=${pool.id}><${Row} pool=${pool} /></li>`)}</ul>`
      : html`<p class="none">No pool or executor is open.</p>`}</div></section>`;
};
