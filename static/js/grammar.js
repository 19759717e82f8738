/** What the query bar offers while one types. Pure; the server's parser is the judge of what is right. */

export const KEYS = [
  { key: 'state:', hint: 'pending, running, succeeded, failed, cancelled, lost' },
  { key: 'func:', hint: 'a function’s name, or a part of it' },
  { key: 'run:', hint: 'last, or the beginning of a run’s id' },
  { key: 'worker:', hint: 'the pid of the process that ran it' },
  { key: 'pool:', hint: 'a pool’s or executor’s name' },
  { key: 'slower:', hint: 'ran longer than: 100ms, 1s, 5m' },
  { key: 'since:', hint: 'newer than: 10m, 2h, 7d' },
];

/** @type {Record<string, string[]>} */
const VALUES = {
  'state:': ['failed', 'lost', 'running', 'pending', 'succeeded', 'cancelled'],
  'run:': ['last'],
  'slower:': ['100ms', '1s', '10s', '1m'],
  'since:': ['10m', '1h', '24h', '7d'],
};

/**
 * The word around the cursor.
 * @param {string} text @param {number} cursor @returns {{from: number, to: number, word: string}}
 */
export function wordAt(text, cursor) {
  let from = cursor;
  while (from > 0 && !/\s/.test(text[from - 1] ?? ' ')) from -= 1;
  let to = cursor;
  while (to < text.length && !/\s/.test(text[to] ?? ' ')) to += 1;
  return { from, to, word: text.slice(from, to) };
}

/**
 * Completions for the word at the cursor: keys first, then the values of a key. `known` adds values seen on the page.
 * @param {string} text @param {number} cursor @param {Record<string, string[]>} [known] by key, as {"func:": [...]}
 * @returns {{insert: string, hint: string}[]}
 */
export function complete(text, cursor, known = {}) {
  const { word } = wordAt(text, cursor);
  const bare = word.replace(/^-/, '');
  const sign = word.slice(0, word.length - bare.length);
  const colon = bare.indexOf(':');
  if (colon < 0) {
    const found = KEYS.filter(({ key }) => key.startsWith(bare.toLowerCase()));
    return found.map(({ key, hint }) => ({ insert: sign + key, hint }));
  }
  const key = bare.slice(0, colon + 1).toLowerCase();
  const typed = bare.slice(colon + 1).toLowerCase();
  const values = [...new Set([...(VALUES[key] ?? []), ...(known[key] ?? [])])];
  const fitting = values.filter((v) => v.toLowerCase().includes(typed) && v.toLowerCase() !== typed);
  return fitting.slice(0, 8).map((v) => ({ insert: `${sign}${key}${/\s/.test(v) ? `"${v}"` : v} `, hint: '' }));
}

/**
 * The text and cursor after a completion is taken.
 * @param {string} text @param {number} cursor @param {string} insert @returns {{text: string, cursor: number}}
 */
export function accept(text, cursor, insert) {
  const { from, to } = wordAt(text, cursor);
  const after = text.slice(to).replace(/^\s+/, insert.endsWith(' ') ? '' : ' ');
  return { text: text.slice(0, from) + insert + after, cursor: from + insert.length };
}

/**
 * The query with a term switched on or off; the other terms of the same key leave when it comes.
 * @param {string} query @param {string} term like state:failed @returns {string}
 */
export function toggle(query, term) {
  const words = query.split(/\s+/).filter(Boolean);
  if (words.includes(term)) return words.filter((w) => w !== term).join(' ');
  const key = term.slice(0, term.indexOf(':') + 1);
  return [...words.filter((w) => !w.startsWith(key)), term].join(' ');
}
