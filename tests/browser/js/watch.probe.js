// In every page before its own scripts: what moved, and what the policy refused.
window.__shift = 0;
window.__moved = [];
window.__violations = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    window.__shift += entry.value;
    for (const source of entry.sources) {
      window.__moved.push(`${entry.value.toFixed(3)} ${source.node?.className ?? source.node?.nodeName}`);
    }
  }
}).observe({ type: 'layout-shift', buffered: true });
addEventListener('securitypolicyviolation', (e) => window.__violations.push(`${e.violatedDirective} ${e.blockedURI}`));
