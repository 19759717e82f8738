/** Copying: exact values instead of rounded ones, and buttons that copy a text. */

/** @type {ReturnType<typeof setTimeout> | undefined} */
let hiding;

/** A word at the bottom of the page, gone after a moment. @param {string} text */
export function toast(text) {
  const old = document.querySelector('.toast');
  const el = old ?? document.createElement('div');
  el.className = 'toast enter';
  el.setAttribute('role', 'status');
  el.textContent = text;
  document.body.append(el);
  clearTimeout(hiding);
  hiding = setTimeout(() => el.remove(), 1800);
}

/** @param {string} text @param {string} what named in the confirmation */
export async function copyText(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`Copied ${what}`);
  } catch {
    toast('This browser did not allow copying: select the text instead');
  }
}

/** @param {ClipboardEvent} event */
function exact(event) {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !event.clipboardData) return;
  const fragment = selection.getRangeAt(0).cloneContents();
  const values = /** @type {NodeListOf<HTMLElement>} */ (fragment.querySelectorAll('[data-exact]'));
  if (!values.length) return;
  for (const el of values) el.textContent = el.dataset['exact'] ?? '';
  event.clipboardData.setData('text/plain', fragment.textContent ?? '');
  event.preventDefault();
}

/** @param {Event} event */
function clicked(event) {
  const from = event.target instanceof Element ? event.target.closest('[data-copy]') : null;
  if (from instanceof HTMLElement) void copyText(from.dataset['copy'] ?? '', from.dataset['what'] ?? 'it');
}

export function watchCopies() {
  document.addEventListener('copy', exact);
  document.addEventListener('click', clicked);
}
