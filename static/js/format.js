/**
 * Numbers, times and names as a person reads them. Pure. A missing value is an en dash, everywhere.
 * The server's template filters say the same things in the same words, so that nothing changes when scripts take over.
 */

export const NONE = '–';

/** @param {number} value @param {number} digits */
const fixed = (value, digits) => value.toFixed(digits);

/**
 * Seconds to two units at most: 41 ms, 3.2 s, 4 m 12 s, 2 h 05 m, 3 d 4 h.
 * @param {number | null | undefined} seconds @returns {string}
 */
export function duration(seconds) {
  if (seconds == null || !Number.isFinite(seconds)) return NONE;
  if (seconds < 0) return `−${duration(-seconds)}`;
  if (seconds === 0) return '0 s';
  if (seconds < 0.0009995) return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 0.00995) return `${fixed(seconds * 1e3, 1)} ms`;
  if (seconds < 0.9995) return `${Math.round(seconds * 1e3)} ms`;
  if (seconds < 9.95) return `${fixed(seconds, 1)} s`;
  return seconds < 60 ? `${Math.floor(seconds)} s` : long(Math.floor(seconds));
}

/** @param {number} s whole seconds, 60 or more */
function long(s) {
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  if (s < 3600) return `${Math.floor(s / 60)} m ${two(s % 60)} s`;
  const minutes = Math.floor(s / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/**
 * How long ago, to one unit, for a sentence: "12 m ago", "just now".
 * @param {number | null | undefined} seconds
 */
export function ago(seconds) {
  if (seconds == null || !Number.isFinite(seconds)) return NONE;
  const s = Math.floor(seconds);
  if (s < 1) return 'just now';
  if (s < 60) return `${s} s ago`;
  if (s < 3600) return `${Math.floor(s / 60)} m ago`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ago`;
  return `${Math.floor(s / 86400)} d ago`;
}

/**
 * An age that ticks once a second: no tenths, so that the width is steady.
 * @param {number | null | undefined} seconds
 */
export function age(seconds) {
  if (seconds == null || !Number.isFinite(seconds)) return NONE;
  const s = Math.max(0, Math.floor(seconds));
  return s < 60 ? `${s} s` : long(s);
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/**
 * Bytes in powers of 1024, three figures: 412 MB, 3.1 GB.
 * @param {number | null | undefined} value
 */
export function bytes(value) {
  if (value == null || !Number.isFinite(value)) return NONE;
  let unit = 0;
  let rest = value;
  while (rest >= 999.5 && unit < UNITS.length - 1) {
    rest /= 1024;
    unit += 1;
  }
  return `${unit > 0 && rest < 9.95 ? fixed(rest, 1) : Math.round(rest)} ${UNITS[unit]}`;
}

/**
 * A whole number with its digits grouped: 1,204.
 * @param {number | null | undefined} value
 */
export function count(value) {
  if (value == null || !Number.isFinite(value)) return NONE;
  return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/**
 * A rate: 142, 3.4, 0.2.
 * @param {number | null | undefined} value
 */
export function rate(value) {
  if (value == null || !Number.isFinite(value)) return NONE;
  return value === 0 || value >= 9.95 ? count(value) : fixed(value, 1);
}

/** @param {number | null | undefined} value 0 to 100 (or more: a process on several cores) */
export function percent(value) {
  return value == null || !Number.isFinite(value) ? NONE : `${Math.round(value)} %`;
}

/** @param {string | null | undefined} iso @returns {number | null} epoch seconds */
export function epoch(iso) {
  if (!iso) return null;
  const ms = Date.parse(iso.replace(/(\.\d{3})\d+/, '$1'));
  return Number.isNaN(ms) ? null : ms / 1000;
}

/**
 * The time of day in this browser's zone; the date as well when it is not today.
 * @param {string | null | undefined} iso @param {number} digits of the second's fraction (0 or 3) @param {number} [nowS]
 */
export function clock(iso, digits = 3, nowS) {
  const at = epoch(iso);
  if (at == null) return NONE;
  const d = new Date(at * 1000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const time = `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
  const text = digits ? `${time}.${String(d.getMilliseconds()).padStart(3, '0')}` : time;
  if (nowS == null || new Date(nowS * 1000).toDateString() === d.toDateString()) return text;
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${text}`;
}
