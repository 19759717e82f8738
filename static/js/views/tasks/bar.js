/** The query bar: one small grammar, completed while one types. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { html } from '../../lib/html.js';
import { accept, complete, toggle } from '../../grammar.js';
import { count } from '../../format.js';
import { Icon } from '../../parts/marks.js';
import { shortName } from '../../names.js';

export const PICKS = ['state:failed', 'state:lost', 'state:running', 'slower:1s', 'since:1h', 'run:last'];

/** Values seen on the page, offered after their key. @param {any[]} rows @param {Record<string, string[]>} facets */
function known(rows, facets) {
  const seen = (/** @type {(row: any) => any} */ get) => [...new Set(rows.slice(0, 300).map(get).filter((v) => v != null && v !== '').map(String))];
  return {
    'func:': [...(facets['func'] ?? []), ...seen((r) => shortName(r.func))],
    'pool:': [...(facets['pool'] ?? []), ...seen((r) => r.pool)],
    'worker:': seen((r) => r.pid), 'run:': seen((r) => r.run),
  };
}

/** @param {{offers: {insert: string, hint: string}[], at: number, take: (insert: string) => void}} props */
const Offers = ({ offers, at, take }) => html`<ul class="offer" role="listbox" id="offers">${offers.map((o, i) => html`<li key=${o.insert} id=${`offer-${i}`} role="option" aria-selected=${i === at}
  onMouseDown=${(/** @type {Event} */ e) => { e.preventDefault(); take(o.insert); }}>${o.insert}<span>${o.hint}</span></li>`)}</ul>`;

/** @param {{query: string, ask: (q: string) => void, error: string}} props */
const Picks = ({ query, ask, error }) => html`<div class="picks">${error
  ? html`<span class="error" role="alert" id="query-error">${error}</span>`
  : PICKS.map((term) => html`<a key=${term} role="button" href=${`/tasks?q=${encodeURIComponent(toggle(query, term))}`} aria-pressed=${query.split(/\s+/).includes(term)}
      onClick=${(/** @type {Event} */ e) => { e.preventDefault(); ask(toggle(query, term)); }}>${term}</a>`)}</div>`;

/** @param {{query: string, busy: boolean, error: string, rows: any[], facets?: Record<string, string[]>, ask: (q: string) => void, count: number, more: boolean}} props */
export const QueryBar = ({ query, busy, error, rows, facets, ask, count: n, more }) => {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [text, setText] = useState(query);
  const [cursor, setCursor] = useState(query.length);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  useEffect(() => setText(query), [query]);
  const offers = useMemo(() => (open ? complete(text, cursor, known(rows, facets ?? {})) : []), [open, text, cursor, rows]);

  /** @param {string} insert */
  const take = (insert) => {
    const next = accept(text, cursor, insert);
    setText(next.text);
    setCursor(next.cursor);
    setAt(-1);
    requestAnimationFrame(() => input.current?.setSelectionRange(next.cursor, next.cursor));
  };
  /** @param {Event} e */
  const typed = (e) => {
    const el = /** @type {HTMLInputElement} */ (e.target);
    setText(el.value);
    setCursor(el.selectionStart ?? el.value.length);
    setOpen(true);
    setAt(-1);
  };
  /** @param {KeyboardEvent} e */
  const pressed = (e) => {
    const chosen = offers[at] ?? (e.key === 'Tab' ? offers[0] : undefined);
    if (offers.length && (e.key === 'ArrowDown' || e.key === 'ArrowUp')) {
      setAt((at + (e.key === 'ArrowDown' ? 1 : -1) + offers.length) % offers.length);
    } else if (chosen && open && text && (e.key === 'Tab' || e.key === 'Enter')) take(chosen.insert);
    else if (e.key === 'Enter') { setOpen(false); ask(text.trim()); }
    else if (e.key === 'Escape' && offers.length) { setOpen(false); e.stopPropagation(); }
    else return;
    e.preventDefault();
  };
  return html`<search class="search"><form class=${`query ${busy ? 'busy' : ''}`} action="/tasks" onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); setOpen(false); ask(text.trim()); }}>
    <${Icon} name="search" /><input id="q" name="q" ref=${input} value=${text} aria-label="Query" placeholder="state:failed func:load slower:1s, or any words" autocomplete="off" autocapitalize="off" spellcheck=${false}
      role="combobox" aria-expanded=${offers.length > 0} aria-controls="offers" aria-activedescendant=${at >= 0 ? `offer-${at}` : undefined} aria-invalid=${Boolean(error)} aria-describedby="query-error"
      onInput=${typed} onKeyDown=${pressed} onFocus=${() => setOpen(true)} onBlur=${() => setOpen(false)} />
    <span class="found" role="status">${busy ? 'searching' : error ? '' : `${count(n)}${more ? '+' : ''} ${n === 1 ? 'task' : 'tasks'}`}</span>
    ${offers.length > 0 && html`<${Offers} offers=${offers} at=${at} take=${take} />`}</form>
    <${Picks} query=${query} ask=${ask} error=${error} /></search>`;
};
