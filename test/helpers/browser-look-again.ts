import type { Page } from 'playwright-core';

/** How often a page looks at the health of the edge. */
const HEALTH_MS = 10_000;

/** Lets a page whose clock is installed look at the health of the edge again. */
export async function lookAgain(page: Page): Promise<void> {
  await page.clock.fastForward(HEALTH_MS);
}
