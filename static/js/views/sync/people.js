/** Who holds a primitive and who waits for it: pid, since when, and the line of code. */
import { html } from '../../lib/html.js';
import { Age, Clock } from '../../parts/times.js';

/** @typedef {import('../../model.js').Person} Person */

/** What the dead hold and what is waited for, in words. @param {Person} person */
function verb(person) {
  if (person.what === 'holds') return person.alive ? 'held by' : 'held by dead';
  if (!person.alive) return 'waited, died';
  const words = { acquire: 'waits', get: 'blocked in get', put: 'blocked in put', recv: 'blocked in recv', send: 'blocked in send', wait: 'waits', join: 'waits in join', call: 'in a call' };
  return words[/** @type {keyof typeof words} */ (person.what)] ?? person.what;
}

/** @param {{person: Person}} props */
const Line = ({ person }) => html`<li class=${`person ${person.alive ? '' : 'bad'}`}>
  <span class="what">${verb(person)}</span><a class="pid num" href=${person.href}>${person.pid}</a>
  ${person.place && html`<span class="mono faint place" title=${person.site}>${person.place}</span>`}${person.alive ? html`<${Age} since=${person.since} />` : html`<span class="faint">since <${Clock} at=${person.since} digits=${0} /></span>`}</li>`;

/** @param {{line: {holders: Person[], waiters: Person[], more_waiters: number}}} props */
export const People = ({ line }) => {
  const people = [...line.holders, ...line.waiters];
  if (!people.length) return null;
  return html`<ul class="people">${people.map((p) => html`<${Line} key=${`${p.what}${p.pid}${p.since}`} person=${p} />`)}
    ${line.more_waiters > 0 && html`<li class="person faint">and ${line.more_waiters} more wait</li>`}</ul>`;
};

/** A primitive's own name, its kind and where it was made. @param {{line: import('../../model.js').Shared}} props */
export const Name = ({ line }) => html`<span class="lead"><span class="name">${line.name}</span>${line.name !== line.kind && html`<span class="faint wide">${line.kind}</span>`}
  <span class="mono faint place" title=${line.site}>${line.place ?? ''}</span></span>`;

/** @param {import('../../model.js').Shared} line */
export const mood = (line) => (line.dead && line.waiters.length ? 'bad' : line.waiters.length ? 'warn' : '');
