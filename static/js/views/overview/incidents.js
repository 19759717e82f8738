/** What is wrong, in words; or one quiet line. */
import { useEffect, useRef } from 'preact/hooks';
import { html } from '../../lib/html.js';
import { useHeld } from '../../lib/held.js';
import { Icon } from '../../parts/marks.js';
import { Age } from '../../parts/times.js';

/** @param {number} n @param {string} one @param {string} many */
const plural = (n, one, many) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/**
 * The sentence for those who listen: only of incidents that are new, for their ages change every second.
 * @param {import('../../model.js').Incident[]} incidents
 */
function useNews(incidents) {
  const known = useRef(new Set(incidents.map((i) => i.id)));
  const said = useRef('');
  const fresh = incidents.filter((i) => !known.current.has(i.id));
  if (fresh.length) said.current = fresh.map((i) => i.text).join('. ');
  useEffect(() => {
    known.current = new Set(incidents.map((i) => i.id));
  }, [incidents]);
  return html`<p class="vh" aria-live="polite">${said.current}</p>`;
}

/** @param {{watching: {runs: number, workers: number}}} props */
const AllWell = ({ watching }) => html`<section class="section all-well" aria-label="Incidents">
  <div class="aside"></div><p class="body calm">Nothing is wrong. ${watching.runs
    ? `Watching ${plural(watching.runs, 'run', 'runs')}, ${plural(watching.workers, 'worker', 'workers')}.`
    : 'Nothing is running.'}</p></section>`;

/** @param {{incidents: import('../../model.js').Incident[], watching: {runs: number, workers: number}}} props */
export const Incidents = ({ incidents, watching }) => {
  const { items, on } = useHeld(incidents);
  const news = useNews(incidents);
  if (!items.length) return html`<${AllWell} watching=${watching} />${news}`;
  const critical = items.some((i) => i.level === 'critical');
  return html`<section class=${`section incidents ${critical ? '' : 'only-warning'}`} aria-labelledby="incidents" ...${on}>
    <h2 id="incidents">${items.length === 1 ? 'Needs attention' : `${items.length} need attention`}</h2>
    <ul class="body">${items.map((i) => html`<li key=${i.id} class=${i.gone ? 'gone' : 'enter'}>
      <a class=${`incident ${i.level}`} href=${i.href ?? '#'} data-row>
        <${Icon} name="alarm" /><span class="text">${i.text}</span><${Age} since=${i.since} /><span class="look">look →</span></a></li>`)}</ul>
  </section>${news}`;
};
