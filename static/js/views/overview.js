/** The overview: is it fine? */
import { html } from '../lib/html.js';
import { Figures } from './overview/figures.js';
import { Incidents } from './overview/incidents.js';
import { Pools } from './overview/pools.js';
import { Running } from './overview/running.js';
import { Runs } from './overview/runs.js';
import { Teach } from './overview/teach.js';

/** @param {{model: import('../model.js').Overview}} props */
export const Overview = ({ model }) => {
  if (!model.runs.length) return html`<${Teach} />`;
  return html`<h1 class="vh">Overview</h1>
    <${Incidents} incidents=${model.incidents} watching=${model.watching} collector=${model.collector} />
    <${Figures} cards=${model.cards} />
    <${Runs} runs=${model.runs} />
    <${Pools} pools=${model.pools} />
    <${Running} running=${model.running} />`;
};
