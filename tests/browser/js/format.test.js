import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as f from '../../../static/js/format.js';

test('a duration has two units at most, and never says 60 s or 1000 ms', () => {
  const said = [0, 4.2e-5, 0.0042, 0.041, 0.9994, 0.9996, 1, 3.21, 9.96, 59.99, 60, 252, 3599.9, 3600, 90061].map(f.duration);
  assert.deepEqual(said, ['0 s', '42 µs', '4.2 ms', '41 ms', '999 ms', '1.0 s', '1.0 s', '3.2 s', '9 s', '59 s', '1 m 00 s', '4 m 12 s', '59 m 59 s', '1 h 00 m', '1 d 1 h']);
});

test('a value that is missing or no number is a dash, in every format', () => {
  for (const format of [f.duration, f.ago, f.age, f.bytes, f.count, f.rate, f.percent]) {
    for (const missing of [null, undefined, Number.NaN, Infinity]) assert.equal(format(missing), f.NONE);
  }
  assert.equal(f.clock('not a time'), f.NONE);
});

test('a clock that runs ahead of the server does not make ages negative', () => {
  assert.equal(f.age(-3), '0 s');
  assert.equal(f.ago(-3), 'just now');
});

test('sizes never need four digits', () => {
  assert.deepEqual([0, 999, 1000, 412 * 2 ** 20, 3.1 * 2 ** 30, 1023.9 * 2 ** 20].map(f.bytes), ['0 B', '999 B', '1.0 KB', '412 MB', '3.1 GB', '1.0 GB']);
});

test('digits are grouped, small rates keep a decimal', () => {
  assert.equal(f.count(1234567), '1,234,567');
  assert.deepEqual([0, 0.24, 9.96, 142].map(f.rate), ['0', '0.2', '10', '142']);
});

test('microseconds of the server do not confuse the parser', () => {
  assert.equal(f.epoch('2026-01-02T03:04:05.123456Z'), Date.UTC(2026, 0, 2, 3, 4, 5, 123) / 1000);
});
