/** The failures of a run, newest first. */
import { html } from '../../lib/html.js';
import { useHeld } from '../../lib/held.js';
import { count } from '../../format.js';
import { Call, Mid } from '../../parts/marks.js';
import { Ago } from '../../parts/times.js';

const FEW = 8;

/** @param {{failures: import('../../model.js').Failure[], run: import('../../model.js').Run['run']}} props */
export const Failures = ({ failures, run }) => {
  const { items, on } = useHeld(failures);
  if (!items.length) return null;
  const shown = items.slice(0, FEW);
  const wrong = (run.tasks.failed ?? 0) + (run.tasks.lost ?? 0);
  return html`<section class="section" aria-labelledby="failures"><h2 id="failures" class="bad">Failures<small>newest first</small></h2>
    <div class="body"><ul class="rows" ...${on}>${shown.map((f) => html`<li key=${f.id} id=${`f${f.id}`}><a class=${`row failure-row ${f.gone ? 'gone' : ''}`} href=${f.href} data-row>
      <span class="pid num wide">${f.pid ?? ''}</span><${Call} func=${f.func} args=${f.args ?? ''} />
      <span class="what"><${Mid} text=${f.message ? `${f.type}: ${f.message}` : f.type} tail=${16} /></span><${Ago} at=${f.at} /></a></li>`)}</ul>
      ${wrong > shown.length && html`<p class="none"><a href=${`/tasks?q=${encodeURIComponent(`run:${run.id} state:failed`)}`}>All ${count(run.tasks.failed)} failed tasks</a></p>`}</div></section>`;
};
