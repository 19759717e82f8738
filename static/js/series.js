/**
 * Series of points: {t: [epoch seconds], values: [number or null]}. Pure: nothing here changes what it is given.
 * @typedef {{t: number[], values: (number | null)[]}} Series
 * @typedef {{t: number[], series: {name: string, values: (number | null)[]}[], limit?: number | null}} Chart
 * @typedef {{t: number[], values: Record<string, (number | null)[]>}} Points
 */

export const ROW_CAP = 120;
export const CHART_CAP = 600;

/** @param {any} given a Series, a bare list of numbers, or nothing @returns {(number | null)[]} */
export function valuesOf(given) {
  if (Array.isArray(given)) return given;
  return given?.values ?? [];
}

/**
 * One more point; a point not newer than the last replaces nothing and is dropped.
 * @param {Series | null | undefined} series @param {number} t @param {number | null} value @param {number} [cap]
 * @returns {Series}
 */
export function append(series, t, value, cap = ROW_CAP) {
  const old = series ?? { t: [], values: [] };
  const last = old.t[old.t.length - 1];
  if (last !== undefined && t <= last) return old;
  const from = Math.max(0, old.t.length + 1 - cap);
  return { t: [...old.t.slice(from), t], values: [...old.values.slice(from), value] };
}

/**
 * New points at the end of a chart. A series that brings none gets nulls; a new one starts with nulls.
 * @param {Chart | null | undefined} chart @param {Points} points @param {number} [cap]
 * @returns {Chart}
 */
export function extend(chart, points, cap = CHART_CAP) {
  const old = chart ?? { t: [], series: [] };
  const last = old.t[old.t.length - 1] ?? -Infinity;
  const first = points.t.findIndex((t) => t > last);
  if (first < 0) return old;
  const fresh = points.t.slice(first);
  const names = new Set([...old.series.map((s) => s.name), ...Object.keys(points.values)]);
  const before = new Map(old.series.map((s) => [s.name, s.values]));
  const from = Math.max(0, old.t.length + fresh.length - cap);
  const series = [...names].map((name) => {
    const known = before.get(name) ?? old.t.map(() => null);
    const added = points.values[name]?.slice(first) ?? fresh.map(() => null);
    return { name, values: [...known, ...added].slice(from) };
  });
  return { ...old, t: [...old.t, ...fresh].slice(from), series };
}

/**
 * The points of a polyline in a box of `width` × `height`, newest at the right; gaps where a value is missing.
 * @param {(number | null)[]} values @param {number} width @param {number} height @param {number | null} [top] the value at the top edge; a little above the highest if not given
 * @returns {string[]} one "x,y x,y …" for each unbroken stretch
 */
export function polylines(values, width, height, top = null) {
  const max = top || Math.max(0, ...values.map((v) => v ?? 0)) * 1.15 || 1;
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  /** @type {string[][]} */
  const lines = [[]];
  values.forEach((value, i) => {
    if (value == null) lines.push([]);
    else lines[lines.length - 1]?.push(`${(i * step).toFixed(1)},${(height - Math.min(1.2, value / max) * height).toFixed(1)}`);
  });
  return lines.filter((line) => line.length > 0).map((line) => line.join(' '));
}
