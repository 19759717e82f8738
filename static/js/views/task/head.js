/** The task by its call, its state and, when it went wrong, the sentence that says how. */
import { html } from '../../lib/html.js';
import { call, item, middle } from '../../names.js';
import { Copy, Mark, State } from '../../parts/marks.js';

/** @typedef {import('../../model.js').Task['task']} TaskData */

/** Characters; a longer call is set smaller. */
const LONG = 60;

/** @param {TaskData} task */
function place(task) {
  const parts = [item(task.index, task.of)];
  if (task.batch != null && task.index != null) parts[0] += ` in batch ${task.batch}`;
  return parts[0];
}

/** @param {{task: TaskData, exception: import('../../model.js').Raised | null | undefined}} props */
const Verdict = ({ task, exception }) => {
  if (exception) return html`<p class="verdict"><b>${exception.type}</b>${exception.message ? `: ${exception.message}` : ''}</p>`;
  if (!task.reason) return null;
  return html`<p class=${`verdict ${task.state}`}>${task.reason}</p>`;
};

/** @param {{task: TaskData, exception: import('../../model.js').Raised | null | undefined}} props */
export const TaskHead = ({ task, exception }) => {
  const worker = `worker:${task.pid}`;
  const title = call(task.func, task.args);
  return html`<header class="task-head">
    <h1 class=${title.length > LONG ? 'long' : ''} title=${title}><span class="lead"><${Mark} func=${task.func} /><span class="call">${middle(title, 200)}</span></span></h1>
    <div class="facts"><span class=${`is-${task.state}`}><${State} state=${task.state} word /></span>
      ${place(task) && html`<span>${place(task)}</span>`}
      ${task.pool && html`<span>${task.pool.startsWith(task.pool_kind ?? ' ') ? '' : `${task.pool_kind ?? 'pool'} `}<span class="mono">${task.pool}</span></span>`}
      ${task.pid != null && html`<a href=${`/tasks?q=${encodeURIComponent(worker)}`}>worker ${task.pid}</a>`}
      ${task.thread && html`<span>thread ${task.thread}</span>`}
      <a href=${`/runs/${task.run}`}>run ${task.run_name ?? task.run}</a>
      <a href=${`/tasks?q=${encodeURIComponent(`func:${task.func}`)}`}>all of ${task.func}</a>
      <span class="mono">task ${task.id}</span><${Copy} text=${`procscope task ${task.id}`} what="command" /></div>
    <${Verdict} task=${task} exception=${exception} /></header>`;
};
