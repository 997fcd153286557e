import { flatten, resolveTemplate } from '@solid-primitives/i18n';
import { createRoot, createSignal } from 'solid-js';
import { localTexts } from '../storage/page-storage.ts';
import type { SentenceKey, SentenceValues } from './dictionary.ts';
import { en } from './en.ts';
import { LANGUAGES } from './format.ts';
import type { Language } from './format.ts';
import { zhTw } from './zh-tw.ts';

const STORAGE_KEY = 'lotstream.language';

/** Every sentence by its path, `stage.lineage`. */
export const SENTENCES: Readonly<Record<Language, Readonly<Record<SentenceKey, string>>>> = {
  en: flatten(en),
  'zh-TW': flatten(zhTw),
};

/** The remembered language, else the first one the browser asks for, else the plant's. */
function firstLanguage(): Language {
  const remembered = LANGUAGES.find((language) => language === localTexts.getItem(STORAGE_KEY));
  if (remembered !== undefined) return remembered;
  for (const wish of navigator.languages) {
    if (wish.startsWith('zh')) return 'zh-TW';
    if (wish.startsWith('en')) return 'en';
  }
  return 'zh-TW';
}

const [language, setSignal] = createRoot(() => createSignal<Language>(firstLanguage()));
document.documentElement.lang = language();

export { language };

/** Switches every sentence on screen, and remembers it. */
export function setLanguage(next: Language): void {
  localTexts.setItem(STORAGE_KEY, next);
  document.documentElement.lang = next;
  setSignal(next);
}

/** The sentence at `key` in the present language; reactive. */
export function t(key: SentenceKey, values: SentenceValues = {}): string {
  return resolveTemplate(SENTENCES[language()][key], Object.fromEntries(Object.entries(values).map(asItIs)));
}

/** Values are put in as patterns of a replacement, in which `$` has a meaning. */
function asItIs([name, value]: [string, string | number]): [string, string | number] {
  return [name, typeof value === 'string' ? value.replaceAll('$', '$$$$') : value];
}
