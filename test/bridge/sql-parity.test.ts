import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../oracle-bridge/warehouse/sql/loader.ts';
import { loadFragment } from '../../oracle-bridge/warehouse/sql/loader.ts';
import type { DialectFiles } from '../helpers/dialect-parity.ts';
import { findDifferences, normalOrder } from '../helpers/dialect-parity.ts';
import { filesIn, readSqlFile, statementsOf } from '../helpers/sql-statements.ts';
import groups from '../fixtures/workcenter-groups.json' with { type: 'json' };

const DUCKDB = filesOf('duckdb');
const ORACLE = filesOf('oracle');

function filesOf(dialect: Dialect): DialectFiles {
  const read = (name: string) => [name, readSqlFile(`${dialect}/${name}`)] as const;
  const fragments = filesIn(`${dialect}/fragments`).map((name) => [name, read(`fragments/${name}`)[1]] as const);
  return { statements: new Map(statementsOf(dialect).map(read)), fragments: new Map(fragments) };
}

/** The Oracle files with one text of one of them replaced; it must be there. */
function changed(kind: keyof DialectFiles, name: string, [from, to]: readonly [string, string]): DialectFiles {
  const text = ORACLE[kind].get(name) ?? '';
  expect(text).toContain(from);
  return { ...ORACLE, [kind]: new Map([...ORACLE[kind], [name, text.replace(from, to)]]) };
}

function without(kind: keyof DialectFiles, files: DialectFiles, name: string): DialectFiles {
  return { ...files, [kind]: new Map([...files[kind]].filter(([other]) => other !== name)) };
}

describe('the two dialects', () => {
  it('have the same statements, binds, columns, orders and rules', () => {
    expect(ORACLE.statements.size).toBeGreaterThanOrEqual(43);
    expect(findDifferences(DUCKDB, ORACLE)).toEqual([]);
  });

  it('have them too where Oracle has a second form of a statement', () => {
    const second = filesIn('oracle/recursive/lineage').map((name) => `lineage/${name}`);
    expect(second).toEqual(['lineage/split-ancestors', 'lineage/split-descendants']);
    const texts = second.map((name) => [name, readSqlFile(`oracle/recursive/${name}`)] as const);
    expect(findDifferences(DUCKDB, { ...ORACLE, statements: new Map([...ORACLE.statements, ...texts]) })).toEqual([]);
  });

  it.each([
    ['a missing column', 'events/history', [' PJ_BOP text,', '']],
    ['a column of another type', 'events/history', ['TRACKINQTY whole', 'TRACKINQTY decimal']],
    [
      'a column in another place',
      'events/history',
      ['WORKCENTERNAME text, SPECNAME text', 'SPECNAME text, WORKCENTERNAME text'],
    ],
    ['a missing bind', 'events/holds', ['ids list, now time', 'ids list']],
    ['a bind of another type', 'events/holds', ['now time', 'now text']],
    ['another bind', 'seeds/lot_id-exact', ['names list', 'ids list']],
    ['another order', 'events/rejects', ['trunc(TXNDATE) desc', 'trunc(TXNDATE)']],
    ['nulls in another place', 'events/materials', ['TXNDATE nulls last', 'TXNDATE']],
    ['an order that is not by day', 'events/rejects', ['trunc(TXNDATE) desc', 'TXNDATE desc']],
    ['a fragment that is not used', 'query-tool/equipment-loads', ['{{ load-columns }}', 'h.*']],
    ['another speed', 'events/jobs', ['-- Slow:    yes\n', '']],
    ['another time', 'query-tool/lot-splits', ['-- Timeout: 120', '-- Timeout: 60']],
    ['rows without a limit', 'query-tool/lot-rejects', ['-- Limit:   most\n', '']],
  ] as const)('differ with %s', (_difference, name, change) => {
    expect(findDifferences(DUCKDB, changed('statements', name, change))).toHaveLength(1);
  });

  it.each([
    ['another name', 'workcenter-group', ["'水吹砂') > 0", "'吹砂') > 0"]],
    ['another place', 'workcenter-group', ['then 10', 'then 9']],
    ['another group', 'workcenter-group', ["'移印', 8", "'印', 8"]],
    ['a group less', 'workcenter-group', [" union all\n  select '測試', 11 from dual", '']],
    ['a name without its test', 'workcenter-group', ["instr(NAME, '移印') > 0", "instr(NAME, '移印') > 1"]],
    ['another column', 'load-columns', ['h.SPECNAME', 'h.SPECID']],
    ['another lot', 'loads-of-selected', ['c.CONTAINERID = s.CONTAINERID', 'c.CONTAINERNAME = s.CONTAINERNAME']],
    ['another pattern', 'real-rejects-of-selected', ["'^[0-9]{3}_'", "'^[0-9]{2}_'"]],
    ['another package', 'real-rejects-of-selected', ["1, 3) <> 'PB_'", "1, 3) <> 'PA_'"]],
    ['another length', 'real-rejects-of-selected', ["1, 3) <> 'PB_'", "1, 2) <> 'PB_'"]],
    ['another list', 'equipment-of-ids', ['rows equipment_ids', 'rows ids']],
    ['another first row', 'spec-group', ['SEQUENCE nulls last', 'SEQUENCE desc nulls last']],
    ['another sequence', 'spec-group', ['{1,9}', '{1,8}']],
    ['another choice', 'spec-group', ['where CHOICE = 1', 'where CHOICE = 2']],
    ['another use', 'material-uses-of-selected', ['trim(WORKCENTERNAME), TXNDATE', 'trim(WORKCENTERNAME)']],
    ['a missing column', 'container-of-range', [', FIRSTNAME', '']],
    ['another text', 'seed-wafer-lot', ['rtrim(FIRSTNAME)', 'FIRSTNAME']],
    ['another source', 'seed-serial-number', ["<> 'UNKNOWN'", "= 'UNKNOWN'"]],
    ['other orders', 'seed-work-order', ["('GA', 'GC')", "('GA')"]],
    ['another case', 'seed-gd-lot-id', ['upper(rtrim(CONTAINERNAME))', 'rtrim(CONTAINERNAME)']],
    ['another end', 'detection-track-ins', ['< to_date(:until', '<= to_date(:until']],
    ['another choice', 'detection-set', ['TRACKINTIMESTAMP desc', 'TRACKINTIMESTAMP']],
    ['no limit', 'seed-exact', ['\nfetch first :most rows only', '']],
  ] as const)('differ with a fragment that has %s', (_difference, name, change) => {
    expect(findDifferences(DUCKDB, changed('fragments', name, change))).toEqual([
      `the rule of fragment ${name} differs`,
    ]);
  });

  it('differ when one of them lacks a statement or a fragment', () => {
    expect(findDifferences(DUCKDB, without('statements', ORACLE, 'events/jobs'))).toEqual([
      "statement events/jobs is DuckDB's only",
    ]);
    expect(findDifferences(without('statements', DUCKDB, 'events/jobs'), ORACLE)).toEqual([
      "statement events/jobs is Oracle's only",
    ]);
    expect(findDifferences(without('fragments', DUCKDB, 'range-ids'), ORACLE)).toEqual([
      "fragment range-ids is Oracle's only",
    ]);
  });

  it('write the day of a time each in their own way, which is no difference', () => {
    expect(normalOrder("date_trunc('day', A) desc,\n B")).toBe(normalOrder('trunc(A) desc, B'));
    expect(normalOrder("date_trunc('hour', A)")).not.toBe(normalOrder('trunc(A)'));
  });
});

describe('the rule of the work center groups', () => {
  it.each(['duckdb', 'oracle'] as const)(
    'is that of the table of names in %s, name by name, in its order',
    (dialect) => {
      const text = loadFragment(dialect, 'workcenter-group');
      const places = [...text.matchAll(/when ((?:contains|instr)\(.*?) then (\d+)/gs)].map(([, test = '', place]) => ({
        place: Number(place),
        names: [...test.matchAll(/'([^']*)'/g)].map(([, name]) => name),
      }));
      const names = new Map(
        [...text.matchAll(/[( ]'([^']*)', (\d+)(?=\)[,\n]| from dual)/g)].map(([, group, place]) => [
          Number(place),
          group,
        ]),
      );
      expect(places.map(({ place, names: found }) => ({ place, group: names.get(place), names: found }))).toEqual(
        groups,
      );
      expect(names.size).toBe(groups.length);
    },
  );

  it('keeps to one file in each dialect', () => {
    for (const [dialect, files] of [
      ['duckdb', DUCKDB],
      ['oracle', ORACLE],
    ] as const) {
      const texts = [...files.statements, ...files.fragments].filter(([, text]) => text.includes('水吹砂'));
      expect([dialect, texts.map(([name]) => name)]).toEqual([dialect, ['workcenter-group']]);
    }
  });
});
