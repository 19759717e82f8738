import assert from 'node:assert/strict';
import { test } from 'node:test';
import { append, extend, polylines, valuesOf } from '../../../static/js/series.js';
import { byteTicks, newest, stacked } from '../../../static/js/charts/stack.js';

test('a page left open for a week keeps a bounded series', () => {
  let series = { t: [], values: [] };
  for (let t = 0; t < 500; t += 1) series = append(series, t, t, 120);
  assert.equal(series.t.length, 120);
  assert.equal(series.values[119], 499);
});

test('a late point does not bend the line back', () => {
  const series = { t: [5], values: [1] };
  assert.equal(append(series, 4, 9), series);
});

test('a chart is pruned on all its lines alike', () => {
  const chart = extend({ t: [1, 2], series: [{ name: 'a', values: [1, 2] }] }, { t: [2, 3], values: { a: [9, 3] } }, 2);
  assert.deepEqual(chart, { t: [2, 3], series: [{ name: 'a', values: [2, 3] }] });
});

test('a gap in the samples is a gap in the line', () => {
  assert.equal(polylines([1, null, 2, 3], 30, 10).length, 2);
  assert.deepEqual(polylines([], 30, 10), []);
});

test('bare numbers, series and nothing are all series', () => {
  assert.deepEqual([valuesOf([1]), valuesOf({ t: [1], values: [2] }), valuesOf(null)], [[1], [2], []]);
});

test('stacked lines add up, and a worker that is gone adds nothing', () => {
  const chart = { t: [1, 2, 3], series: [{ name: 'a', values: [1, 1, null] }, { name: 'b', values: [2, null, null] }] };
  assert.deepEqual(stacked(chart), [[1, 1, null], [3, 1, null]]);
  assert.equal(newest({ t: [1], series: [{ name: 'a', values: [1] }, { name: 'b', values: [2] }] }, true), 3);
});

test('ticks of sizes are few and at powers of two', () => {
  assert.deepEqual(byteTicks(3.9 * 2 ** 30, 4), [0, 2 ** 30, 2 * 2 ** 30, 3 * 2 ** 30]);
});
