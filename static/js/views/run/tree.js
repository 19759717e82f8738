/** The worker tree: main, its pools, their workers, their children. Only what the window shows is in the document. */
import { useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { html } from '../../lib/html.js';
import { useWindowed } from '../../lib/windowed.js';
import { count } from '../../format.js';
import { visibleRows } from '../../tree.js';
import { NodeRow } from './node.js';

/** @param {import('../../model.js').Node[]} nodes */
function summary(nodes) {
  const workers = nodes.filter((n) => n.kind === 'worker');
  const dead = workers.filter((n) => n.ended_at).length;
  return `${count(workers.length - dead)} workers${dead ? `, ${count(dead)} gone` : ''}`;
}

/** @param {{nodes: import('../../model.js').Node[]}} props */
export const Tree = ({ nodes }) => {
  const [folded, setFolded] = useState(/** @type {Set<string>} */ (new Set()));
  const rows = useMemo(() => visibleRows(nodes, folded), [nodes, folded]);
  const { ref, from, to, before, after } = useWindowed(rows.length);
  /** @param {string} id */
  const toggle = (id) => setFolded((old) => {
    const next = new Set(old);
    if (!next.delete(id)) next.add(id);
    return next;
  });
  // An address may name a node (a pool, from the overview); its row may not be in the document yet.
  useLayoutEffect(() => {
    const wanted = rows.findIndex(({ node }) => `#${node.id}` === location.hash);
    if (wanted >= 0 && ref.current) scrollTo(0, ref.current.getBoundingClientRect().top + scrollY + (wanted * ref.current.offsetHeight) / rows.length - 96);
  }, []);
  return html`<section class="section" aria-labelledby="tree"><h2 id="tree">Processes<small>${summary(nodes)}</small></h2>
    <div class="body"><div class="node labels" aria-hidden="true"><span>process and what it is doing</span><span class="num">for</span><span class="pair wide"><span class="num">cpu</span></span><span class="pair wide"><span class="num">memory</span></span><span class="num">done</span></div>
    <div class="tree" ref=${ref} role="tree" aria-label="Processes">
      <div role="presentation" style=${{ height: `${before}px` }}></div>
      ${rows.slice(from, to).map(({ node, kids, open }) => html`<${NodeRow} key=${node.id} node=${node} kids=${kids} open=${open} toggle=${toggle} />`)}
      <div role="presentation" style=${{ height: `${after}px` }}></div>
    </div></div></section>`;
};
