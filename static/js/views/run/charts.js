/** Queue depth, CPU and memory of a run over time. */
import { html } from '../../lib/html.js';
import { Lines } from '../../charts/lines.js';
import { bytes, count, percent } from '../../format.js';

/** @type {import('../../series.js').Chart} */
const NOTHING = { t: [], series: [] };

/** @param {{charts: import('../../model.js').Run['charts']}} props */
export const Charts = ({ charts }) => html`<section class="section" aria-labelledby="charts"><h2 id="charts">Over time</h2>
  <div class="body charts">
    <${Lines} chart=${charts.depth ?? NOTHING} words=${count} title="Tasks waiting" none="No pool in this stretch of time." />
    <${Lines} chart=${charts.cpu ?? NOTHING} words=${percent} adds title="CPU by worker" none="No samples in this stretch of time." />
    <${Lines} chart=${charts.memory ?? NOTHING} words=${bytes} adds bytes title="Memory by worker" none="No samples in this stretch of time." />
  </div></section>`;
