/** Tasks: ask about any of them. The query is the address, so that it can be pasted into a chat. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { html } from '../lib/html.js';
import { model as current } from '../live.js';
import { joinPages } from '../state.js';
import { watch } from '../socket.js';
import { QueryBar } from './tasks/bar.js';
import { TaskList } from './tasks/list.js';

/** @typedef {import('../model.js').Tasks} TasksModel */
/** @typedef {{rows: any[], next: number | string | null | undefined, searched_to: string | null | undefined}} Older */

/** One page older than what is shown. @param {string} query @param {number | string} before @returns {Promise<TasksModel>} */
async function fetchOlder(query, before) {
  const answer = await fetch(`/api/tasks?q=${encodeURIComponent(query)}&before=${encodeURIComponent(before)}&limit=200`);
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return answer.json();
}

/** The older pages below the live one. @param {TasksModel} model */
function useOlder(model) {
  const [older, setOlder] = useState(/** @type {Older | null} */ (null));
  const [state, setState] = useState(/** @type {'idle' | 'loading' | 'failed'} */ ('idle'));
  const busy = useRef(false);
  const query = model.query;
  useEffect(() => setOlder(null), [query]);
  const next = older ? older.next : model.next;
  const more = async () => {
    if (busy.current || next == null) return;
    busy.current = true;
    setState('loading');
    try {
      const page = await fetchOlder(query, next);
      setOlder((had) => ({ rows: joinPages(had?.rows ?? [], page.rows), next: page.next, searched_to: page.searched_to }));
      setState('idle');
    } catch {
      setState('failed');
    }
    busy.current = false;
  };
  return { older, next, more, state };
}

/**
 * Rows that were pushed off the live page stay: one is reading them.
 * @param {TasksModel} model
 */
function useHead(model) {
  const kept = useRef({ query: model.query, rows: /** @type {any[]} */ ([]) });
  return useMemo(() => {
    const same = kept.current.query === model.query;
    const rows = same ? joinPages(model.rows, kept.current.rows) : model.rows;
    kept.current = { query: model.query, rows };
    return rows;
  }, [model.rows, model.query]);
}

/** @param {{model: TasksModel}} props */
export const Tasks = ({ model }) => {
  const [asked, setAsked] = useState(model.query);
  const head = useHead(model);
  const { older, next, more, state } = useOlder(model);
  const rows = useMemo(() => joinPages(head, older?.rows ?? []), [head, older]);

  /** @param {string} query @param {boolean} [push] */
  const ask = async (query, push = true) => {
    setAsked(query);
    const url = query ? `/tasks?q=${encodeURIComponent(query)}` : '/tasks';
    if (push) history.pushState({ q: query }, '', url);
    try {
      const answer = await fetch(`/api/tasks?q=${encodeURIComponent(query)}`);
      const body = await answer.json();
      const found = body.rows ? body : { rows: [], next: null, ...body };
      current.value = { ...current.peek(), error: null, ...found, query };
      if (!found.error) watch('tasks', { q: query });
    } catch {
      current.value = { ...current.peek(), query, error: 'The server cannot be reached; this is what was found before.' };
    }
  };
  useEffect(() => {
    const back = () => void ask(new URLSearchParams(location.search).get('q') ?? '', false);
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }, []);

  const error = typeof model.error === 'string' ? model.error : model.error?.message;
  return html`<h1 class="vh">Tasks</h1>
    <${QueryBar} query=${model.query} busy=${asked !== model.query} error=${error ?? ''} rows=${rows} facets=${model.facets} ask=${ask} count=${rows.length} more=${next != null} />
    <${TaskList} rows=${rows} query=${model.query} error=${error ?? ''} next=${next} more=${more} state=${state} searched=${(older ?? model).searched_to} />`;
};
