/** What was logged while it ran, and the last words on stderr of a process that died of it. */
import { html } from '../../lib/html.js';
import { Clock } from '../../parts/times.js';

/** The names that logging gives its levels; one in between is a number. @param {number | null | undefined} level */
function word(level) {
  const names = { 30: 'WARNING', 40: 'ERROR', 50: 'CRITICAL' };
  return level == null ? '' : (names[/** @type {keyof typeof names} */ (level)] ?? String(level));
}

/** @param {{logs: import('../../model.js').Log[]}} props */
export const Logs = ({ logs }) => (logs.length
  ? html`<section class="section" aria-labelledby="logs"><h2 id="logs">Logs<small>warnings and above, last words</small></h2><ul class="body logs">${logs.map((log, i) => html`<li key=${i}>
      <${Clock} at=${log.at} digits=${3} /><span class=${log.source === 'stderr' ? 'faint' : (log.level ?? 0) >= 40 ? 'bad' : 'warn'}>${log.source === 'stderr' ? 'stderr' : word(log.level)}</span>
      <pre title=${log.site ?? ''}>${log.logger ? `${log.logger}: ` : ''}${log.message}</pre></li>`)}</ul></section>`
  : null);
