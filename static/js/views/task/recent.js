/** This function's last durations as dots, with this one marked: is it odd? */
import { html } from '../../lib/html.js';
import { useWidth } from '../../lib/width.js';
import { axis, place } from '../../dots.js';
import { duration } from '../../format.js';

const TOP = 38;
const H = 64;
const BASE = TOP + H + 4;

/** A label beside an x, on the side where there is room. @param {number} x @param {number} width @param {number} [least] room it needs, px */
const anchor = (x, width, least = 120) => (x < least ? 'start' : x > width - least ? 'end' : 'middle');

/** @param {{name: string, s: number, x: number, left: boolean, y?: number}} props */
const Mark = ({ name, s, x, left, y = 14 }) => html`<g><line class="mark" x1=${x} x2=${x} y1=${y - 8} y2=${BASE} />
  <text x=${x + (left ? -6 : 6)} y=${y} text-anchor=${left ? 'end' : 'start'}>${name} ${duration(s)}</text></g>`;

/** @param {{recent: NonNullable<import('../../model.js').Task['recent']>, task: import('../../model.js').Task['task']}} props */
export const RecentDots = ({ recent, task }) => {
  const { ref, width } = useWidth(600);
  const mineIs = recent.runs.find((r) => r.this)?.run_s ?? task.run_s;
  const dots = place(recent.runs, width, H).map((d) => ({ ...d, y: d.y + TOP }));
  const scale = axis(recent.runs.flatMap((r) => r.run_s ?? []));
  const at = (/** @type {number} */ s) => Math.min(1, Math.max(0, scale(s))) * width;
  const bad = task.state === 'failed' || task.state === 'lost' ? 'bad' : '';
  const mine = mineIs == null ? null : at(mineIs);
  const { p50_s: p50, p99_s: p99 } = recent;
  const words = `Durations of the last ${recent.runs.length} runs: p50 ${duration(p50)}, p99 ${duration(p99)}; this one ${duration(mineIs)}.`;
  return html`<section class="section" aria-labelledby="recent"><h2 id="recent">This function<small>last ${recent.runs.length} durations</small></h2>
    <div class="body dots-room" ref=${ref}><svg class="dots" width=${width} height=${BASE + 34} role="img" aria-label=${words}>
      <line class="axis" x1="0" x2=${width} y1=${BASE} y2=${BASE} />
      ${p50 != null && html`<${Mark} name="p50" s=${p50} x=${at(p50)} left=${at(p50) > 110} />`}
      ${p99 != null && html`<${Mark} name="p99" s=${p99} x=${at(p99)} left=${at(p99) > width - 110} y=${p50 != null && at(p99) - at(p50) < 240 ? 30 : 14} />`}
      ${dots.filter((d) => !d.this).map((d) => html`<circle key=${d.id} class=${d.state} cx=${d.x} cy=${d.y} r="2.25"><title>${duration(d.run_s)} ${d.state}</title></circle>`)}
      ${mine != null && html`<path class=${`this ${bad}`} d=${`M${mine} ${BASE + 1}l-7 12h14z`} />
        <text class=${`now ${bad}`} x=${mine} y=${BASE + 29} text-anchor=${anchor(mine, width)}>this one ${duration(mineIs)}</text>`}
    </svg></div></section>`;
};
