/**
 * What the page knows, as plain data, and how a message changes it. Pure: no clock, no DOM; nothing given is changed,
 * and what did not change keeps its identity, so that a view can skip it.
 *
 * @typedef {Record<string, any> & {id: string}} Item
 * @typedef {Record<string, any>} Model
 * @typedef {{upsert?: Item[], remove?: string[], order?: string[]}} ListChange
 * @typedef {{n: number, set?: Record<string, any>, lists?: Record<string, ListChange>, points?: Record<string, Record<string, import('./series.js').Points>>}} Delta
 */
import { append, extend } from './series.js';

/**
 * The model after a delta. A delta for a list the model does not have starts that list.
 * @param {Model} model @param {Delta} delta @returns {Model}
 */
export function applyDelta(model, delta) {
  const next = { ...model, ...delta.set };
  for (const [name, change] of Object.entries(delta.lists ?? {})) {
    next[name] = applyList(next[name] ?? [], change);
  }
  for (const [field, charts] of Object.entries(delta.points ?? {})) {
    const grown = { ...next[field] };
    for (const [name, points] of Object.entries(charts)) grown[name] = extend(grown[name], points);
    next[field] = grown;
  }
  return next;
}

/**
 * @param {Item[]} items @param {ListChange} change @returns {Item[]}
 */
export function applyList(items, change) {
  const byId = new Map(items.map((item) => [item.id, item]));
  for (const id of change.remove ?? []) byId.delete(id);
  for (const patch of change.upsert ?? []) byId.set(patch.id, merge(byId.get(patch.id), patch));
  if (!change.order) return [...byId.values()];
  const ordered = change.order.flatMap((id) => byId.get(id) ?? []);
  return ordered;
}

/**
 * A patch laid over an item. A patch with `at` also grows every X_series by what X is then, changed or not.
 * @param {Item | undefined} item @param {Item} patch @returns {Item}
 */
export function merge(item, patch) {
  if (!item) return patch;
  const next = { ...item, ...patch };
  const at = patch['at'];
  if (typeof at !== 'number') return next;
  for (const field of Object.keys(item)) {
    if (!field.endsWith('_series')) continue;
    const value = next[field.slice(0, -'_series'.length)];
    if (value !== undefined && !(field in patch)) next[field] = append(item[field], at, value);
  }
  return next;
}

/**
 * The order of rows while a pointer rests on them: those shown keep their places, also when they left (a row must not
 * slide under a click), and new ones wait at the end.
 * @param {Item[]} shown what is on the screen @param {Item[]} items what is true now @returns {Item[]}
 */
export function hold(shown, items) {
  const byId = new Map(items.map((item) => [item.id, item]));
  const kept = shown.map((item) => byId.get(item.id) ?? { ...item, gone: true });
  const held = new Set(shown.map((item) => item.id));
  return [...kept, ...items.filter((item) => !held.has(item.id))];
}

/**
 * Two pages of a list as one, without doubles; the newer page's items win.
 * @param {Item[]} head @param {Item[]} older @returns {Item[]}
 */
export function joinPages(head, older) {
  const seen = new Set(head.map((item) => item.id));
  return [...head, ...older.filter((item) => !seen.has(item.id))];
}
