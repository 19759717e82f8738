/** Times, ages and figures: short on the page, exact in the title and on copy. */
import { html } from '../lib/html.js';
import { now } from '../lib/ticker.js';
import { age, ago, bytes, clock, count, duration, epoch, percent, rate } from '../format.js';

/** How long it has been going on; ticks. @param {{since: string | null | undefined}} props */
export const Age = ({ since }) => {
  const at = epoch(since);
  if (at == null) return html`<span class="num faint">–</span>`;
  return html`<time datetime=${since} title=${`since ${since}`}>${age(now.value - at)}</time>`;
};

/** How long ago, in words; ticks. @param {{at: string | null | undefined}} props */
export const Ago = ({ at }) => {
  const when = epoch(at);
  return when == null ? '–' : html`<time datetime=${at} title=${at}>${ago(now.value - when)}</time>`;
};

/** A time of day. @param {{at: string | null | undefined, digits?: number}} props */
export const Clock = ({ at, digits }) => html`<time datetime=${at} title=${at} data-exact=${at}>${clock(at, digits, now.peek())}</time>`;

/** @param {{s: number | null | undefined}} props */
export const Took = ({ s }) => html`<span class="num" title=${s == null ? '' : `${s} s`} data-exact=${s == null ? '' : `${s} s`}>${duration(s)}</span>`;

/** @param {{n: number | null | undefined}} props */
export const Bytes = ({ n }) => html`<span class="num" title=${n == null ? '' : `${count(n)} B`} data-exact=${n == null ? '' : `${n} B`}>${bytes(n)}</span>`;

/** @param {{n: number | null | undefined}} props */
export const Percent = ({ n }) => html`<span class="num" title=${n == null ? '' : `${n} % of one core`}>${percent(n)}</span>`;

/** @param {{n: number | null | undefined}} props */
export const Count = ({ n }) => html`<span class="num" data-exact=${n ?? ''}>${count(n)}</span>`;

/** @param {{n: number | null | undefined}} props */
export const Rate = ({ n }) => html`<span class="num" title=${n == null ? '' : `${n} a second`}>${rate(n)}<span class="unit"> /s</span></span>`;
