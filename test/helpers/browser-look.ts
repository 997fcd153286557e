import type { Page } from 'playwright-core';

/** Every text a person can see or hear on the page: text, labels, tool tips, placeholders. */
export async function textsOf(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const texts = new Set([document.title]);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) texts.add(walker.currentNode.textContent?.trim() ?? '');
    for (const name of ['aria-label', 'title', 'placeholder', 'aria-description']) {
      for (const element of document.querySelectorAll(`[${name}]`)) texts.add(element.getAttribute(name)?.trim() ?? '');
    }
    return [...texts].filter((text) => text !== '');
  });
}

/**
 * Texts in which four words of English follow each other, outside what is marked as English, typed or read from the
 * warehouse.
 */
export async function unmarkedEnglish(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const found = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent?.trim() ?? '';
      const isElsewhere = walker.currentNode.parentElement?.closest('[lang=en], [role=grid], textarea') !== null;
      if (!isElsewhere && /[a-z]{2,}(?:[ ,]+[a-z]{2,}){3}/i.test(text)) found.add(text);
    }
    return [...found];
  });
}

/** Texts whose contrast with what is behind them is below `least`, each with its ratio. Disabled controls are left out. */
export async function faintTexts(page: Page, least: number): Promise<string[]> {
  return await page.evaluate((leastRatio) => {
    const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const channelsOf = (colour: string): [number, number, number, number] => {
      if (context === null) throw new Error('there is no canvas');
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
      return [red, green, blue, alpha];
    };
    const linear = (channel: number): number =>
      channel <= 10 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4;
    const luminance = (colour: string): number => {
      const [red, green, blue] = channelsOf(colour);
      return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    };
    const behind = (element: Element | null): string => {
      for (let at = element; at !== null; at = at.parentElement) {
        const colour = getComputedStyle(at).backgroundColor;
        if (channelsOf(colour)[3] === 255) return colour;
      }
      return 'white';
    };
    const faint = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      const text = walker.currentNode.textContent?.trim() ?? '';
      if (text === '' || element === null || element.closest('svg, :disabled, .sr-only, [hidden]') !== null) continue;
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      const [darker = 0, lighter = 0] = [getComputedStyle(element).color, behind(element)]
        .map(luminance)
        .sort((a, b) => a - b);
      const ratio = (lighter + 0.05) / (darker + 0.05);
      if (ratio < leastRatio) faint.add(`${text}: ${ratio.toFixed(2)}`);
    }
    return [...faint];
  }, least);
}

/** Whatever stands out of the page sideways, and controls whose text does not fit into them. */
export async function clippedTexts(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const clipped: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth)
      clipped.push(`the page is ${root.scrollWidth - root.clientWidth} px too wide`);
    for (const element of document.querySelectorAll<HTMLElement>('button, label, h2, h3, dt, dd, legend, p')) {
      if (element.closest('[role=grid], .sr-only, .truncate') !== null || element.offsetWidth === 0) continue;
      const style = getComputedStyle(element);
      const isCut = element.scrollWidth > element.clientWidth + 1 && style.display !== 'inline';
      if (isCut && style.overflowX !== 'auto') clipped.push(element.textContent.trim());
    }
    return clipped;
  });
}
