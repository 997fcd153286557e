import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DuckDbSpans } from '../../oracle-bridge/warehouse/duckdb/spans.ts';
import type { RowBlock } from '../../oracle-bridge/warehouse/duckdb/row-spans.ts';
import { BLOCK_ROWS, blockOf, blocksQuery, spanOf } from '../../oracle-bridge/warehouse/duckdb/row-spans.ts';
import { id } from '../helpers/tiny-warehouse.ts';

const never = new AbortController().signal;

describe('the span of a range', () => {
  it('covers every row that can match, whatever the order of the table', () => {
    const blockOfIds = fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(blockOfIds, { maxLength: 8 }), fc.nat(60), fc.nat(20), (table, first, more) => {
        const blocks: RowBlock[] = table.map((ids, index) =>
          blockOf(index, id(Math.min(...ids)), id(Math.max(...ids))),
        );
        const span = spanOf(blocks, id(first), id(first + more));
        for (const [index, ids] of table.entries()) {
          if (!ids.some((number) => number >= first && number <= first + more)) continue;
          expect(span.from).toBeLessThanOrEqual(index * BLOCK_ROWS);
          expect(span.to).toBeGreaterThanOrEqual((index + 1) * BLOCK_ROWS - 1);
        }
      }),
    );
  });

  it('is small in a table that is stored by id, and empty where nothing can match', () => {
    const blocks = Array.from({ length: 10 }, (_, n) => blockOf(n, id(n * 100), id(n * 100 + 99)));
    expect(spanOf(blocks, id(310), id(420))).toEqual({ from: 3 * BLOCK_ROWS, to: 5 * BLOCK_ROWS - 1 });
    for (const [first, last] of [
      [id(2000), id(3000)],
      [null, null],
    ] as const) {
      const { from, to } = spanOf(blocks, first, last);
      expect(from).toBeGreaterThan(to);
    }
  });

  it('is looked up once a table, and again after a failure', async () => {
    const asked: string[] = [];
    const spans = new DuckDbSpans((table) => {
      asked.push(table);
      return asked.length === 1 ? Promise.reject(new Error('busy')) : Promise.resolve([blockOf(0, id(1), id(9))]);
    });
    const find = () => spans.find([{ name: 'a', table: 'DWH.T' }], { first: id(1), last: id(2) }, never);
    await expect(find()).rejects.toThrow('busy');
    expect(await find()).toEqual(new Map([['a', { from: 0, to: BLOCK_ROWS - 1 }]]));
    await find();
    expect(asked).toEqual(['DWH.T', 'DWH.T']);
  });

  it('is not waited for once the job is aborted', async () => {
    const abort = new AbortController();
    const { promise: forever } = Promise.withResolvers<RowBlock[]>();
    const spans = new DuckDbSpans(() => forever);
    const finding = spans.find([{ name: 'a', table: 'DWH.T' }], { first: null, last: null }, abort.signal);
    abort.abort(new Error('cancelled'));
    await expect(finding).rejects.toThrow('cancelled');
  });

  it('is asked of tables only', () => {
    expect(() => blocksQuery('DWH.T; drop table x')).toThrow('not the name of a table');
  });
});
