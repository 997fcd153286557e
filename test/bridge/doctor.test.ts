import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { OracleConfig } from '../../oracle-bridge/config-warehouse.ts';
import { parseConfig } from '../../oracle-bridge/config.ts';
import { checkVersion, judgeIndexes } from '../../oracle-bridge/doctor/check-database.ts';
import { columnTrouble } from '../../oracle-bridge/doctor/check-statements.ts';
import { dialectStatements, dialectTables } from '../../oracle-bridge/doctor/dialect-statements.ts';
import { examine } from '../../oracle-bridge/doctor/doctor.ts';
import { NEEDED_INDEXES } from '../../oracle-bridge/doctor/needed-indexes.ts';
import type { StatementFile } from '../../oracle-bridge/warehouse/sql/statement-file.ts';
import { loadStatement } from '../../oracle-bridge/warehouse/sql/loader.ts';
import { makeEnvironment } from '../helpers/bridge-samples.ts';
import { canUseIndex } from '../helpers/index-uses.ts';
import type { Answer, AnswerRequest } from '../helpers/oracle-server/answers.ts';
import type { Column } from '../helpers/oracle-server/columns.ts';
import { DuckDbAnswers } from '../helpers/oracle-server/duckdb-answers.ts';
import { makeTinyWarehouse } from '../helpers/tiny-warehouse.ts';
import { GOLDEN_LINEAGES } from '../../oracle-bridge/golden/golden-lineages.ts';
import { OracleServer, TEST_LOGIN } from '../helpers/oracle-server/server.ts';

const QUESTIONS = GOLDEN_LINEAGES.reduce((sum, { asks }) => sum + asks.length, 0);
const BOUND = { lists: 'bound', walk: 'connect-by' } as const;
const servers: OracleServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const text = (name: string): Column => ({ name, type: 'VARCHAR' });

/** Columns of every text a job may run, as a database would describe them. */
const DESCRIBED = new Map(
  [
    dialectStatements(BOUND),
    dialectStatements({ ...BOUND, walk: 'recursive' }),
    dialectStatements({ ...BOUND, lists: 'loaded' }, true),
  ].flatMap((statements) => statements.map(({ file, text: sql }) => [sql, file.columns.map(toColumn)] as const)),
);

function toColumn({ name, type }: StatementFile['columns'][number]): Column {
  return { name, type: type === 'text' || type === 'time' ? 'VARCHAR' : 'NUMBER' };
}

/** A database in which all is well; `odd` answers what a test wants to be otherwise. */
async function startDatabase(
  odd: (request: AnswerRequest) => Answer | undefined | Promise<Answer> = () => undefined,
  warning?: number,
) {
  const server = await OracleServer.start({
    ...TEST_LOGIN,
    ...(warning === undefined ? {} : { warning: { code: warning } }),
    answer: async (request) => (await odd(request)) ?? answerWell(request),
  });
  servers.push(server);
  return server;
}

function answerWell({ sql, parseOnly }: AnswerRequest): Answer {
  if (/^(insert|delete)/.test(sql)) return { rowCount: 0 };
  if (parseOnly) return { columns: DESCRIBED.get(sql) ?? [text('ANY')], rows: [] };
  if (/NLS_CHARACTERSET/.test(sql)) return { columns: [text('VALUE')], rows: [['AL32UTF8']] };
  if (/SESSION_PRIVS/.test(sql)) return { columns: [text('RIGHT_NAME')], rows: [] };
  if (/ALL_IND_COLUMNS/.test(sql)) {
    return { columns: [text('T'), text('C')], rows: NEEDED_INDEXES.map(({ table, column }) => [table, column]) };
  }
  if (/timestamp_to_scn/.test(sql)) return { columns: [text('MOMENT')], rows: [['4711']] };
  return /^select/i.test(sql) ? { columns: [text('ANY')], rows: [] } : { rowCount: 0 };
}

function configFor(server: OracleServer, variables: Readonly<Record<string, string>> = {}): OracleConfig {
  const { warehouse } = parseConfig(
    makeEnvironment({
      WAREHOUSE: 'oracle',
      ORACLE_CONNECT_STRING: server.connectString,
      ORACLE_USER: TEST_LOGIN.user,
      ORACLE_PASSWORD: TEST_LOGIN.password,
      ...variables,
    }),
  );
  if (warehouse.kind !== 'oracle') throw new Error('not an Oracle warehouse');
  return warehouse;
}

async function askDoctor(server: OracleServer, variables: Readonly<Record<string, string>> = {}, golden = false) {
  const lines: string[] = [];
  const signal = new AbortController().signal;
  const isWell = await examine(configFor(server, variables), {
    golden,
    signal,
    print: (line) => lines.push(line),
  });
  return { isWell, report: lines.join('\n') };
}

const missing = /\bDW_MES_JOB\b/;
const NO_JOBS = ({ sql }: AnswerRequest): Answer | undefined =>
  missing.test(sql) ? { error: { code: 942 } } : undefined;

describe('the doctor', () => {
  it('finds nothing but the price of bound lists where all is well, writes nothing and leaves no session behind', async () => {
    const server = await startDatabase();
    const { isWell, report } = await askDoctor(server);
    expect(report).not.toMatch(/FAILED|DBA/);
    expect(report.match(/^WARNING.*/gm)).toEqual([expect.stringMatching(/^WARNING lists: are bound: .* each 1000 /)]);
    expect(report).toContain('ok      version: Oracle 19.');
    expect(report).toContain(`ok      statements: all ${dialectStatements(BOUND).length} are understood`);
    expect(isWell).toBe(true);
    await expect.poll(() => server.sessions).toEqual([]);
    const [session] = server.allSessions;
    expect(session).toMatchObject({ module: 'oracle-bridge', action: 'doctor', commits: 0, transaction: 'none' });
  });

  it('names a table that cannot be read, the statements that need it, and the grant', async () => {
    const { isWell, report } = await askDoctor(await startDatabase(NO_JOBS));
    expect(isWell).toBe(false);
    expect(report).toContain('FAILED  tables: DWH.DW_MES_JOB cannot be read: ORA-00942');
    expect(report).toMatch(/FAILED {2}statements: oracle\/events\/jobs: ORA-00942/);
    expect(report).toContain('grant select on DWH.DW_MES_JOB to LOTSTREAM;');
    expect(report).not.toContain('DW_MES_CONTAINER cannot');
  });

  it('tells a column that comes as something else from what the statement promises', async () => {
    const { isWell, report } = await askDoctor(
      await startDatabase(({ sql, parseOnly }) => {
        const columns = DESCRIBED.get(sql);
        if (!parseOnly || !columns || !sql.includes('HOLDTXNDATE')) return undefined;
        return { columns: columns.map(({ name }) => ({ name, type: 'DATE' as const })), rows: [] };
      }),
    );
    expect(isWell).toBe(false);
    expect(report).toMatch(/FAILED {2}statements: oracle\/events\/holds: CONTAINERID is DB_TYPE_DATE, not text/);
  });

  it('warns of an account that can write, of another character set, and of a password that expires', async () => {
    const { isWell, report } = await askDoctor(
      await startDatabase(({ sql }) => {
        if (/SESSION_PRIVS/.test(sql)) return { columns: [text('R')], rows: [['DELETE ANY TABLE']] };
        return /NLS_CHARACTERSET/.test(sql) ? { columns: [text('V')], rows: [['ZHT16BIG5']] } : undefined;
      }, 28_002),
    );
    expect(isWell).toBe(true);
    expect(report).toContain('WARNING rights: LOTSTREAM can do more than read: DELETE ANY TABLE');
    expect(report).toContain('WARNING character set: ZHT16BIG5');
    expect(report).toMatch(/WARNING connection: ORA-28002/);
  });

  it('asks for the table of loaded lists and for the right to look back only where they are configured', async () => {
    const odd = ({ sql }: AnswerRequest): Answer | undefined => {
      if (sql.startsWith('select ID from LOTSTREAM_IDS')) return { error: { code: 942 } };
      return /as of scn/.test(sql) ? { error: { code: 1031 } } : undefined;
    };
    const server = await startDatabase(odd);
    expect((await askDoctor(server)).report).not.toMatch(/LOTSTREAM_IDS|flashback/);
    const { report } = await askDoctor(server, { ORACLE_LISTS: 'loaded', ORACLE_SNAPSHOT: 'job' });
    expect(report).toContain('create global temporary table LOTSTREAM.LOTSTREAM_IDS (');
    expect(report).toContain('ok      lists: are loaded');
    expect(report).toContain('grant flashback on DWH.DW_MES_CONTAINER to LOTSTREAM;');
  });

  it('names the right that is missing where loaded lists cannot be filled, and none where they can', async () => {
    const variables = { ORACLE_LISTS: 'loaded', ORACLE_SNAPSHOT: 'job' };
    const { report } = await askDoctor(await startDatabase(), variables);
    expect(report).toContain('ok      list table: LOTSTREAM_IDS is there, to be filled and emptied');
    const readOnly = await startDatabase(({ sql }) =>
      sql.startsWith('insert into LOTSTREAM_IDS') ? { error: { code: 1031 } } : undefined,
    );
    const { isWell, report: refused } = await askDoctor(readOnly, variables);
    expect(isWell).toBe(false);
    expect(refused).toContain('FAILED  list table: LOTSTREAM_IDS cannot be filled: ORA-01031');
    expect(refused).toContain('grant insert, delete on LOTSTREAM_IDS to LOTSTREAM;');
    expect(readOnly.allSessions).toMatchObject([{ commits: 0, transaction: 'none' }]);
  });

  it('says what the database said when nobody can log in, and does so for the replica too', async () => {
    const server = await startDatabase();
    const replica = await startDatabase();
    await replica.refuse({ login: 28_000 });
    const { isWell, report } = await askDoctor(server, { ORACLE_REPORT_CONNECT_STRING: replica.connectString });
    expect(isWell).toBe(false);
    expect(report).toContain(`${TEST_LOGIN.user} at ${replica.connectString}\nFAILED  connection: ORA-28000`);
    expect(report).not.toContain(TEST_LOGIN.password);
  });

  it('asks the golden lineages in both forms of the walk, and says which are answered wrong', async () => {
    // DuckDB stands in for the database: it runs the recursive form, and knows no CONNECT BY.
    const tiny = await makeTinyWarehouse({});
    const answers = await DuckDbAnswers.open(tiny.file);
    onTestFinished(async () => {
      answers.close();
      await tiny.close();
    });
    const server = await startDatabase((request) =>
      request.sql.startsWith('with DW_MES_') ? answers.answer(request) : undefined,
    );
    const { isWell, report } = await askDoctor(server, {}, true);
    const wrong = report.split('\n').filter((line) => line.includes('golden lineages'));
    expect(isWell).toBe(false);
    expect(wrong.length).toBe(QUESTIONS);
    for (const line of wrong) expect(line).toMatch(/^FAILED {2}golden lineages: .* \(connect-by\): ORA-/);
  });

  it('stops when it is told to, with no session left', async () => {
    const server = await startDatabase();
    const stop = new AbortController();
    const print = (): void => stop.abort(new Error('stopped'));
    await expect(examine(configFor(server), { golden: true, signal: stop.signal, print })).rejects.toThrow('stopped');
    await expect.poll(() => server.sessions).toEqual([]);
  });
});

describe('what the doctor knows', () => {
  it('refuses an Oracle older than 19', () => {
    expect(checkVersion({ serverVersion: '19.3.0.0.0' }).status).toBe('ok');
    expect(checkVersion({ serverVersion: '23.4.0.0.0' }).status).toBe('ok');
    expect(checkVersion({ serverVersion: '12.2.0.1.0' }).status).toBe('failed');
  });

  it('has a remedy for every index, and fails for those without which a trace reads whole tables', () => {
    const findings = judgeIndexes(new Set());
    expect(findings).toHaveLength(NEEDED_INDEXES.length);
    for (const { remedies } of findings)
      expect(remedies?.[0]).toMatch(/^create index DWH\.LOTSTREAM_\w+ on DWH\.DW_MES_\w+ \(\w+\) online$/);
    const required = NEEDED_INDEXES.filter(({ need }) => need === 'required');
    expect(findings.filter(({ status }) => status === 'failed')).toHaveLength(required.length);
  });

  it.each(NEEDED_INDEXES)('names an index only where a statement can use it: $table.$column', (needed) => {
    expect(dialectStatements(BOUND).some(({ text: sql }) => canUseIndex(sql, needed))).toBe(true);
  });

  it.each([
    ['CONTAINER', 'MFGORDERNAME'],
    ['CONTAINER', 'FIRSTNAME'],
    ['CONTAINER', 'SPLITFROMID'],
    ['PJ_COMBINEDASSYLOTS', 'FINISHEDNAME'],
    ['LOTWIPHISTORY', 'EQUIPMENTID'],
    ['LOTMATERIALSHISTORY', 'EQUIPMENTID'],
  ])('asks for no index on a column that every statement compares by a function: %s.%s', (table, column) => {
    const index = { table: `DW_MES_${table}`, column };
    expect(dialectStatements(BOUND).some(({ text: sql }) => canUseIndex(sql, index))).toBe(false);
    expect(NEEDED_INDEXES).not.toContainEqual(expect.objectContaining(index));
  });

  it('has the database read the statements as they will be run: with lists of both sizes, and as of a moment', () => {
    const history = (statements: ReturnType<typeof dialectStatements>) =>
      statements.filter(({ file }) => file.name === 'oracle/events/history').map(({ text: sql }) => sql);
    expect(history(dialectStatements(BOUND)).map((sql) => [sql.includes(':ids_101'), sql.includes('as of')])).toEqual([
      [false, false],
      [true, false],
    ]);
    const [asOf, ...more] = history(dialectStatements({ ...BOUND, lists: 'loaded' }, true));
    expect(asOf).toContain('DWH.DW_MES_LOTWIPHISTORY as of scn :snapshot_scn');
    expect(more).toEqual([]);
  });

  it('knows every table of the statements', () => {
    expect(dialectTables(BOUND)).toContain('DW_MES_LOTWIPHISTORY');
    expect(dialectTables(BOUND)).toContain('DW_MES_SPEC_WORKCENTER_V');
    expect(dialectTables(BOUND).length).toBe(12);
  });

  it('counts columns', () => {
    const file = loadStatement('oracle', 'lineage/merge-sources');
    const column = (type: string) => ({ name: 'X', type });
    expect(columnTrouble(file, [column('DB_TYPE_VARCHAR')])).toBe('has 1 columns instead of 2');
    expect(columnTrouble(file, [column('DB_TYPE_VARCHAR'), column('DB_TYPE_CHAR')])).toBeUndefined();
  });
});
