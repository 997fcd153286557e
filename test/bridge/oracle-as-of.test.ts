import { describe, expect, it } from 'vitest';
import { readAsOf, readScn } from '../../oracle-bridge/warehouse/oracle/as-of.ts';
import { allOracleTexts, bindsNamedIn, readAsDriver } from '../helpers/oracle-texts.ts';

const AS_OF = ' as of scn :snapshot_scn';

describe('a query as of a system change number', () => {
  it('names the number behind every table of the warehouse, once, and nowhere else', () => {
    for (const query of allOracleTexts()) {
      const { text, binds } = readAsOf(query, 4711);
      const pieces = text.split(AS_OF);
      expect([query.title, pieces.join('')]).toEqual([query.title, query.text]);
      const last = pieces.pop();
      expect(last).not.toMatch(/\bDWH\./);
      // Behind the table and before its alias, or in its place.
      for (const piece of pieces) expect(piece.match(/\bDWH\.\w+/g)).toEqual([piece.match(/\bDWH\.\w+$/)?.[0]]);
      for (const piece of [...pieces, last ?? ''].slice(1)) expect(piece).toMatch(/^( [a-z]\w*\b|\n|\)| where|$)/);
      expect(binds.map(({ name }) => name).toSorted()).toEqual(bindsNamedIn(text).toSorted());
      expect(readAsDriver(text).isQuery).toBe(true);
    }
  });

  it('binds the number as a number', () => {
    const { text, binds } = readAsOf({ text: 'select ID from DWH.A join LOTSTREAM_IDS on 1 = 1', binds: [] }, 4711);
    expect(text).toBe(`select ID from DWH.A${AS_OF} join LOTSTREAM_IDS on 1 = 1`);
    expect(binds).toEqual([{ name: 'snapshot_scn', type: 'whole', value: 4711 }]);
  });

  it('without a table of the warehouse stays as it is', () => {
    const query = { text: 'select ID from LOTSTREAM_IDS', binds: [] };
    expect(readAsOf(query, 4711)).toEqual(query);
  });
});

describe('the name of a moment', () => {
  it('is a system change number', () => {
    expect(readScn('115292150460684')).toBe(115_292_150_460_684);
  });

  it.each(['', '0', '-1', '1.5', '1e5', ' 7', '2026-03-01', '1'.repeat(16)])('is not %j', (moment) => {
    expect(readScn(moment)).toBeUndefined();
  });
});
