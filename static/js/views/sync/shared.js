/** Values, arrays and blocks of shared memory: how large, whose, and what was never given back. */
import { html } from '../../lib/html.js';
import { bytes, count } from '../../format.js';
import { mood, Name, People } from './people.js';

/** @param {{line: {by: number[], more: number}}} props */
export const By = ({ line }) => html`<span class="by num wide">${line.by.join(' ')}${line.more > 0 ? ` and ${line.more} more` : ''}</span>`;

/** @param {{line: import('../../model.js').Memory}} props */
const Row = ({ line }) => html`<div class=${`row shared-row ${line.state === 'leaked' ? 'bad' : mood(line)}`} id=${line.id} tabindex="-1"><${Name} line=${line} />
  <span class="num" data-exact=${line.bytes ?? ''}>${bytes(line.bytes)}</span><span class="num wide">${line.acquired ? count(line.acquired) : ''}</span><${By} line=${line} /><span class="word">${line.state}</span></div>
  <${People} line=${line} />`;

/** @param {{shared: import('../../model.js').Memory[]}} props */
export const Shared = ({ shared }) => (shared.length
  ? html`<section class="section" aria-labelledby="shared"><h2 id="shared">Shared memory<small>and values, arrays</small></h2><div class="body">
      <div class="labels shared-row" aria-hidden="true"><span>name and where it was made</span><span class="num">size</span><span class="num wide">acquired</span><span class="wide">used by</span><span>state</span></div>
      <ul class="rows">${shared.map((line) => html`<li key=${line.id}><${Row} line=${line} /></li>`)}</ul></div></section>`
  : null);
