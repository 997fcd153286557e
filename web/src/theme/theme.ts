import { createRoot, createSignal } from 'solid-js';
import { localTexts } from '../storage/page-storage.ts';

export const THEMES = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = 'lotstream.theme';

function firstTheme(): Theme {
  return THEMES.find((theme) => theme === localTexts.getItem(STORAGE_KEY)) ?? 'system';
}

const [theme, setSignal] = createRoot(() => createSignal<Theme>(firstTheme()));

export { theme };

/** `system` leaves the choice to the style sheet; the others override it, `contrast` in the light of the system. */
function applyTheme(next: Theme): void {
  if (next === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = next;
}
applyTheme(theme());

export function setTheme(next: Theme): void {
  localTexts.setItem(STORAGE_KEY, next);
  applyTheme(next);
  setSignal(next);
}
