/** Why N workers were not N times faster: where their time went. */
import { html } from '../../lib/html.js';
import { count, duration, percent } from '../../format.js';
import { shortName } from '../../names.js';

/** @typedef {import('../../model.js').Load} Load */

/** Shares of the workers' time, one beside the other; what exceeds the whole is cut off. @param {{parts: Load['parts']}} props */
const Shares = ({ parts }) => {
  let x = 0;
  return html`<svg class="shares" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${parts.map((part, i) => {
    const width = Math.max(0, Math.min(1000 - x, part.share * 1000));
    const rect = html`<rect class=${i ? `band-${i % 3}` : 'calls'} x=${x} width=${width} height="10" />`;
    x += width;
    return rect;
  })}</svg>`;
};

/** @param {{better: Load['better'][number]}} props */
const Better = ({ better }) => html`<p class="better"><span class="mono">${better.method}</span> of <span class="mono">${shortName(better.func)}</span>, ${count(better.items)} items: chunksize <b class="num">${count(better.better)}</b>
  ${' '}instead of <span class="num">${count(better.chunksize)}</span> would have taken about <b class="num">${percent(better.gain * 100)}</b> less time</p>`;

/** @param {{load: Load}} props */
const Row = ({ load }) => html`<li class="load"><p class="load-head"><span class="name">${load.pool}</span><span><b class="num">${load.achieved}</b> of ${count(load.workers)} workers' worth of work</span><span class="verdict-line">${load.verdict}</span></p>
  <${Shares} parts=${load.parts} />
  <ul class="share-words">${load.parts.filter((part) => part.share >= 0.005).map((part, i) => html`<li key=${part.what}><i class=${i ? `band-${i % 3}` : 'calls'}></i>${part.what} <span class="num" title=${duration(part.s)}>${percent(part.share * 100)}</span></li>`)}</ul>
  ${load.better.map((better) => html`<${Better} key=${`${better.func}${better.items}${better.chunksize}`} better=${better} />`)}</li>`;

/** @param {{loads: Load[]}} props */
export const Loads = ({ loads }) => (loads.length
  ? html`<section class="section" aria-labelledby="loads"><h2 id="loads">Workers' time<small>what it went to</small></h2><ul class="body loads">${loads.map((load, i) => html`<${Row} key=${`${load.pool}${i}`} load=${load} />`)}</ul></section>`
  : null);
