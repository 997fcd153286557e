import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../web/src/i18n/en.ts';
import { startTrace, waitForProof } from '../helpers/browser.ts';
import { page, usePage } from '../helpers/browser-page.ts';
import { DemoServer } from '../helpers/web-demo-server.ts';

/** Of WCAG 2.2, level AA, for borders, marks and drawings. */
const LEAST_CONTRAST = 3;
const EDGE_KINDS = 4;
/** Kinds of nodes, and the mark of those that were asked for. */
const NODE_MARKS = 7;

let server: DemoServer;
let url: string;
usePage();
beforeAll(async () => {
  server = new DemoServer({ records: 2000, paceMs: 0 });
  url = await server.start();
});
afterAll(() => server?.stop());

/** Of a computed colour, `rgb(…)` to 255 or `color(srgb …)` to 1. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((figure) => {
    const part = Number(figure) / (colour.startsWith('rgb') ? 255 : 1);
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** What of the page is not text and has to be told apart. */
async function readMarks() {
  await page.keyboard.press('Tab');
  return await page.evaluate(() => {
    const styleOf = (selector: string) => {
      const element = document.querySelector(selector);
      if (element === null) throw new Error(`there is no ${selector}`);
      return getComputedStyle(element);
    };
    const legend = [...document.querySelectorAll('ul[aria-label=Legend] path')].map((path) => {
      const { fill, stroke, strokeDasharray } = getComputedStyle(path);
      const isEdge = fill === 'none';
      return { isEdge, colour: isEdge ? stroke : fill, form: isEdge ? strokeDasharray : path.getAttribute('d') };
    });
    return {
      ground: styleOf('.panel').backgroundColor,
      border: styleOf('.panel').borderTopColor,
      focusWidth: Number.parseFloat(styleOf(':focus-visible').outlineWidth),
      focus: styleOf(':focus-visible').outlineColor,
      edges: legend.filter(({ isEdge }) => isEdge),
      nodes: legend.filter(({ isEdge }) => !isEdge),
      treeEdgeWidth: Number.parseFloat(styleOf('[role=tree] path').strokeWidth),
      done: styleOf('[role=progressbar] > *').backgroundColor,
      chosenTab: styleOf('[role=tab][aria-selected=true]').backgroundColor,
      otherTab: styleOf('[role=tab][aria-selected=false]').backgroundColor,
      chosenSegment: styleOf('[aria-pressed=true]').backgroundColor,
    };
  });
}

type Marks = Awaited<ReturnType<typeof readMarks>>;

function expectStrong(marks: Marks): void {
  for (const mark of [
    marks.border,
    marks.focus,
    marks.done,
    ...[...marks.edges, ...marks.nodes].map((each) => each.colour),
  ])
    expect(contrast(mark, marks.ground), mark).toBeGreaterThanOrEqual(LEAST_CONTRAST);
  expect(new Set(marks.edges.map(({ form }) => form)).size).toBe(EDGE_KINDS);
  expect(new Set(marks.nodes.map(({ form }) => form)).size).toBe(NODE_MARKS);
  expect(marks.focusWidth).toBeGreaterThanOrEqual(3);
  expect(marks.treeEdgeWidth).toBeGreaterThan(2);
}

describe('more contrast', () => {
  beforeEach(async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await startTrace(page, url, 'GA26011704-A00-003');
    await waitForProof(page);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`is there when the system asks for it, and when it is chosen on the page (${colorScheme})`, async () => {
      await page.emulateMedia({ colorScheme });
      const plain = await readMarks();
      expect(contrast(plain.border, plain.ground)).toBeLessThan(LEAST_CONTRAST);
      await page.emulateMedia({ contrast: 'more' });
      const asked = await readMarks();
      expectStrong(asked);
      await page.emulateMedia({ contrast: 'no-preference' });
      await page.getByRole('button', { name: en.theme.contrast }).click();
      expect(await readMarks()).toEqual(asked);
      expect(luminance(asked.ground) > 0.5).toBe(colorScheme === 'light');
    });

    it(`is the palette of the system where that is forced, and what is chosen still shows (${colorScheme})`, async () => {
      await page.emulateMedia({ colorScheme, forcedColors: 'active' });
      const marks = await readMarks();
      expectStrong(marks);
      const system = await page.evaluate(() => {
        document.body.style.backgroundColor = 'Canvas';
        return getComputedStyle(document.body).backgroundColor;
      });
      expect(marks.ground).toBe(system);
      expect(marks.chosenTab).not.toBe(marks.otherTab);
      expect(contrast(marks.chosenTab, marks.ground)).toBeGreaterThanOrEqual(LEAST_CONTRAST);
      expect(marks.chosenSegment).toBe(marks.chosenTab);
    });
  }
});
