/** Which run this is, and the way back to its processes. */
import { html } from '../../lib/html.js';
import { State } from '../../parts/marks.js';
import { Clock } from '../../parts/times.js';
import { RunTabs } from '../../parts/tabs.js';

/** @param {{run: import('../../model.js').Sync['run']}} props */
export const SyncHead = ({ run }) => html`<header class="run-head">
  <h1><span>${run.name}</span></h1>
  <div class="facts"><span class=${`is-${run.state}`}><${State} state=${run.state} word /></span>
    <span>started <${Clock} at=${run.started_at} digits=${0} /></span><span class="mono">${run.id}</span></div>
  <${RunTabs} run=${run} at="sync" /></header>
  ${run.notes?.map((note) => html`<p class="said" key=${note}>${note}</p>`)}`;
