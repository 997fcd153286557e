import process from 'node:process';
import path from 'node:path';
import { build } from 'vite';
import { PROJECT_DIR } from '../../src/local/options.ts';
import { lackedInCss } from './css-features.ts';

/**
 * Fails when the style sheet of the page, as browsers are given it, uses what the oldest of them lack. It is the one that
 * is built: the classes of the components are in it, and what the build can lower is lowered.
 */

/** What may be lacked. */
const SPARED: readonly string[] = [
  // Tailwind sets the same values by a rule for browsers without it.
  '@property ',
  // Safari has no palette of the system that would have to be kept out.
  'forced-color-adjust',
];

const web = path.join(PROJECT_DIR, 'web');
const built = await build({
  root: web,
  configFile: path.join(web, 'vite.config.ts'),
  logLevel: 'error',
  build: { write: false, rolldownOptions: { input: path.join(web, 'src/theme/app.css') } },
});
const sheets = [built]
  .flat()
  .flatMap((part) => ('output' in part ? part.output : []))
  .flatMap((file) => (file.type === 'asset' && file.fileName.endsWith('.css') ? [String(file.source)] : []));
if (sheets.length === 0) throw new Error('the build gave no style sheet');
const faults = sheets.flatMap(lackedInCss).filter((fault) => !SPARED.some((name) => fault.startsWith(name)));
for (const fault of faults) console.error(`web/src/theme/app.css, or a class of a component: ${fault}`);
if (faults.length > 0) process.exitCode = 1;
