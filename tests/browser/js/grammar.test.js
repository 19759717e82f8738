import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accept, complete, toggle } from '../../../static/js/grammar.js';

test('keys first, then the values of a key', () => {
  assert.deepEqual(complete('s', 1).map((c) => c.insert), ['state:', 'slower:', 'since:']);
  assert.deepEqual(complete('state:f', 7).map((c) => c.insert), ['state:failed ']);
  assert.deepEqual(complete('func:lo', 7, { 'func:': ['load', 'resize'] }).map((c) => c.insert), ['func:load ']);
});

test('a name with blanks is quoted', () => {
  assert.deepEqual(complete('pool:my', 7, { 'pool:': ['my pool'] }).map((c) => c.insert), ['pool:"my pool" ']);
});

test('taking a completion replaces the word under the cursor and no other', () => {
  const { text, cursor } = accept('state:fa func:load', 8, 'state:failed ');
  assert.equal(text, 'state:failed func:load');
  assert.equal(cursor, 13);
});

test('a pick replaces the term of its own key and leaves the others', () => {
  assert.equal(toggle('func:load state:failed', 'state:lost'), 'func:load state:lost');
  assert.equal(toggle('func:load state:lost', 'state:lost'), 'func:load');
});
