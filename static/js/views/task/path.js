/** The way through its states, with the time each leg took. */
import { html } from '../../lib/html.js';
import { duration } from '../../format.js';
import { Icon } from '../../parts/marks.js';
import { Age, Clock } from '../../parts/times.js';

/** @param {{path: import('../../model.js').Stop[], task: import('../../model.js').Task['task']}} props */
export const Path = ({ path, task }) => html`<section class="section" aria-labelledby="path"><h2 id="path">What happened</h2>
  <ol class="path body">${path.map((stop, i) => html`<li key=${i}>
    ${i > 0 && html`<span class="leg" title=${stop.after_s == null ? '' : `${stop.after_s} s`}>${stop.after_s == null ? '' : duration(stop.after_s)} ${stop.state === 'started' ? 'waiting' : stop.state === 'arrived' ? 'back' : ''}</span>`}
    <span class="stop"><span class=${`is-${stop.state} at`}><${Icon} name=${stop.state === 'arrived' ? 'finished' : stop.state} /></span><b class=${`is-${stop.state}`}>${stop.state}</b>
      <${Clock} at=${stop.at} />${stop.note && html`<span class="note">${stop.note}</span>`}</span></li>`)}
    ${task.state === 'running' && html`<li><span class="leg"><${Age} since=${task.started_at} /> so far</span></li>`}</ol></section>`;
