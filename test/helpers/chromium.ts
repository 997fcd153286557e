import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FOLDERS = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome'];

/**
 * The Chromium the browser tests use: `CHROMIUM_PATH`, or the first that is installed.
 * @returns its path; `undefined` if there is none.
 */
export function findChromium(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const given = environment['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') return isExecutable(given) ? given : undefined;
  const folders = [...FOLDERS, ...(environment['PATH'] ?? '').split(path.delimiter)].filter((folder) => folder !== '');
  const places = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return places.find((place) => isExecutable(place));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
