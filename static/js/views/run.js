/** One run: what every worker of it is doing, or was. */
import { html } from '../lib/html.js';
import { Incidents } from './overview/incidents.js';
import { RunHead } from './run/head.js';
import { Failures } from './run/failures.js';
import { Charts } from './run/charts.js';
import { Loads } from './run/loads.js';
import { Tree } from './run/tree.js';

/** @param {{model: import('../model.js').Run}} props */
export const Run = ({ model }) => html`
  ${model.incidents?.length > 0 && html`<${Incidents} incidents=${model.incidents} watching=${{ runs: 0, workers: 0 }} />`}
  <${RunHead} run=${model.run} nodes=${model.nodes} />
  <${Failures} failures=${model.failures} run=${model.run} />
  <${Charts} charts=${model.charts} />
  <${Tree} nodes=${model.nodes} />
  <${Loads} loads=${model.loads ?? []} />`;
