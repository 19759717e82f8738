/** Small marks: icons, states, names that lose their middle, the dot of a function. */
import { html } from '../lib/html.js';
import { call, halves, markOf, shortName } from '../names.js';

/** An icon of the sprite in the page. @param {{name: string}} props */
export const Icon = ({ name }) => html`<svg class="icon" aria-hidden="true"><use href=${`#i-${name}`}></use></svg>`;

const KNOWN = new Set(['pending', 'running', 'succeeded', 'failed', 'cancelled', 'lost', 'finished', 'killed', 'idle']);

/** A state by its shape and, for those who cannot see it, its word. @param {{state: string, word?: boolean}} props */
export const State = ({ state, word }) => {
  const icon = `#i-${KNOWN.has(state) ? state : 'pending'}`;
  if (!word) return html`<svg class=${`icon is-${state}`} role="img" aria-label=${state}><use href=${icon}></use></svg>`;
  return html`<span class=${`state is-${state}`}><svg class="icon" aria-hidden="true"><use href=${icon}></use></svg>${state}</span>`;
};

/** A text that may be cut in its middle; the whole is its title and what is copied. @param {{text: string, tail?: number, class?: string}} props */
export const Mid = ({ text, tail, class: more }) => {
  const [head, end] = halves(text, tail);
  return html`<span class=${`mid ${more ?? ''}`} title=${text}><span class="mid-h">${head}</span>${end && html`<span class="mid-t">${end}</span>`}</span>`;
};

/** A function's own mark. @param {{func: string | null | undefined}} props */
export const Mark = ({ func }) => {
  const { colour, shape } = markOf(func);
  return html`<i class=${`fn fn-${colour} fs-${shape}`}></i>`;
};

/** A call with its function's colour. @param {{func: string | null | undefined, args?: string | null, tail?: number}} props */
export const Call = ({ func, args, tail }) => html`<span class="call" title=${`${func ?? ''}\n${args ?? ''}`}>
  <${Mark} func=${func} />${args == null ? html`<span class="mono">${shortName(func)}</span>` : html`<${Mid} text=${call(func, args)} tail=${tail} />`}</span>`;

/** A button that copies. @param {{text: string, what: string}} props */
export const Copy = ({ text, what }) => html`<button class="plain" data-copy=${text} data-what=${what}>Copy ${what}</button>`;
