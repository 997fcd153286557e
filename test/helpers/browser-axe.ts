import axe from 'axe-core';
import type { Page } from 'playwright-core';

interface AxeWindow extends Window {
  readonly axe: Pick<typeof axe, 'run' | 'configure'>;
}

/** In the drawing a long name is shortened in its middle; the whole one is spoken. */
const SHORTENED_NAMES = { id: 'label-content-name-mismatch', selector: ':not([role=treeitem])' };

/** What keeps people out; the milder impacts are advice. */
const GRAVE_IMPACTS: ReadonlySet<unknown> = new Set(['serious', 'critical']);

/** Where the page breaks a rule of axe whose impact is serious or critical: the rule, and the element. */
export async function accessFaults(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) {
    await page.evaluate(axe.source);
    await page.evaluate((rule) => (window as unknown as AxeWindow).axe.configure({ rules: [rule] }), SHORTENED_NAMES);
  }
  const { violations } = await page.evaluate(
    async () => await (window as unknown as AxeWindow).axe.run(document, { resultTypes: ['violations'] }),
  );
  return violations
    .filter(({ impact }) => GRAVE_IMPACTS.has(impact))
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    );
}
