/** The page's clock: the server's time, ticking once a second, standing still while the data is stale. */
import { signal } from '@preact/signals';
import { epoch } from '../format.js';

/** Epoch seconds by the server's clock; reading it in a view makes that view tick. */
export const now = signal(Date.now() / 1000);

let ahead = 0;
let frozen = false;

/** Take the server's time from a message. @param {string | null | undefined} iso */
export function setNow(iso) {
  const at = epoch(iso);
  if (at == null) return;
  ahead = at - performance.now() / 1000;
  if (!frozen) now.value = at;
}

/**
 * Stop or go: an age that ticks on while nothing is heard would be a lie.
 * @param {boolean} stop @param {string | null | undefined} [at] the moment of which the page tells, if it is known
 */
export function freeze(stop, at) {
  frozen = stop;
  if (stop) now.value = epoch(at) ?? now.value;
}

export function startTicking() {
  setInterval(() => {
    if (!frozen) now.value = performance.now() / 1000 + ahead;
  }, 1000);
}
