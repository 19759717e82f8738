/** One task: what it was, what became of it, and whether that is odd. */
import { html } from '../lib/html.js';
import { Lines } from '../charts/lines.js';
import { bytes } from '../format.js';
import { Copy } from '../parts/marks.js';
import { TaskHead } from './task/head.js';
import { Progress } from '../parts/progress.js';
import { Logs } from './task/logs.js';
import { Path } from './task/path.js';
import { RecentDots } from './task/recent.js';
import { Trace } from './task/trace.js';

/** @param {{worker: NonNullable<import('../model.js').Task['worker']>}} props */
const Worker = ({ worker }) => {
  const series = worker.rss_series ?? { t: [], values: [] };
  const chart = { t: series.t, series: [{ name: 'memory', values: series.values }] };
  const ended = worker.reason || (worker.signal ? `killed by ${worker.signal}` : worker.state);
  return html`<section class="section" aria-labelledby="worker"><h2 id="worker">Worker ${worker.pid}<small>${ended}</small></h2>
    <div class="body"><${Lines} chart=${chart} words=${bytes} bytes title="Memory of its worker (RSS)" none="It lived too short to be sampled." /></div></section>`;
};

/** @param {{model: import('../model.js').Task}} props */
export const Task = ({ model }) => {
  const { task, path, exception, recent, worker } = model;
  return html`<${TaskHead} task=${task} exception=${exception} />
    <${Path} path=${path} task=${task} />
    ${task.progress && html`<section class="section" aria-labelledby="progress"><h2 id="progress">Progress<small>as it said itself</small></h2><div class="body"><${Progress} progress=${task.progress} ended=${task.state !== 'running'} /></div></section>`}
    ${exception && html`<${Trace} exception=${exception} />`}
    <${Logs} logs=${model.logs ?? []} />
    <section class="section" aria-labelledby="args"><h2 id="args">Arguments${task.bytes_in != null && html`<small>${bytes(task.bytes_in)} pickled</small>`}</h2><div class="body">
      ${task.args ? html`<pre class="args">${task.args}</pre><div class="tools"><${Copy} text=${task.args} what="arguments" /></div>` : html`<p class="none">They were not captured.</p>`}</div></section>
    ${recent && recent.runs.length > 0 && html`<${RecentDots} recent=${recent} task=${task} />`}
    ${worker && html`<${Worker} worker=${worker} />`}`;
};
