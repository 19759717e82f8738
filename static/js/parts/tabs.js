/** The pages of one run. */
import { html } from '../lib/html.js';

/** @param {{run: {id: string}, at: 'run' | 'sync'}} props */
export const RunTabs = ({ run, at }) => html`<nav class="tabs" aria-label="Pages of this run">
  <a href=${`/runs/${run.id}`} aria-current=${at === 'run' ? 'page' : undefined}>Processes</a>
  <a href=${`/runs/${run.id}/sync`} aria-current=${at === 'sync' ? 'page' : undefined}>Locks and queues</a>
  <a href=${`/tasks?q=${encodeURIComponent(`run:${run.id}`)}`}>Tasks</a></nav>`;
