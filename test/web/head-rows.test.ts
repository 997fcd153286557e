import { describe, expect, it } from 'vitest';
import { HeadRows } from '../../web/src/trace/head-rows.ts';

const HEAD = { domain: 'history', from: 0, rows: [['A'], ['B']] } as const;
const ROWS = { from: 0, rows: [['A'], ['B']] };

describe('the first rows of a domain', () => {
  it('are given to the first who asks for them, and to nobody else', () => {
    const heads = new HeadRows();
    heads.keep(HEAD);
    expect(heads.take('holds', 0)).toBeUndefined();
    expect(heads.take('history', 100)).toBeUndefined();
    expect(heads.take('history', 0)).toEqual(ROWS);
    expect(heads.take('history', 0)).toBeUndefined();
  });

  it('are void when the result is read anew', () => {
    const heads = new HeadRows();
    heads.keep(HEAD);
    heads.drop();
    expect(heads.take('history', 0)).toBeUndefined();
    heads.keep(HEAD);
    expect(heads.take('history', 0)).toEqual(ROWS);
  });

  it('are void when they are sorted or filtered, also those that come after that, until another query begins', () => {
    const heads = new HeadRows();
    heads.keep(HEAD);
    heads.rearranged();
    heads.keep(HEAD);
    expect(heads.take('history', 0)).toBeUndefined();
    heads.drop();
    heads.keep(HEAD);
    expect(heads.take('history', 0)).toBeUndefined();
    heads.begin();
    heads.keep(HEAD);
    expect(heads.take('history', 0)).toEqual(ROWS);
  });
});
