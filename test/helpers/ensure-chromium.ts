import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { findChromium } from './chromium.ts';

/**
 * Runs before `npm test`: the browser tests need a Chromium, and nothing here downloads one. Where the machine may be
 * changed (root on Debian) the distribution's own is installed.
 */
const APT_GET = '/usr/bin/apt-get';
const APT_COMMANDS = [
  ['update', '--quiet'],
  ['install', '--quiet', '--yes', '--no-install-recommends', 'chromium'],
];

function installWithApt(): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of APT_COMMANDS) {
    // Its output belongs to the log of the build, not to the answer of `npm test`.
    const { status } = spawnSync(APT_GET, args, { env, stdio: ['ignore', process.stderr, process.stderr] });
    if (status !== 0) return;
  }
}

function mayInstall(): boolean {
  return process.getuid?.() === 0 && existsSync(APT_GET);
}

const given = process.env['CHROMIUM_PATH'] ?? '';
if (findChromium(process.env) === undefined && given === '' && mayInstall()) installWithApt();
if (findChromium(process.env) === undefined) {
  process.stderr.write(
    given === ''
      ? 'The browser tests need Chromium: install it (Debian: apt-get install chromium) or name one with CHROMIUM_PATH.\n'
      : `CHROMIUM_PATH names ${given}, which cannot be run.\n`,
  );
  process.exit(1);
}
