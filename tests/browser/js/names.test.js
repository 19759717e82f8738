import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, halves, item, markOf, middle, shortName } from '../../../static/js/names.js';

const WRITTEN = [{ colour: 6, shape: 0 }, { colour: 0, shape: 2 }, { colour: 6, shape: 2 }];

test('a name keeps its colour and shape for ever: these are written down', () => {
  assert.deepEqual(['nightly.resize', 'nightly.load', 'nightly.fetch'].map((n) => markOf(n)), WRITTEN);

  for (const name of ['', 'ä', '𝕏'.repeat(300), undefined]) assert.ok(markOf(name).colour >= 0 && markOf(name).colour < 7 && markOf(name).shape < 3);
});

test('a long name loses its middle, and both halves together are the whole', () => {
  const text = 'pkg.module.function("/a/very/long/path/to/IMG_0231.png")';
  assert.equal(halves(text).join(''), text);
  assert.equal(middle('abcdefghij', 5), 'ab…ij');
});

test('an emoji at the cut is not cut in two', () => {
  const [head, tail] = halves('😀'.repeat(30), 10);
  assert.equal(head + tail, '😀'.repeat(30));
  assert.equal(Array.from(tail).length, 10);
});

test('a call reads as one would type it', () => {
  assert.equal(call('pkg.mod.load', "'s3://x', n=3"), "load('s3://x', n=3)");
  assert.equal(call('job.main.<locals>.work', '(1,)'), 'work(1)');
  assert.equal(shortName('job.Loader.run'), 'Loader.run');
  assert.equal(item(17, 400), 'item 17 of 400');
  assert.equal(item(null, 3), '');
});
