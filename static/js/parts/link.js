/** How fresh the page is: live, at rest, stale, offline. Old data is never passed off as fresh. */
import { useEffect } from 'preact/hooks';
import { html } from '../lib/html.js';
import { heard, model, trouble, wire } from '../live.js';
import { clock, duration } from '../format.js';

/** Said of the page as a whole. @returns {{mood: string, text: string, more: string}} */
export function freshness() {
  const since = (/** @type {number | string} */ at) => clock(typeof at === 'number' ? new Date(at).toISOString() : at, 0).slice(0, 5);
  const now = model.value;
  if (wire.value === 'refused') return { mood: 'stale', text: 'Signed out', more: ', open the link from the terminal again' };
  if (wire.value === 'down') return { mood: 'stale', text: navigator.onLine ? `Stale since ${since(heard.value)}` : `Offline since ${since(heard.value)}`, more: ', reconnecting' };
  if (wire.value === 'connecting') return { mood: 'rest', text: 'connecting', more: '' };
  if (trouble.value) return { mood: 'stale', text: trouble.value, more: '' };
  if (now?.collector === 'stale') return { mood: 'stale', text: `Stale since ${now.stale_since ? since(now.stale_since) : 'a while'}`, more: ', the collector is silent' };
  if (now?.collector === 'none') return { mood: 'rest', text: 'at rest', more: ', nothing is being recorded' };
  const behind = now?.behind_ms;
  return { mood: '', text: 'live', more: behind == null ? '' : ` · ${behind < 1000 ? `${Math.round(behind)} ms` : duration(behind / 1000)} behind` };
}

export const Link = () => {
  const { mood, text, more } = freshness();
  useEffect(() => void document.body.classList.toggle('is-stale', mood === 'stale'), [mood]);
  return html`<span class=${`link ${mood}`} role=${mood === 'stale' ? 'alert' : undefined}>${text}<span class="more">${more}</span></span>`;
};
