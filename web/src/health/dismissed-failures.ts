import * as z from 'zod/mini';
import type { TextStorage } from '../storage/page-storage.ts';

const STORAGE_KEY = 'lotstream.dismissed';
/** Failures that are kept: more than the edge tells of at once. */
const MAX_DISMISSED = 50;

const keysSchema = z.array(z.string());

/** The failures that were sent away in this session: one without an end would be back after every reload. */
export function readDismissed(storage: TextStorage): ReadonlySet<string> {
  try {
    return new Set(keysSchema.safeParse(JSON.parse(storage.getItem(STORAGE_KEY) ?? '[]')).data);
  } catch {
    return new Set();
  }
}

export function writeDismissed(keys: ReadonlySet<string>, storage: TextStorage): void {
  // Where there is no room they are back after a reload.
  storage.setItem(STORAGE_KEY, JSON.stringify([...keys].slice(-MAX_DISMISSED)));
}
