/** The sheet of keys. It is in the page's markup, so that it can be read without scripts as well. */

/** @returns {HTMLDialogElement | null} */
const sheet = () => document.querySelector('dialog.sheet');

export function toggleSheet() {
  const dialog = sheet();
  if (!dialog) return;
  if (dialog.open) dialog.close();
  else dialog.showModal();
}

/** @returns {boolean} whether there was one to close */
export function closeSheet() {
  const dialog = sheet();
  if (!dialog?.open) return false;
  dialog.close();
  return true;
}

export function watchSheet() {
  document.querySelector('[data-act="sheet"]')?.addEventListener('click', toggleSheet);
  document.querySelector('dialog.sheet .close')?.addEventListener('click', closeSheet);
  sheet()?.addEventListener('click', (event) => {
    if (event.target === sheet()) closeSheet();
  });
}
