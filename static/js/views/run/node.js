/** One row of the worker tree. */
import { Component } from 'preact';
import { html } from '../../lib/html.js';
import { narrow } from '../../lib/screen.js';
import { Spark } from '../../charts/sparkline.js';
import { bytes, count, duration, percent } from '../../format.js';
import { item } from '../../names.js';
import { Call, Icon, Mid, State } from '../../parts/marks.js';
import { Age, Ago } from '../../parts/times.js';

/** @typedef {import('../../model.js').Node} Node */

/** How a process ended, in words. @param {Node} node */
export function ending(node) {
  if (node.reason) return node.reason;
  if (node.signal) return `killed by ${node.signal}`;
  if (node.exit_code) return `exit code ${node.exit_code}`;
  return 'ended';
}

/** @param {{node: Node}} props */
const Pool = ({ node }) => {
  const p = node.pool ?? /** @type {any} */ ({});
  const open = node.state === 'open';
  const parts = open || p.busy || p.depth ? [`${count(p.busy ?? 0)} of ${count(p.size)} busy`, `${count(p.depth ?? 0)} waiting`] : [];
  if (!open) parts.unshift(node.reason && node.state !== 'closed' ? `${node.state}: ${node.reason}` : node.state);
  if (p.progress != null) parts.push(percent(p.progress * 100));
  if (p.eta_s != null) parts.push(`${duration(p.eta_s)} left`);
  if (node.unobserved) parts.push(`not observed by procscope: ${node.unobserved}`);
  if (node.worn) parts.push(node.worn);
  if (node.retired) parts.push(`${count(node.retired)} more ended`);
  return html`<span class="kind">pool</span><${Mid} text=${node.name ?? ''} class="name" /><span class=${`num ${node.state === 'broken' ? 'bad' : 'quiet'}`}>${parts.join(' · ')}</span>`;
};

/** A worker whose loop we do not know is not said to be idle. @param {Node} node */
const idle = (node) => (node.unobserved ? `not observed by procscope: ${node.unobserved}` : 'idle');

/** @param {{node: Node, dead: boolean}} props */
const Doing = ({ node, dead }) => {
  const current = node.current;
  const bad = !node.deliberate && (node.signal || (node.exit_code ?? 0) !== 0);
  const words = (dead || node.reason) && html`<span class=${`why ${bad ? '' : 'well'}`} title=${ending(node)}>${ending(node)}</span>`;
  const call = current?.func && (!dead || bad) && html`<${Call} func=${current.func} args=${current.args ?? ''} /><span class="faint wide">${item(current.index, null)}</span>`;
  const name = node.kind === 'worker' ? '' : node.kind === 'main' ? 'main' : node.name || node.kind;
  return html`<span class="pid">${node.pid ?? ''}</span>${name && html`<span class=${node.kind === 'main' ? 'name' : 'kind'}>${name}</span>`}
    ${words}${dead && call ? html`<span class="kind">on</span>` : ''}${call || (!dead && node.kind === 'worker' && html`<span class="faint">${idle(node)}</span>`)}
    ${current?.stuck && !dead ? html`<span class="state bad"><${Icon} name="alarm" />stuck</span>` : ''}`;
};

/** @param {{node: Node, dead: boolean}} props */
const Load = ({ node, dead }) => (narrow.value ? html`<span class="small"><span class="num">${dead ? '' : percent(node.cpu)} ${bytes(node.rss)}</span></span>` : html`
  <span class="pair"><span class="num">${dead ? '' : percent(node.cpu)}</span><${Spark} series=${node.cpu_series} top=${100} label="CPU, recent" /></span>
  <span class="pair" title=${node.rss == null ? '' : `${count(node.rss)} B`}><span class="num">${node.rss == null ? '' : bytes(node.rss)}</span><${Spark} series=${node.rss_series} label="memory, recent" /></span>`);

/** An idle worker is not running, and what the program ended itself was not killed. @param {Node} node @param {boolean} dead */
function stateOf(node, dead) {
  if (node.kind === 'worker' && !dead && !node.current && !node.unobserved) return 'idle';
  return dead && node.deliberate ? 'finished' : node.state;
}

/** @param {Node} node @param {boolean} dead */
function since(node, dead) {
  if (dead) return html`<${Ago} at=${node.ended_at} />`;
  return node.current?.since && html`<${Age} since=${node.current.since} />`;
}

/** @param {Node} node */
function href(node) {
  if (node.current?.href) return node.current.href;
  if (node.current?.task_id != null) return `/tasks/${node.current.task_id}`;
  return node.pid == null || node.pool ? null : `/tasks?q=${encodeURIComponent(`worker:${node.pid}`)}`;
}

/** @augments {Component<{node: Node, kids: number, open: boolean, toggle: (id: string) => void}>} */
export class NodeRow extends Component {
  /** A row whose node did not change is not drawn again. @param {any} next */
  shouldComponentUpdate(next) {
    const old = this.props;
    return next.node !== old.node || next.kids !== old.kids || next.open !== old.open;
  }

  render() {
    const { node, kids, open, toggle } = this.props;
    const dead = Boolean(node.ended_at) && !node.pool;
    const mood = `${node.pool || node.kind === 'pool' ? 'pool' : ''} ${dead ? 'dead' : ''} ${node.current?.stuck && !dead ? 'stuck' : ''}`;
    return html`<div class=${`row node ${mood}`} role="treeitem" aria-level=${node.depth + 1} aria-expanded=${kids ? open : undefined} tabindex="-1" data-row data-href=${href(node)}>
      <span class="lead">${Array.from({ length: node.depth }, (_, i) => html`<i class="lane" key=${i}></i>`)}
        ${kids ? html`<button class="fold" tabindex="-1" aria-label=${open ? 'Fold' : 'Unfold'} aria-expanded=${open} onClick=${() => toggle(node.id)}><${Icon} name="fold" /></button>` : html`<i class="fold-none"></i>`}
        ${node.kind === 'pool' ? html`<${Pool} node=${node} />` : html`<${State} state=${stateOf(node, dead)} /><${Doing} node=${node} dead=${dead} />`}</span>
      <span class="num age">${since(node, dead)}</span>${node.kind === 'pool' ? html`<span class="wide"></span><span class="wide"></span>` : html`<${Load} node=${node} dead=${dead} />`}
      <span class="num wide">${node.tasks_done ? count(node.tasks_done) : ''}</span></div>`;
  }
}
