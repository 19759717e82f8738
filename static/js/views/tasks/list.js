/** The tasks found, newest first, without end: older ones are fetched as one nears the bottom. */
import { useEffect, useRef } from 'preact/hooks';
import { html } from '../../lib/html.js';
import { KEYS } from '../../grammar.js';
import { useHeld } from '../../lib/held.js';
import { useWindowed } from '../../lib/windowed.js';
import { item } from '../../names.js';
import { Call, Mid, State } from '../../parts/marks.js';
import { Age, Ago, Clock, Took } from '../../parts/times.js';

/** @typedef {import('../../model.js').TaskRow} TaskRow */

/** What is to be said of it beside its call: its exception, its loss, or its place in a batch. @param {TaskRow} row */
function remark(row) {
  if (row.exception) return row.exception.message ? `${row.exception.type}: ${row.exception.message}` : row.exception.type;
  return row.reason || [row.pool, item(row.index, row.of)].filter(Boolean).join(' · ');
}

/** @param {{row: TaskRow}} props */
const Row = ({ row }) => html`<a class=${`row task-row ${row.state} ${row.gone ? 'gone' : ''}`} href=${row.href} data-row>
  <${State} state=${row.state} /><${Call} func=${row.func} args=${row.args ?? ''} />
  <span class="what"><${Mid} text=${remark(row)} tail=${14} /></span>
  <span class="run wide mono faint" title=${row.run}>${row.run_name ?? row.run.slice(0, 6)}</span>
  <span class="num wide" title=${`worker ${row.pid}`}>${row.pid ?? ''}</span>
  <span class="num wide wait"><${Took} s=${row.wait_s} /></span>
  <span class="num took">${row.state === 'running' ? html`<${Age} since=${row.started_at} />` : html`<${Took} s=${row.run_s} />`}</span>
  <span class="num when"><${Ago} at=${row.finished_at ?? row.started_at ?? row.submitted_at} /></span></a>`;

const Grammar = () => html`<dl class="grammar">${KEYS.map(({ key, hint }) => html`<dt>${key}</dt><dd>${hint}</dd>`)}
  <dt>any words</dt><dd>must all occur in the function, its arguments or its error</dd></dl>`;

/** @param {{query: string, searched: string | null | undefined}} props */
const None = ({ query, searched }) => html`<p class="none">${query ? html`No task matches <code>${query}</code>${searched ? html`, looking back to <${Clock} at=${searched} digits=${0} />` : ''}.` : 'No task was recorded yet.'}
  ${query && html` Fast successful items of a batch are counted, not listed. <a href="/tasks">Show all tasks</a>`}</p>`;

/** @param {{rows: TaskRow[], query: string, error: string, next: any, more: () => void, state: string, searched: string | null | undefined}} props */
export const TaskList = ({ rows, query, error, next, more, state, searched }) => {
  const { items, on } = useHeld(rows);
  const { ref, from, to, before, after } = useWindowed(items.length);
  const end = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const seen = new IntersectionObserver((entries) => entries.some((e) => e.isIntersecting) && next != null && more(), { rootMargin: '1200px' });
    if (end.current) seen.observe(end.current);
    return () => seen.disconnect();
  }, [next, items.length]);
  if (error && !rows.length) return html`<section class="list" aria-label="How to ask"><${Grammar} /></section>`;
  return html`<section class="list" aria-label="Tasks found">
    <div class="task-row labels" aria-hidden="true"><span></span><span>task</span><span>where, or what went wrong</span><span class="run">run</span><span class="num">worker</span><span class="num wait">waited</span><span class="num">ran</span><span class="num">when</span></div>
    <div ref=${ref} role="list" ...${on}><div role="presentation" style=${{ height: `${before}px` }}></div>
      ${items.slice(from, to).map((row) => html`<div role="listitem" key=${row.id}><${Row} row=${row} /></div>`)}
      <div role="presentation" style=${{ height: `${after}px` }}></div></div>
    ${!items.length && next == null && html`<${None} query=${query} searched=${searched} />`}
    <div class="more" ref=${end}>${state === 'failed' ? html`<span class="warn">Older tasks could not be fetched.</span><button class="plain" onClick=${more}>Try again</button>`
      : next != null ? html`<span>${searched ? html`Searched back to <${Clock} at=${searched} digits=${0} />` : ''}</span><button class="plain" onClick=${more}>${state === 'loading' ? 'Searching older ones' : 'Older'}</button>` : items.length ? 'That is all.' : ''}</div>
  </section>`;
};
