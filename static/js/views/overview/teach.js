/** Nothing was ever run: the page teaches the one command to type. */
import { html } from '../../lib/html.js';

export const COMMAND = 'procscope run job.py';

export const Teach = () => html`<div class="teach">
  <svg class="picture" viewBox="0 0 640 96" aria-hidden="true"><use href="#i-picture"></use></svg>
  <h1>Nothing has been run yet.</h1>
  <p>Start any Python program that uses worker processes like this. It needs no change, and its workers show up here while it runs.</p>
  <div class="command"><code>${COMMAND}</code><button class="button" data-copy=${COMMAND} data-what="the command">Copy</button></div>
  <p>A module is <code>procscope run -m package.module</code>. Everything stays on this machine, and stays after the program ends.</p>
</div>`;
