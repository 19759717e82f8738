/** The keyboard: / search, j k move, enter open, h l fold, esc back, ? the sheet. */
import { nextTheme } from './theme.js';
import { toggleSheet, closeSheet } from './sheet.js';

/** @param {EventTarget | null} target */
const typing = (target) => target instanceof HTMLElement && (target.matches('input, textarea, select') || target.isContentEditable);

function rows() {
  return /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-row]')]);
}

/** Move the focus by one row; from nowhere, to the first row that can be seen. @param {number} step */
function move(step) {
  const all = rows();
  const from = all.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
  const seen = all.findIndex((row) => row.getBoundingClientRect().bottom > 120);
  const next = all[from < 0 ? Math.max(0, seen) : Math.min(all.length - 1, Math.max(0, from + step))];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
}

function search() {
  const input = /** @type {HTMLInputElement | null} */ (document.querySelector('#q'));
  if (!input) {
    location.assign('/tasks#q');
    return;
  }
  input.focus();
  input.select();
}

function open() {
  const row = document.activeElement;
  if (row instanceof HTMLElement && row.dataset['href']) location.assign(row.dataset['href']);
}

function back() {
  const up = document.body.dataset['up'];
  if (closeSheet()) return;
  if (document.activeElement instanceof HTMLElement && document.activeElement.matches('[data-row]')) document.activeElement.blur();
  else if (up) location.assign(up);
}

/** @param {boolean} wanted */
function fold(wanted) {
  const button = document.activeElement?.querySelector('.fold');
  if (button instanceof HTMLElement && (button.getAttribute('aria-expanded') === 'true') !== wanted) button.click();
}

/** @type {Record<string, () => void>} */
const ACTIONS = {
  '/': search, '?': toggleSheet, j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1),
  Enter: open, Escape: back, t: nextTheme, l: () => fold(true), h: () => fold(false), ArrowRight: () => fold(true), ArrowLeft: () => fold(false),
};

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (typing(event.target)) {
    if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur();
    return;
  }
  const onRow = document.activeElement?.matches('[data-row]');
  if (event.key.startsWith('Arrow') && !onRow) return;
  const action = ACTIONS[event.key];
  if (!action) return;
  // Enter on a link or a button is the browser's own business.
  if (event.key === 'Enter' && !(onRow && document.activeElement?.hasAttribute('data-href'))) return;
  event.preventDefault();
  action();
}

export function watchKeys() {
  document.addEventListener('keydown', pressed);
  if (location.hash === '#q') search();
}
