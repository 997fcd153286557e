import type { Page } from 'playwright-core';
import { en } from '../../web/src/i18n/en.ts';
import { zhTw } from '../../web/src/i18n/zh-tw.ts';
import type { WatchedPage } from './browser.ts';
import { clippedTexts, faintTexts, textsOf } from './browser-look.ts';
import { sentencesOf } from './browser-sentences.ts';

/** Of WCAG 2.2, level AA, for text of ordinary size. */
const LEAST_CONTRAST = 4.5;
const SIZES = [
  { width: 1280, height: 800 },
  { width: 768, height: 1024 },
];

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
  return (await textsOf(page)).filter((text) => isOther(text) && !isOwn(text));
}

/** Takes pictures in both languages, lights and sizes. @returns what does not look right, and where. */
export async function lookAround(watched: WatchedPage, state: string): Promise<string[]> {
  const { page } = watched;
  const faults: string[] = [];
  for (const language of ['en', 'zh-TW'] as const) {
    await speak(page, language);
    for (const text of await foreignTexts(page, language)) faults.push(`${language}: ${text}`);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const text of await faintTexts(page, LEAST_CONTRAST)) faults.push(`${colorScheme}: ${text}`);
      for (const size of SIZES) {
        await page.setViewportSize(size);
        for (const text of await clippedTexts(page)) faults.push(`${language} ${size.width}: ${text}`);
        await watched.shoot(`${state}-${language}-${colorScheme}-${size.width}`);
      }
    }
  }
  return faults;
}
