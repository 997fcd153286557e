import type { Page } from 'playwright-core';

/** What the page showed, in the order in which it did. */
export interface Moments {
  /** Milliseconds of the page's own clock; absent while it has not been shown. */
  readonly tree?: number;
  readonly firstRow?: number;
  /** The counts on the tab of each kind of records, each value once. */
  readonly counts: Readonly<Record<string, readonly number[]>>;
}

interface WatchedWindow extends Window {
  moments?: { tree?: number; firstRow?: number; counts: Record<string, number[]> };
}

/** Notes from now on, in every page that is loaded, when the lineage, the rows and the counts appear. */
export async function watchMoments(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const moments: NonNullable<WatchedWindow['moments']> = { counts: {} };
    (window as WatchedWindow).moments = moments;
    const look = (): void => {
      const now = performance.now();
      if (document.querySelector('[role=treeitem]') !== null) moments.tree ??= now;
      if (document.querySelector('[role=gridcell]') !== null) moments.firstRow ??= now;
      for (const tab of document.querySelectorAll('[role=tab]')) {
        const [, label, figure] = /^(\D*)([\d,]+)/.exec(tab.textContent) ?? [];
        if (figure === undefined) continue;
        const counts = (moments.counts[label ?? ''] ??= []);
        const count = Number(figure.replaceAll(',', ''));
        if (counts.at(-1) !== count) counts.push(count);
      }
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  });
}

export async function readMoments(page: Page): Promise<Moments> {
  return await page.evaluate(() => (window as WatchedWindow).moments ?? { counts: {} });
}

interface SeenWindow extends Window {
  isTextSeen?: boolean;
}

/** Notes from now on, in every page that is loaded, whether a text is shown, however shortly. @returns whether it was. */
export async function watchText(page: Page, text: string): Promise<() => Promise<boolean>> {
  await page.addInitScript((wanted) => {
    new MutationObserver(() => {
      if (document.body?.textContent.includes(wanted)) (window as SeenWindow).isTextSeen = true;
    }).observe(document, { subtree: true, childList: true, characterData: true });
  }, text);
  return () => page.evaluate(() => (window as SeenWindow).isTextSeen === true);
}
