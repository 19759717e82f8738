/** Queues and pipes: who feeds whom, how full, who is blocked. */
import { html } from '../../lib/html.js';
import { Meter, Spark } from '../../charts/sparkline.js';
import { bytes, count, duration } from '../../format.js';
import { curves, HEIGHT } from './flow.js';
import { mood, Name, People } from './people.js';

/** @typedef {import('../../model.js').Channel} Channel @typedef {import('../../model.js').End} End */

/** @param {{ends: End[], rows: number, into: boolean}} props */
const Lines = ({ ends, rows, into }) => html`<svg class="lines" viewBox=${`0 0 100 ${rows * HEIGHT}`} height=${rows * HEIGHT} preserveAspectRatio="none" aria-hidden="true">
  ${curves(ends, rows, into).map((curve, i) => html`<path key=${i} d=${curve.d} stroke-width=${curve.width} />`)}</svg>`;

/** @param {{ends: End[], more: number, side: string, none: string}} props */
const Ends = ({ ends, more, side, none }) => html`<ul class=${`ends ${side}`}>${ends.map((end) => html`<li key=${end.pid}><a class="num" href=${end.href} title=${end.name ?? ''}>${end.pid}</a>
    <span class="num faint" data-exact=${end.items} title=${`${count(end.bytes)} B`}>${count(end.items)}</span></li>`)}
  ${!ends.length && html`<li class="faint">${none}</li>`}${more > 0 && html`<li class="faint">and ${more} more</li>`}</ul>`;

/** What lies in it now. @param {{channel: Channel}} props */
const Middle = ({ channel }) => html`<div class="middle"><span class="depth"><b class="num" data-exact=${channel.depth ?? ''}>${count(channel.depth)}</b><span class="unit">${channel.maxsize ? ` of ${count(channel.maxsize)}` : ''} waiting</span></span>
  ${channel.maxsize != null && channel.depth != null && html`<${Meter} value=${channel.depth / channel.maxsize} label=${`${channel.depth} of ${channel.maxsize} places used`} />`}
  <${Spark} series=${channel.depth_series} label="items waiting, recent" />
  ${channel.unfinished != null && html`<span class="unit">${count(channel.unfinished)} unfinished</span>`}</div>`;

/** @param {{channel: Channel}} props */
const Row = ({ channel }) => {
  const rows = Math.max(3, channel.producers.length + (channel.more_producers ? 1 : 0), channel.consumers.length + (channel.more_consumers ? 1 : 0));
  return html`<div class=${`channel ${mood(channel)}`} id=${channel.id} tabindex="-1">
    <div class="channel-head"><${Name} line=${channel} /><span class="num">${count(channel.items_in)} in</span><span class="num">${count(channel.items_out)} out</span>
      <span class="num wide">${bytes(channel.bytes_in)}</span><span class="num wide">get p95 ${duration(channel.wait_p95_s)}</span>${channel.state !== 'open' && html`<span class="faint">${channel.state}</span>`}</div>
    <div class="flow"><${Ends} ends=${channel.producers} more=${channel.more_producers} side="from" none="nobody put" /><${Lines} ends=${channel.producers} rows=${rows} into />
      <${Middle} channel=${channel} /><${Lines} ends=${channel.consumers} rows=${rows} into=${false} /><${Ends} ends=${channel.consumers} more=${channel.more_consumers} side="to" none="nobody got" /></div>
    <${People} line=${channel} /></div>`;
};

/** @param {{channels: Channel[]}} props */
export const Channels = ({ channels }) => (channels.length
  ? html`<section class="section" aria-labelledby="channels"><h2 id="channels">Queues and pipes<small>who feeds whom</small></h2>
      <div class="body">${channels.map((channel) => html`<${Row} key=${channel.id} channel=${channel} />`)}</div></section>`
  : null);
