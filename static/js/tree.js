/** The worker tree as rows. Pure. @typedef {import('./state.js').Item} Item */

/**
 * The rows to show, in order: nodes whose ancestors are all open. `kids` says whether a row can be folded.
 * @param {Item[]} nodes in preorder, each with `id`, `parent` and `depth` @param {Set<string>} folded ids
 * @returns {{node: Item, kids: number, open: boolean}[]}
 */
export function visibleRows(nodes, folded) {
  /** @type {Map<string, number>} */
  const kids = new Map();
  for (const node of nodes) if (node['parent']) kids.set(node['parent'], (kids.get(node['parent']) ?? 0) + 1);
  const hidden = new Set();
  const rows = [];
  for (const node of nodes) {
    const parent = node['parent'];
    if (parent && (hidden.has(parent) || folded.has(parent))) {
      hidden.add(node.id);
      continue;
    }
    rows.push({ node, kids: kids.get(node.id) ?? 0, open: !folded.has(node.id) });
  }
  return rows;
}

/**
 * The slice of a long list that a window shows, with spare rows on both sides.
 * @param {number} total rows @param {number} rowHeight px @param {number} top px from the list's first row to the window's top edge
 * @param {number} height of the window, px @param {number} [spare] rows
 * @returns {{from: number, to: number}}
 */
export function windowOf(total, rowHeight, top, height, spare = 8) {
  const first = Math.floor(top / rowHeight) - spare;
  const count = Math.ceil(height / rowHeight) + spare * 2;
  // In steps of the spare, so that a small scroll renders nothing at all.
  const from = Math.max(0, Math.min(total, Math.floor(first / spare) * spare));
  return { from, to: Math.min(total, Math.max(0, from + count + spare)) };
}
