/** Names and calls that come from the program: how they are shortened, coloured and composed. Pure. */

/**
 * The last part of a qualified name, which is what one calls it: pkg.mod.resize to resize, Loader.run stays.
 * @param {string | null | undefined} name
 */
export function shortName(name) {
  if (!name) return '';
  const parts = name.split('.').filter((part) => part !== '<locals>');
  const last = parts[parts.length - 1] ?? '';
  const before = parts[parts.length - 2];
  return before && /^[A-Z]/.test(before) ? `${before}.${last}` : last;
}

/**
 * A call as one would type it: resize('IMG_0231.png', 4096).
 * @param {string | null | undefined} func @param {string | null | undefined} args
 */
export function call(func, args) {
  const text = (args ?? '').trim();
  const inner = text.startsWith('(') && text.endsWith(')') ? text.slice(1, -1).replace(/,$/, '') : text;
  return `${shortName(func)}(${inner})`;
}

/**
 * A long text in two halves; CSS shortens the first half only, so that the middle goes and the whole can be copied.
 * @param {string} text @param {number} [tail] characters that always stay
 * @returns {[string, string]}
 */
export function halves(text, tail = 10) {
  const letters = Array.from(text);
  if (letters.length <= tail * 2) return [text, ''];
  return [letters.slice(0, -tail).join(''), letters.slice(-tail).join('')];
}

/**
 * At most `max` characters, the middle replaced by an ellipsis.
 * @param {string} text @param {number} max
 */
export function middle(text, max) {
  const letters = Array.from(text);
  if (letters.length <= max) return text;
  const head = Math.ceil((max - 1) / 2);
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (max - 1 - head)).join('')}`;
}

/**
 * The mark of a function: the same on every page and in every session. Seven colours that colour-blind eyes tell apart,
 * in three shapes. 32-bit FNV-1a of the name.
 * @param {string | null | undefined} name @returns {{colour: number, shape: number}} the N of --fn-N (0 to 6), and 0 to 2
 */
export function markOf(name) {
  let hash = 0x811c9dc5;
  for (const letter of name ?? '') {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return { colour: hash % 7, shape: (hash >>> 11) % 3 };
}

/**
 * "item 17 of 400", "item 17", or nothing for a task of its own.
 * @param {number | null | undefined} index @param {number | null | undefined} of
 */
export function item(index, of) {
  if (index == null || index < 0) return '';
  return of ? `item ${index} of ${of}` : `item ${index}`;
}
