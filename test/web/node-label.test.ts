import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LineageNode } from '#protocol/trace.ts';
import { knobText, nodeLabel } from '../../web/src/trace/lineage/lineage-looks.ts';
import { shortenName } from '../../web/src/trace/lineage/node-label.ts';

const CELLS = 20;

function nodeNamed(name: string): Pick<LineageNode, 'container_id' | 'container_name'> {
  return { container_id: '4881', container_name: name };
}

describe('the name on a box of the lineage', () => {
  it('is whole where there is room, and loses its middle where there is none', () => {
    expect(shortenName('GA26011704-A00-003', CELLS)).toBe('GA26011704-A00-003');
    expect(shortenName('GA26011704-A00-003-01C', CELLS)).toBe('GA…11704-A00-003-01C');
    expect(shortenName('參考編號：GA26011704-A00-005', CELLS)).toBe('參…A26011704-A00-005');
    expect(shortenName('參考編號：GA2601', CELLS)).toBe('參考編號：GA2601');
  });

  it('is whole for the usual names of the plant, whatever knob stands beside it', () => {
    const knobs = ['', '…', knobText(true, 0), knobText(false, 7), knobText(false, 42)];
    for (const knob of knobs)
      expect(nodeLabel(nodeNamed('GA25120692-A00-001-02C'), knob)).toBe('GA25120692-A00-001-02C');
    expect(nodeLabel(nodeNamed('參考編號：GA26011704-A00-005-C'), '+42')).toBe('GA26011704-A00-005-C');
  });

  it('still tells lots of different orders apart beside the widest knob', () => {
    const names = ['GA25120692-A00-001-02C', 'GA25110513-A00-001-02C', 'GA26010692-A00-001-02C'];
    expect(new Set(names.map((name) => nodeLabel(nodeNamed(name), knobText(false, 4999)))).size).toBe(names.length);
  });

  it('never takes more cells than there are, with Chinese letters counted twice, and never splits an emoji', () => {
    const letters = fc.array(fc.constantFrom('A', '7', '-', '參', '：', '𠮷', '🧪'), { maxLength: 60 });
    fc.assert(
      fc.property(letters, fc.integer({ min: 8, max: 30 }), (name, cells) => {
        const short = Array.from(shortenName(name.join(''), cells));
        const taken = short.reduce((sum, letter) => sum + (['參', '：', '𠮷', '🧪'].includes(letter) ? 2 : 1), 0);
        expect(taken).toBeLessThanOrEqual(cells);
        for (const letter of short) expect([...name, '…']).toContain(letter);
      }),
    );
  });
});
