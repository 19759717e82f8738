/** Takes over the page that the server rendered: the same data, from now on alive. */
import { effect } from '@preact/signals';
import { render } from 'preact';
import { html } from './lib/html.js';
import { watchCopies } from './lib/copy.js';
import { watchKeys } from './lib/keys.js';
import { watchSheet } from './lib/sheet.js';
import { nextTheme, theme, watchSystem } from './lib/theme.js';
import { setNow, startTicking } from './lib/ticker.js';
import { model, settle } from './live.js';
import { Icon } from './parts/marks.js';
import { Link } from './parts/link.js';
import { watch } from './socket.js';
import { Overview } from './views/overview.js';
import { Run } from './views/run.js';
import { Sync } from './views/sync.js';
import { Task } from './views/task.js';
import { Tasks } from './views/tasks.js';

/** @type {Record<string, any>} */
const VIEWS = { overview: Overview, run: Run, sync: Sync, tasks: Tasks, task: Task };

/** The tab says how many things are wrong: it is often the only part of the page one sees. */
function titled() {
  const plain = document.title.replace(/^\d+ wrong · /, '');
  effect(() => {
    const wrong = model.value?.incidents?.length ?? 0;
    document.title = wrong ? `${wrong} wrong · ${plain}` : plain;
  });
}

/** @param {string} view */
function takeOver(view) {
  const main = document.querySelector('main');
  const link = document.querySelector('.link-box');
  const View = VIEWS[view];
  if (!main || !link || !View) return;
  const Page = () => (model.value ? html`<${View} model=${model.value} />` : null);
  // The server's markup says the same in the same place: both changes happen in one frame.
  main.replaceChildren();
  link.replaceChildren();
  render(html`<${Page} />`, main);
  render(html`<${Link} />`, link);
}

function themeButton() {
  const button = /** @type {HTMLElement | null} */ (document.querySelector('[data-act="theme"]'));
  if (!button) return;
  button.addEventListener('click', nextTheme);
  effect(() => {
    const said = `Theme: ${theme.value === 'system' ? 'as the system' : theme.value}`;
    button.setAttribute('aria-label', said);
    button.title = said;
    render(html`<${Icon} name=${`theme-${theme.value}`} />`, button);
  });
}

function start() {
  document.body.classList.remove('no-js');
  watchSheet();
  watchKeys();
  watchCopies();
  watchSystem();
  themeButton();
  const boot = document.querySelector('#boot')?.textContent;
  if (!boot) return;
  const { view, params, model: first } = JSON.parse(boot);
  model.value = first;
  settle();
  setNow(first.now);
  titled();
  takeOver(view);
  startTicking();
  watch(view, params ?? {});
}

start();
