/** An exception and what it came from: the program's frames open, those of libraries folded. */
import { html } from '../../lib/html.js';
import { Copy, Mid } from '../../parts/marks.js';

/** @typedef {import('../../model.js').Raised} Raised */
/** @typedef {import('../../model.js').Frame} FrameData */

/** Consecutive frames of libraries as one. @param {FrameData[]} frames @returns {FrameData[][]} */
export function groups(frames) {
  /** @type {FrameData[][]} */
  const out = [];
  for (const frame of frames) {
    const last = out[out.length - 1];
    if (last && !frame.ours && last[0] && !last[0].ours) last.push(frame);
    else out.push([frame]);
  }
  return out;
}

/** The exception as Python would print it. @param {Raised} raised @returns {string} */
export function asText(raised) {
  const frames = raised.frames.map((f) => `  File "${f.file}", line ${f.line}, in ${f.func}\n${f.source ? `    ${f.source.trim()}\n` : ''}`);
  const before = raised.causes.map((cause) => `${asText(cause)}\n\n${cause.link === 'context' ? 'During handling of the above exception, another exception occurred:' : 'The above exception was the direct cause of the following exception:'}\n\n`);
  return `${before.join('')}Traceback (most recent call last):\n${frames.join('')}${raised.type}: ${raised.message}`;
}

/** @param {{frame: FrameData, last: boolean}} props */
const FrameLine = ({ frame, last }) => html`<div class=${`frame ${frame.ours ? 'ours' : ''} ${last ? 'last' : ''}`}>
  <div class="where"><${Mid} text=${`${frame.file}:${frame.line}`} tail=${28} /><span>in <b>${frame.func}</b></span></div>
  ${frame.source && html`<pre>${frame.source.trim()}</pre>`}</div>`;

/** @param {{frames: FrameData[]}} props */
const Library = ({ frames }) => html`<details class="lib"><summary>${frames.length} ${frames.length === 1 ? 'frame' : 'frames'} in libraries: ${[...new Set(frames.map((f) => f.file.split('/').slice(-2).join('/')))].join(', ')}</summary>
  ${frames.map((frame, i) => html`<${FrameLine} key=${i} frame=${frame} last=${false} />`)}</details>`;

/** @param {{raised: Raised, first: boolean}} props */
const Chain = ({ raised, first }) => {
  const all = groups(raised.frames);
  const lastOurs = raised.frames.map((f) => f.ours).lastIndexOf(true);
  return html`${!first && html`<p class="because">${raised.link === 'context' ? 'while handling' : 'because of'}</p>`}
    ${(!first || raised.causes.length > 0) && html`<p class="raised"><b>${raised.type}</b>${raised.message ? `: ${raised.message}` : ''}</p>`}
    ${all.map((group, i) => (group[0]?.ours ? html`<${FrameLine} key=${i} frame=${group[0]} last=${group[0] === raised.frames[lastOurs]} />` : html`<${Library} key=${i} frames=${group} />`))}
    ${raised.causes.map((cause, i) => html`<${Chain} key=${`cause${i}`} raised=${cause} first=${false} />`)}`;
};

/** @param {{exception: Raised}} props */
export const Trace = ({ exception }) => html`<section class="section" aria-labelledby="trace"><h2 id="trace">Traceback<small>newest call last</small></h2>
  <div class="body trace"><${Chain} raised=${exception} first=${true} /><div class="tools"><${Copy} text=${asText(exception)} what="traceback" /></div></div></section>`;
