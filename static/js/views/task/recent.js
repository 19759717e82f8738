/** This function's last durations as dots, with this one marked: is it odd? */
import { html } from '../../lib/html.js';
import { axis, place } from '../../dots.js';
import { duration } from '../../format.js';

const W = 1000;
const H = 60;

/** @param {{recent: NonNullable<import('../../model.js').Task['recent']>, task: import('../../model.js').Task['task'], at?: number | null}} props */
export const RecentDots = ({ recent, task }) => {
  const dots = place(recent.runs, W, H);
  const x = axis(recent.runs.flatMap((r) => r.run_s ?? []));
  const bad = task.state === 'failed' || task.state === 'lost';
  const mine = dots.find((d) => d.this);
  const marks = [['p50', recent.p50_s], ['p99', recent.p99_s]].filter(([, s]) => s != null);
  return html`<section class="section" aria-labelledby="recent"><h2 id="recent">This function<small>last ${recent.runs.length} runs</small></h2>
    <div class="body"><svg class="dots" viewBox="-10 -18 1020 108" role="img" aria-label=${`Durations of the last ${recent.runs.length} runs. ${marks.map(([name, s]) => `${name} ${duration(/** @type {number} */ (s))}`).join(', ')}. This one ${duration(task.run_s)}.`}>
      <line class="axis" x1="0" x2=${W} y1=${H + 4} y2=${H + 4} />
      ${marks.map(([name, s], i) => { const at = Math.min(1, Math.max(0, x(/** @type {number} */ (s)))) * W; return html`<g key=${name}><line class="mark" x1=${at} x2=${at} y1="-4" y2=${H + 4} />
        <text x=${at} y=${H + 22} text-anchor=${i === 0 ? 'end' : at > W * 0.8 ? 'end' : 'start'} dx=${i === 0 ? 10 : 0}>${name} ${duration(/** @type {number} */ (s))}</text></g>`; })}
      ${dots.filter((d) => !d.this).map((d) => html`<circle key=${d.id} class=${d.state} cx=${d.x} cy=${d.y} r="2.5"><title>${duration(d.run_s)} ${d.state}</title></circle>`)}
      ${mine && html`<path class=${`this ${bad ? 'bad' : ''}`} d=${`M${mine.x} ${H + 4}l-7 12h14z`} /><text class=${`now ${bad ? 'bad' : ''}`} x=${mine.x} y=${H + 30} text-anchor=${mine.x > W * 0.8 ? 'end' : mine.x < W * 0.2 ? 'start' : 'middle'}>this one ${duration(mine.run_s)}</text>`}
    </svg></div></section>`;
};
