import assert from 'node:assert/strict';
import { test } from 'node:test';
import { curves, HEIGHT, thickness } from '../../../static/js/views/sync/flow.js';

test('a producer of nothing still has a line, and the busiest the thickest', () => {
  assert.equal(thickness(0, 1000), 1);
  assert.equal(thickness(1000, 1000), 5);
  assert.ok(thickness(10, 1000) > 1 && thickness(10, 1000) < 5);
});

test('lines end in the middle of the queue, from the middle of each row', () => {
  const [first, second] = curves([{ items: 1 }, { items: 2 }], 4, true);
  const centre = 2 * HEIGHT;
  assert.equal(first?.d, `M0,${centre - HEIGHT / 2} C50,${centre - HEIGHT / 2} 50,${centre} 100,${centre}`);
  assert.ok(second?.d.endsWith(`100,${centre}`));
  assert.deepEqual(curves([], 3, true), []);
});
