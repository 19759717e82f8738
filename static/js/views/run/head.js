/** What was run, where, since when, and the sum of its tasks. */
import { html } from '../../lib/html.js';
import { Band } from '../../charts/sparkline.js';
import { count, duration, epoch, percent } from '../../format.js';
import { middle } from '../../names.js';
import { Copy, State } from '../../parts/marks.js';
import { RunTabs } from '../../parts/tabs.js';
import { Age, Ago, Clock } from '../../parts/times.js';

/** @typedef {import('../../model.js').Run['run']} RunData */

/** @param {RunData} run */
function lasted(run) {
  const from = epoch(run.started_at);
  const to = epoch(run.finished_at);
  return from == null || to == null ? null : to - from;
}

/** How it ended, in words. @param {RunData} run */
function ending(run) {
  if (run.state === 'running') return '';
  if (run.exit_code == null) return 'end unknown';
  return run.exit_code < 0 ? `by signal ${-run.exit_code}` : `exit code ${run.exit_code}`;
}

/** @param {{run: RunData}} props */
const Sums = ({ run }) => html`<ul class="sums">${['pending', 'running', 'succeeded', 'failed', 'lost', 'cancelled'].map((state) => {
  const n = run.tasks[/** @type {keyof RunData['tasks']} */ (state)] ?? 0;
  return (n > 0 || state === 'succeeded' || state === 'failed') && html`<li key=${state}><a class=${n ? state : ''} href=${`/tasks?q=${encodeURIComponent(`run:${run.id} state:${state}`)}`}>
    <b>${count(n)}</b> ${state === 'pending' ? 'waiting' : state}</a></li>`;
})}</ul>`;

/** @param {{run: RunData}} props */
const Notes = ({ run }) => html`
  ${run.drops?.map((d) => html`<p class="said warn" key=${d.reason + d.pid}>${count(d.n)} ${d.n === 1 ? 'event was' : 'events were'} not recorded: ${d.reason}${d.pid ? `, process ${d.pid}` : ''}${d.since ? html`, since <${Clock} at=${d.since} digits=${0} />` : ''}.</p>`)}
  ${run.notes?.map((note) => html`<p class="said" key=${note}>${note}</p>`)}`;

/** @param {{run: RunData, nodes: import('../../model.js').Node[]}} props */
export const RunHead = ({ run }) => {
  const live = run.state === 'running';
  const argv = (run.argv ?? []).join(' ');
  // The name is most often the script's own: only what follows it is news.
  const rest = run.argv?.[0]?.endsWith(run.name) ? run.argv.slice(1).join(' ') : argv;
  return html`<header class="run-head">
    <h1><span>${run.name}</span>${rest && html`<span class="argv" title=${argv}>${middle(rest, 160)}</span>`}</h1>
    <div class="facts">
      <span class=${`is-${run.state}`}><${State} state=${run.state} word />${live ? html`<${Age} since=${run.started_at} />` : ''}</span>
      ${!live && html`<span>${ending(run)}</span><span>took <span class="num">${duration(lasted(run))}</span></span><span>ended <${Ago} at=${run.finished_at} /></span>`}
      ${live && run.progress != null && html`<span><b class="num">${percent(run.progress * 100)}</b>${run.eta_s != null && html`<span class="num">${duration(run.eta_s)} left</span>`}</span>`}
      <span>started <${Clock} at=${run.started_at} digits=${0} /></span>
      ${run.python && html`<span>Python ${run.python}</span>`}${run.start_method && html`<span>${run.start_method}</span>`}
      ${run.host && html`<span>on ${run.host}</span>`}${run.cwd && html`<span class="mono">${run.cwd}</span>`}
      <span class="mono">${run.id}</span><${Copy} text=${run.id} what="id" />
    </div>
    <${Sums} run=${run} /><${Band} tasks=${run.tasks} /><${RunTabs} run=${run} at="run" /></header><${Notes} run=${run} />`;
};
