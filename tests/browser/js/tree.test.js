import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visibleRows, windowOf } from '../../../static/js/tree.js';
import { place } from '../../../static/js/dots.js';

const nodes = [{ id: 'm', parent: null }, { id: 'p', parent: 'm' }, { id: 'w', parent: 'p' }, { id: 'g', parent: 'w' }, { id: 'q', parent: 'm' }];

test('folding a pool hides its workers and their children, and nothing else', () => {
  assert.deepEqual(visibleRows(nodes, new Set(['p'])).map((r) => r.node.id), ['m', 'p', 'q']);
  assert.equal(visibleRows(nodes, new Set()).length, 5);
});

test('a window on a thousand rows renders some dozens of them, from first to last', () => {
  for (const top of [-500, 0, 1000, 31_000, 90_000]) {
    const { from, to } = windowOf(1000, 32, top, 900);
    assert.ok(to - from < 90, `${to - from} rows at ${top}`);
    assert.ok(from >= 0 && to <= 1000 && from <= to);
  }
  assert.equal(windowOf(1000, 32, 0, 900).from, 0);
  assert.equal(windowOf(1000, 32, 31_200, 900).to, 1000);
});

test('two hundred equal durations are two hundred dots inside the box', () => {
  const dots = place(Array.from({ length: 200 }, (_, i) => ({ id: String(i), run_s: 0.04, state: 'succeeded', this: false })), 600, 60);
  assert.equal(dots.length, 200);
  assert.ok(dots.every((d) => d.x >= 0 && d.x <= 600 && d.y >= 0 && d.y <= 60));
});
