import type { Locator, Page } from 'playwright-core';

/** Stops of the focus between two things of one page; more would be a trap, or too far for a person. */
const MAX_STOPS = 40;

/** What has the focus, in a few words; the `body` has it when it was lost. */
export async function focusedText(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const at = document.activeElement;
    const text = at?.getAttribute('aria-label') ?? at?.textContent ?? '';
    return `${at?.tagName.toLowerCase()} ${text.trim().slice(0, 40)}`;
  });
}

/** Goes on with the Tab key alone until this has the focus. @throws Error if it cannot be reached, or a stop does not show. */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const stops: string[] = [];
  while (stops.length < MAX_STOPS) {
    await page.keyboard.press(key);
    stops.push(await focusedText(page));
    const unseen = await unseenFocus(page);
    if (unseen !== undefined) throw new Error(`the focus is not seen on ${stops.at(-1)}: ${unseen}`);
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`not reached by ${key}: ${stops.join(', ')}`);
}

/** Why a person would not see where the focus is. */
async function unseenFocus(page: Page): Promise<string | undefined> {
  return await page.evaluate(() => {
    const at = document.activeElement;
    if (at === null || at === document.body) return undefined;
    const { outlineStyle, outlineWidth } = getComputedStyle(at);
    if (outlineStyle === 'none' || outlineWidth === '0px') return 'it has no outline';
    const box = at.getBoundingClientRect();
    const isOnScreen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return isOnScreen ? undefined : 'it is not on screen';
  });
}
