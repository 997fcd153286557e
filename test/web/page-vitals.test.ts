import { expect, it } from 'vitest';
import { canMeasure, VITALS } from '../../web/src/health/page-vitals.ts';

it('what a browser measures is told by what it observes', () => {
  const measured = (entryTypes: readonly string[], hasInteractions: boolean) =>
    VITALS.filter((name) => canMeasure(name, { entryTypes, hasInteractions }));
  expect(measured(['event', 'largest-contentful-paint', 'layout-shift', 'paint'], true)).toEqual(['LCP', 'INP', 'CLS']);
  // Firefox 120: events, but not which of them belong to one click.
  expect(measured(['event', 'first-input', 'paint'], false)).toEqual([]);
  // Safari 17.
  expect(measured(['mark', 'measure', 'paint'], false)).toEqual([]);
});
