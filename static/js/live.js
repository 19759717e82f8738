/** What the page knows and how fresh it is, as signals. Messages wait here and are applied once a frame. */
import { batch, signal } from '@preact/signals';
import { freeze, setNow } from './lib/ticker.js';
import { applyDelta } from './state.js';

/** @typedef {{kind: 'model', n: number, model: any} | ({kind: 'delta'} & import('./state.js').Delta)} Message */

/** @type {import('@preact/signals').Signal<any>} */
export const model = signal(null);
/** What the wire says: connecting at first, then live or down. */
export const wire = signal(/** @type {'connecting' | 'live' | 'down' | 'refused'} */ ('connecting'));
/** Epoch ms of the last message applied. */
export const heard = signal(Date.now());
/** A sentence from the server about a request it could not serve. */
export const trouble = signal('');

/** @type {Message[]} */
let waiting = [];
let scheduled = false;

/**
 * Keep a message for the next frame.
 * @param {Message} message @param {(n: number) => void} ack called with the newest number once all are applied
 */
export function receive(message, ack) {
  waiting.push(message);
  if (scheduled) return;
  scheduled = true;
  // A hidden tab gets no frames, but must go on acknowledging or the server drops it.
  if (document.hidden) setTimeout(() => flush(ack), 250);
  else requestAnimationFrame(() => flush(ack));
}

/** @param {(n: number) => void} ack */
function flush(ack) {
  scheduled = false;
  const messages = waiting;
  waiting = [];
  let next = model.peek();
  for (const message of messages) {
    next = message.kind === 'model' ? message.model : applyDelta(next, message);
  }
  batch(() => {
    model.value = next;
    heard.value = Date.now();
    settle();
    setNow(next.now);
  });
  ack(messages[messages.length - 1]?.n ?? 0);
}

/** Ages stand still as soon as nothing fresh can come. */
export function settle() {
  const down = wire.peek() === 'down' || wire.peek() === 'refused';
  const stale = model.peek()?.collector === 'stale';
  freeze(down || stale, stale ? model.peek().stale_since : null);
}

/** @param {'connecting' | 'live' | 'down' | 'refused'} state */
export function setWire(state) {
  wire.value = state;
  settle();
}
