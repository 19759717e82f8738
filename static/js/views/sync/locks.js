/** Locks, semaphores, events, conditions, barriers: the contended and the held first. */
import { html } from '../../lib/html.js';
import { useHeld } from '../../lib/held.js';
import { count, duration, percent } from '../../format.js';
import { mood, Name, People } from './people.js';

/** @param {{lock: import('../../model.js').Lock}} props */
const Row = ({ lock }) => html`<div class=${`row lock-row ${mood(lock)} ${lock.gone ? 'gone' : ''}`} id=${lock.id} tabindex="-1">
  <${Name} line=${lock} />
  <span class="num" data-exact=${lock.acquired}>${count(lock.acquired)}</span>
  <span class="num wide" data-exact=${lock.contended}>${lock.acquired ? percent((100 * lock.contended) / lock.acquired) : '–'}</span>
  <span class="num wide">${duration(lock.wait_p95_s)}</span><span class="num wide">${duration(lock.hold_p95_s)}</span></div>
  <${People} line=${lock} />`;

/** @param {{locks: import('../../model.js').Lock[]}} props */
export const Locks = ({ locks }) => {
  const { items, on } = useHeld(locks);
  if (!items.length) return null;
  return html`<section class="section" aria-labelledby="locks"><h2 id="locks">Locks<small>and semaphores, events, conditions, barriers</small></h2><div class="body">
    <div class="labels lock-row" aria-hidden="true"><span>name and where it was made</span><span class="num">acquired</span><span class="num wide">waited for</span><span class="num wide">wait p95</span><span class="num wide">hold p95</span></div>
    <ul class="rows" ...${on}>${items.map((lock) => html`<li key=${lock.id}><${Row} lock=${lock} /></li>`)}</ul></div></section>`;
};
