/** What the processes of a run share: who holds, who waits, who feeds whom. */
import { html } from '../lib/html.js';
import { Incidents } from './overview/incidents.js';
import { Calls } from './sync/calls.js';
import { Channels } from './sync/channels.js';
import { SyncHead } from './sync/head.js';
import { Locks } from './sync/locks.js';
import { Shared } from './sync/shared.js';

/** @param {{model: import('../model.js').Sync}} props */
export const Sync = ({ model }) => {
  const nothing = !model.locks.length && !model.channels.length && !model.shared.length && !model.calls.length;
  return html`
    ${model.incidents.length > 0 && html`<${Incidents} incidents=${model.incidents} watching=${{ runs: 0, workers: 0 }} />`}
    <${SyncHead} run=${model.run} />
    ${nothing && html`<section class="section"><div class="aside"></div><p class="body calm">This run shares nothing through locks, queues or shared memory.</p></section>`}
    <${Locks} locks=${model.locks} /><${Channels} channels=${model.channels} /><${Shared} shared=${model.shared} /><${Calls} calls=${model.calls} />
    ${model.more > 0 && html`<p class="none body-only">${model.more} more are not shown: procscope sync ${model.run.id} --all</p>`}`;
};
