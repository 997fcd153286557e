import type { Page } from 'playwright-core';

/** A row of the record grid as it stands on screen: cell texts by the column's name in the warehouse. */
export interface ShownRow {
  /** From 0. */
  readonly index: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** The rows and columns of the grid that are on screen. Rows that still load are left out. */
export async function shownRows(page: Page): Promise<ShownRow[]> {
  return await page.getByRole('grid').evaluate((grid) => {
    const names = new Map<string | null, string>();
    for (const header of grid.querySelectorAll('[role=columnheader]')) {
      // "Lot · CONTAINERNAME": the label in the language of the page, then the name.
      names.set(header.getAttribute('aria-colindex'), header.getAttribute('title')?.split(' · ').at(-1) ?? '');
    }
    const rows: { index: number; cells: Record<string, string> }[] = [];
    for (const row of grid.querySelectorAll('[role=row]:not([hidden])')) {
      const cells = [...row.querySelectorAll('[role=gridcell]')];
      if (cells.length === 0 || row.querySelector('[aria-label]') !== null) continue;
      const texts = cells.map((cell) => [names.get(cell.getAttribute('aria-colindex')) ?? '', cell.textContent]);
      rows.push({ index: Number(row.getAttribute('aria-rowindex')) - 2, cells: Object.fromEntries(texts) });
    }
    return rows.sort((a, b) => a.index - b.index);
  });
}

/** Records that the grid says it has. */
export async function gridRecords(page: Page): Promise<number> {
  return Number(await page.getByRole('grid').getAttribute('aria-rowcount')) - 1;
}

/** Moves with the keyboard alone and waits until that row is on screen with its cells. */
export async function goToRow(page: Page, key: string, index: number): Promise<void> {
  await page.getByRole('grid').focus();
  await page.keyboard.press(key);
  await waitForRow(page, index);
}

/** Waits until a row is wholly on screen with its cells. */
export async function waitForRow(page: Page, index: number): Promise<void> {
  await page.waitForFunction((rowIndex) => {
    const row = document.querySelector(`[role=grid] [role=row][aria-rowindex="${rowIndex}"]:not([hidden])`);
    const isLoaded = row?.querySelector('[role=gridcell]') !== null && row?.querySelector('[aria-label]') === null;
    const bottom = row?.getBoundingClientRect().bottom ?? Infinity;
    const grid = document.querySelector('[role=grid]');
    const gridBottom = (grid?.getBoundingClientRect().top ?? 0) + (grid?.clientHeight ?? 0);
    return isLoaded && bottom <= gridBottom + 1;
  }, index + 2);
}
