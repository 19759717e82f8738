/** Managers and the objects behind their proxies. */
import { html } from '../../lib/html.js';
import { count, duration } from '../../format.js';
import { mood, Name, People } from './people.js';
import { By } from './shared.js';

/** @param {{line: import('../../model.js').Called}} props */
const Row = ({ line }) => html`<div class=${`row shared-row ${mood(line)}`} id=${line.id} tabindex="-1"><${Name} line=${line} />
  <span class="num" data-exact=${line.calls}>${count(line.calls)}</span><span class="num wide">${duration(line.call_p95_s)}</span><${By} line=${line} /><span class="word">${line.state}</span></div>
  <${People} line=${line} />`;

/** @param {{calls: import('../../model.js').Called[]}} props */
export const Calls = ({ calls }) => (calls.length
  ? html`<section class="section" aria-labelledby="calls"><h2 id="calls">Managers<small>calls through proxies</small></h2><div class="body">
      <div class="labels shared-row" aria-hidden="true"><span>name and where it was made</span><span class="num">calls</span><span class="num wide">p95</span><span class="wide">called by</span><span>state</span></div>
      <ul class="rows">${calls.map((line) => html`<li key=${line.id}><${Row} line=${line} /></li>`)}</ul></div></section>`
  : null);
