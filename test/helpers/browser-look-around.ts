import type { Page } from 'playwright-core';
import { en } from '../../web/src/i18n/en.ts';
import { zhTw } from '../../web/src/i18n/zh-tw.ts';
import { accessFaults } from './browser-axe.ts';
import type { WatchedPage } from './browser.ts';
import { clippedTexts, faintTexts, textsOf, unmarkedEnglish } from './browser-look.ts';
import { sentencesOf } from './browser-sentences.ts';

/** Of WCAG 2.2, level AA, for text of ordinary size. */
const LEAST_CONTRAST = 4.5;
const DESKTOP = { width: 1440, height: 900 };
/** Pictures are taken at those that people have most; narrower ones must hold every text as well. */
const SIZES = [
  { ...DESKTOP, isPictured: true },
  { width: 1280, height: 800, isPictured: false },
  { width: 834, height: 1112, isPictured: true },
  { width: 768, height: 1024, isPictured: false },
];
/** What a person can ask of the system for more contrast; `forced` is Windows' own palette. */
const CONTRASTS = {
  more: { contrast: 'more', forcedColors: 'none', colorScheme: 'light' },
  forced: { contrast: 'no-preference', forcedColors: 'active', colorScheme: 'dark' },
} as const;

/** Clicks as the page's own script would, so that an open dialog is in nobody's way. */
export async function speak(page: Page, language: 'en' | 'zh-TW'): Promise<void> {
  const name = language === 'en' ? en.language.en : en.language.zhTw;
  await page.locator(`button[aria-label="${name}"]`).evaluate((button: HTMLElement) => button.click());
  await page.waitForFunction((lang) => document.documentElement.lang === lang, language);
}

/** What a person of one language would still read in the other one. */
export async function foreignTexts(page: Page, language: 'en' | 'zh-TW'): Promise<string[]> {
  const [own, other] = language === 'en' ? [en, zhTw] : [zhTw, en];
  const isOwn = sentencesOf(own);
  const isOther = sentencesOf(other);
  const others = (await textsOf(page)).filter((text) => isOther(text) && !isOwn(text));
  return language === 'en' ? others : [...others, ...(await unmarkedEnglish(page))];
}

/** Words and colours are judged apart, so two of the four are enough for what does not need a picture of each. */
function isJudged(language: 'en' | 'zh-TW', colorScheme: 'light' | 'dark'): boolean {
  return (language === 'en') === (colorScheme === 'light');
}

/**
 * Looks at what is shown in both languages, lights and sizes, and with more contrast; takes pictures. `piece`: only a notice
 * or a list is new on a page that is looked at elsewhere, so each language in one light is enough.
 * @returns what does not look right or keeps people out, and where.
 */
export async function lookAround(
  watched: WatchedPage,
  state: string,
  what: 'page' | 'piece' = 'page',
): Promise<string[]> {
  const { page } = watched;
  const faults: string[] = [];
  for (const language of ['en', 'zh-TW'] as const) {
    await speak(page, language);
    for (const text of await foreignTexts(page, language)) faults.push(`${language}: ${text}`);
    for (const colorScheme of ['light', 'dark'] as const) {
      if (what === 'piece' && !isJudged(language, colorScheme)) continue;
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const text of await faintTexts(page, LEAST_CONTRAST)) faults.push(`${colorScheme}: ${text}`);
      if (isJudged(language, colorScheme))
        for (const text of await accessFaults(page)) faults.push(`${language} ${colorScheme}: ${text}`);
      for (const { isPictured, ...size } of SIZES) {
        // Colours take no room: what fits in one light fits in the other.
        if (!isPictured && !isJudged(language, colorScheme)) continue;
        await page.setViewportSize(size);
        for (const text of await clippedTexts(page)) faults.push(`${language} ${size.width}: ${text}`);
        if (isPictured) await watched.shoot(`${state}-${language}-${colorScheme}-${size.width}`);
      }
    }
  }
  await page.setViewportSize(DESKTOP);
  return what === 'piece' ? faults : [...faults, ...(await lookAtContrasts(watched, state))];
}

async function lookAtContrasts(watched: WatchedPage, state: string): Promise<string[]> {
  const { page } = watched;
  const faults: string[] = [];
  for (const [name, media] of Object.entries(CONTRASTS)) {
    await page.emulateMedia(media);
    for (const text of await accessFaults(page)) faults.push(`${name}: ${text}`);
    await watched.shoot(`${state}-${name}`);
  }
  await page.emulateMedia({ contrast: 'no-preference', forcedColors: 'none' });
  return faults;
}
