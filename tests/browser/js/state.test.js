import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyDelta, applyList, hold, joinPages, merge } from '../../../static/js/state.js';

const model = () => ({ rev: 1, runs: [{ id: 'a', n: 1 }, { id: 'b', n: 2 }], charts: { depth: { t: [1], series: [{ name: 'p', values: [5] }] } } });

test('what did not change keeps its identity, so that views can skip it', () => {
  const before = model();
  const after = applyDelta(before, { n: 1, lists: { runs: { upsert: [{ id: 'b', n: 3 }] } } });
  assert.equal(after.runs[0], before.runs[0]);
  assert.notEqual(after.runs[1], before.runs[1]);
  assert.deepEqual(before, model(), 'the old model is untouched');
});

test('a patch changes the fields it brings and no others', () => {
  assert.deepEqual(merge({ id: 'a', x: 1, y: 2 }, { id: 'a', y: null }), { id: 'a', x: 1, y: null });
});

test('order decides, and leaves out what it does not name', () => {
  const items = applyList([{ id: 'a' }, { id: 'b' }], { upsert: [{ id: 'c' }], remove: ['a'], order: ['c', 'b', 'ghost'] });
  assert.deepEqual(items.map((i) => i.id), ['c', 'b']);
});

test('a sample in a patch grows its series once, also when it is sent twice', () => {
  const node = { id: 'n', cpu: 1, cpu_series: { t: [10], values: [1] } };
  const once = merge(node, { id: 'n', cpu: 2, at: 11 });
  assert.deepEqual(once.cpu_series, { t: [10, 11], values: [1, 2] });
  assert.equal(merge(once, { id: 'n', cpu: 2, at: 11 }).cpu_series, once.cpu_series);
});

test('a steady value goes on as a line: a patch with a time but no value repeats it', () => {
  const node = { id: 'n', cpu: 1, cpu_series: { t: [10], values: [1] }, rss_series: null, rss: 7 };
  const next = merge(node, { id: 'n', at: 11 });
  assert.deepEqual(next.cpu_series, { t: [10, 11], values: [1, 1] });
  assert.deepEqual(next.rss_series, { t: [11], values: [7] });
});

test('points reach the charts they are for', () => {
  const after = applyDelta(model(), { n: 2, points: { charts: { depth: { t: [2], values: { p: [6], q: [1] } } } } });
  assert.deepEqual(after.charts.depth, { t: [1, 2], series: [{ name: 'p', values: [5, 6] }, { name: 'q', values: [null, 1] }] });
});

test('a row under the pointer does not slide away: shown rows stay, new ones wait at the end', () => {
  const held = hold([{ id: 'a' }, { id: 'b' }], [{ id: 'new' }, { id: 'b', n: 9 }]);
  assert.deepEqual(held, [{ id: 'a', gone: true }, { id: 'b', n: 9 }, { id: 'new' }]);
});

test('pages that overlap show no task twice', () => {
  assert.deepEqual(joinPages([{ id: '3' }, { id: '2' }], [{ id: '2' }, { id: '1' }]).map((i) => i.id), ['3', '2', '1']);
});
