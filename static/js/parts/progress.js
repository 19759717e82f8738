/** How far a task says it is. */
import { html } from '../lib/html.js';
import { Meter } from '../charts/sparkline.js';
import { count } from '../format.js';

/** "37 of 400 · resizing". @param {{done: number, total?: number | null, text: string}} progress */
export const progressText = ({ done, total, text }) => `${count(done)}${total ? ` of ${count(total)}` : ''}${text ? ` · ${text}` : ''}`;

/** @param {{progress: {done: number, total?: number | null, text: string} | null | undefined, ended?: boolean}} props */
export const Progress = ({ progress, ended }) => (progress
  ? html`<p class="progress">${progress.total ? html`<${Meter} value=${progress.done / progress.total} label="progress" done=${ended} />` : ''}<span class="num">${progressText(progress)}</span></p>`
  : null);
