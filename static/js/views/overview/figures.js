/** Five figures and where they came from. */
import { html } from '../../lib/html.js';
import { Spark } from '../../charts/sparkline.js';
import { bytes, count, NONE, rate } from '../../format.js';

/** "3.1 GB" in two: the figure and its unit. @param {string} text @returns {[string, string]} */
function split(text) {
  const at = text.lastIndexOf(' ');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)];
}

/** @param {{label: string, figure: string, unit?: string, series: any, top?: number | null, exact?: number | null, bad?: boolean}} props */
const Figure = ({ label, figure, unit, series, top, exact, bad }) => html`<div class=${`figure ${bad ? 'bad' : ''}`}>
  <dt>${label}</dt><dd title=${exact ?? ''} data-exact=${exact ?? ''}>${figure}<small>${unit}</small></dd>
  <${Spark} series=${series} top=${top} label=${`${label}, recent`} area /></div>`;

/** @param {{cards: import('../../model.js').Overview['cards']}} props */
export const Figures = ({ cards }) => {
  const { busy, throughput, failed, waiting, memory } = cards;
  const [used, unit] = split(bytes(memory.value));
  return html`<section class="section" aria-labelledby="figures"><h2 id="figures">Now<small>last 5 minutes</small></h2><dl class="figures body">
    <${Figure} label="workers busy" figure=${count(busy.value)} unit=${busy.of == null ? '' : ` of ${count(busy.of)}`} series=${busy.series} top=${busy.of} exact=${busy.value} />
    <${Figure} label="tasks finished" figure=${rate(throughput.value)} unit=${throughput.value == null ? '' : ' /s'} series=${throughput.series} exact=${throughput.value} />
    <${Figure} label="failed or lost" figure=${count(failed.value)} series=${failed.series} exact=${failed.value} bad=${(failed.value ?? 0) > 0} />
    <${Figure} label="waiting in queues" figure=${count(waiting.value)} series=${waiting.series} exact=${waiting.value} />
    <${Figure} label="memory" figure=${memory.value == null ? NONE : used} unit=${`${unit}${memory.of ? ` of ${bytes(memory.of)}` : ''}`} series=${memory.series} exact=${memory.value} />
  </dl></section>`;
};
