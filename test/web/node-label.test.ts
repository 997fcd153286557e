import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortenName } from '../../web/src/trace/lineage/node-label.ts';

const CELLS = 20;

describe('the name on a box of the lineage', () => {
  it('is whole where there is room, and loses its middle where there is none', () => {
    expect(shortenName('GA26011704-A00-003', CELLS)).toBe('GA26011704-A00-003');
    expect(shortenName('GA26011704-A00-003-01C', CELLS)).toBe('GA260…04-A00-003-01C');
    expect(shortenName('參考編號：GA26011704-A00-005', CELLS)).toBe('參考…011704-A00-005');
    expect(shortenName('參考編號：GA2601', CELLS)).toBe('參考編號：GA2601');
  });

  it('never takes more cells than there are, with Chinese letters counted twice, and never splits an emoji', () => {
    const letters = fc.array(fc.constantFrom('A', '7', '-', '參', '：', '🧪'), { maxLength: 60 });
    fc.assert(
      fc.property(letters, fc.integer({ min: 8, max: 30 }), (name, cells) => {
        const short = Array.from(shortenName(name.join(''), cells));
        const taken = short.reduce((sum, letter) => sum + (['參', '：', '🧪'].includes(letter) ? 2 : 1), 0);
        expect(taken).toBeLessThanOrEqual(cells);
        for (const letter of short) expect([...name, '…']).toContain(letter);
      }),
    );
  });
});
