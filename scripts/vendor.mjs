// Copies the declared browser modules from node_modules to static/vendor, which is not in version control.
// Run after `npm ci --ignore-scripts`. Exits 1 and names what is missing.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const vendor = join(root, 'static', 'vendor');

/** [package, file inside it, name in static/vendor]; templates/_importmap.html names the same files. */
const FILES = [
  ['preact', 'dist/preact.mjs', 'preact.js'],
  ['preact', 'hooks/dist/hooks.mjs', 'hooks.js'],
  ['htm', 'dist/htm.mjs', 'htm.js'],
  ['@preact/signals', 'dist/signals.mjs', 'signals.js'],
  ['@preact/signals-core', 'dist/signals-core.mjs', 'signals-core.js'],
  ['uplot', 'dist/uPlot.esm.js', 'uplot.js'],
  ['uplot', 'dist/uPlot.min.css', 'uplot.css'],
  ['socket.io-client', 'dist/socket.io.esm.min.js', 'socket.io.js'],
];

const missing = FILES.filter(([name, file]) => !existsSync(join(modules, name, file)));
if (missing.length) {
  console.error(`Not installed: ${missing.map(([name, file]) => `${name}/${file}`).join(', ')}. Run npm ci --ignore-scripts first.`);
  process.exit(1);
}
rmSync(vendor, { recursive: true, force: true });
mkdirSync(vendor, { recursive: true });
for (const [name, file, as] of FILES) {
  // A map named in a file but not served would be a 404 in every developer's console.
  const text = readFileSync(join(modules, name, file), 'utf8').replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n');
  writeFileSync(join(vendor, as), text);
}
const packages = [...new Set(FILES.map(([name]) => name))];
for (const name of packages) {
  copyFileSync(join(modules, name, 'LICENSE'), join(vendor, `${name.replace(/[@/]/g, '_')}.LICENSE`));
}
const versions = packages.map((name) => `${name} ${JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')).version}`);
writeFileSync(join(vendor, 'VERSIONS'), `${versions.join('\n')}\n`);
console.log(`static/vendor: ${versions.join(', ')}`);
