/** Light, dark or as the system: kept in this browser, told to whoever draws with colours of its own. */
import { signal } from '@preact/signals';

/** @typedef {'system' | 'light' | 'dark'} Theme */
const KEY = 'procscope.theme';
const ORDER = /** @type {Theme[]} */ (['system', 'light', 'dark']);

/** @returns {Theme} */
function stored() {
  try {
    return ORDER.find((t) => t === localStorage.getItem(KEY)) ?? 'system';
  } catch {
    return 'system';
  }
}

export const theme = signal(stored());
/** Grows whenever colours change, whoever changed them. */
export const repaint = signal(0);

/** @param {Theme} value */
export function setTheme(value) {
  theme.value = value;
  if (value === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = value;
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // A browser that keeps nothing: the choice lasts as long as the page.
  }
  repaint.value += 1;
}

export function nextTheme() {
  setTheme(ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length] ?? 'system');
}

export function watchSystem() {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => (repaint.value += 1));
}

/**
 * What a token is now, as a colour a canvas understands.
 * @param {string} token like --ink
 */
export function colour(token) {
  const probe = document.createElement('i');
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
