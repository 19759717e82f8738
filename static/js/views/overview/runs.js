/** Live and recent runs, one line each. */
import { useState } from 'preact/hooks';
import { html } from '../../lib/html.js';
import { useHeld } from '../../lib/held.js';
import { Meter } from '../../charts/sparkline.js';
import { count, duration, percent } from '../../format.js';
import { Mid, State } from '../../parts/marks.js';
import { Ago, Age } from '../../parts/times.js';

/** @typedef {import('../../model.js').RunRow} RunRow */
const FEW = 6;

/** What went wrong in a run, said in full; nothing when nothing did. @param {RunRow} run */
export function wrongs(run) {
  const parts = [];
  if (run.tasks.failed) parts.push(`${count(run.tasks.failed)} failed`);
  if (run.tasks.lost) parts.push(`${count(run.tasks.lost)} lost`);
  if (run.dropped) parts.push(`${count(run.dropped)} not recorded`);
  return parts.join(', ');
}

/** @param {RunRow} run */
const total = (run) => Object.values(run.tasks).reduce((a, b) => a + b, 0);

/** @param {RunRow} run */
function when(run) {
  if (run.state !== 'running') return html`<span>${run.state} <${Ago} at=${run.finished_at} /></span>`;
  return html`<span>${run.eta_s == null ? html`for <${Age} since=${run.started_at} />` : html`<span class="num">${duration(run.eta_s)}</span> left`}</span>`;
}

/** @param {{run: RunRow}} props */
const Row = ({ run }) => {
  const live = run.state === 'running';
  const wrong = wrongs(run);
  return html`<a class=${`row run-row ${run.gone ? 'gone' : ''}`} href=${run.href} data-row>
    <span class="lead"><${State} state=${run.state} /><${Mid} text=${run.name} class="name" /><span class="mono faint wide">${run.short ?? run.id.slice(0, 6)}</span></span>
    <span class="bar">${run.progress != null && html`<${Meter} value=${run.progress} done=${!live} label=${`${percent(run.progress * 100)} done`} />`}</span>
    <span class="num wide">${run.progress == null ? '' : percent(run.progress * 100)}</span>
    <span class="sum"><span class="num">${count(total(run))}</span> tasks${wrong && html`, <span class="bad">${wrong}</span>`}</span>
    <span class="nowrap">${when(run)}</span></a>`;
};

/** @param {{runs: RunRow[]}} props */
export const Runs = ({ runs }) => {
  const [all, setAll] = useState(false);
  const { items, on } = useHeld(runs);
  const live = items.filter((r) => r.state === 'running').length;
  const shown = all ? items : items.slice(0, Math.max(FEW, live));
  return html`<section class="section runs" id="runs" aria-labelledby="runs-title"><h2 id="runs-title">Runs</h2>
    <div class="body"><ul class="rows" ...${on}>${shown.map((run) => html`<li key=${run.id}><${Row} run=${run} /></li>`)}</ul>
    ${shown.length < items.length && html`<button class="plain" onClick=${() => setAll(true)}>Show all ${items.length} runs</button>`}</div></section>`;
};
