import type { OracleDialect } from '../warehouse/oracle/build-read.ts';
import { NUMBER_TYPES, TEXT_TYPES } from '../warehouse/oracle/fetched-types.ts';
import { MAX_LIST_SIZE } from '../warehouse/oracle/lists.ts';
import { loadStatement } from '../warehouse/sql/loader.ts';
import type { ColumnType, StatementFile } from '../warehouse/sql/statement-file.ts';
import type { DatabaseConsole, DescribedColumn } from './database-console.ts';
import { databaseSaid } from './database-console.ts';
import { dialectStatements, dialectTables } from './dialect-statements.ts';
import type { Finding } from './finding.ts';

/** What a column may come as from the database; times are made text by the statement. */
const TYPES_OF: Readonly<Record<ColumnType, ReadonlySet<string>>> = {
  text: TEXT_TYPES,
  time: TEXT_TYPES,
  whole: NUMBER_TYPES,
  decimal: NUMBER_TYPES,
  double: NUMBER_TYPES,
};

/** Whether the account may read each table that a statement names. */
export async function checkTables(database: DatabaseConsole, dialect: OracleDialect): Promise<Finding[]> {
  const findings: Finding[] = [];
  const tables = dialectTables(dialect);
  for (const table of tables) {
    try {
      await database.describe(`select * from DWH.${table}`);
    } catch (error) {
      findings.push({
        subject: 'tables',
        status: 'failed',
        detail: `DWH.${table} cannot be read: ${databaseSaid(error)}`,
        remedies: [`grant select on DWH.${table} to ${database.user}`],
      });
    }
  }
  return findings.length > 0
    ? findings
    : [{ subject: 'tables', status: 'ok', detail: `all ${tables.length} can be read` }];
}

/**
 * Has the database parse every statement a job may run, which takes its tables, their columns and its dialect, and
 * compares the columns with those that its header promises.
 */
export async function checkStatements(
  database: DatabaseConsole,
  { dialect, snapshotOfJob }: { readonly dialect: OracleDialect; readonly snapshotOfJob: boolean },
): Promise<Finding[]> {
  const statements = dialectStatements(dialect, snapshotOfJob);
  const troubles = new Map<string, string>();
  for (const { file, text } of statements) {
    if (troubles.has(file.name)) continue;
    const trouble = await troubleOf(database, file, text);
    if (trouble !== undefined) troubles.set(file.name, trouble);
  }
  if (troubles.size === 0)
    return [{ subject: 'statements', status: 'ok', detail: `all ${statements.length} are understood` }];
  return [...troubles].map(([name, trouble]) => ({
    subject: 'statements',
    status: 'failed',
    detail: `${name}: ${trouble}`,
  }));
}

async function troubleOf(database: DatabaseConsole, file: StatementFile, text: string): Promise<string | undefined> {
  try {
    return columnTrouble(file, await database.describe(text));
  } catch (error) {
    return databaseSaid(error);
  }
}

/** What of the described columns is not as the header says. */
export function columnTrouble(file: StatementFile, columns: readonly DescribedColumn[]): string | undefined {
  if (columns.length !== file.columns.length) return `has ${columns.length} columns instead of ${file.columns.length}`;
  const wrong = file.columns.flatMap(({ name, type }, index) => {
    const found = columns[index]?.type ?? 'nothing';
    return TYPES_OF[type].has(found) ? [] : [`${name} is ${found}, not ${type}`];
  });
  return wrong.length > 0 ? wrong.join('; ') : undefined;
}

/** What bound lists cost where a trace is large; loaded ones are read whole. */
export function checkLists({ lists }: Pick<OracleDialect, 'lists'>): Finding {
  const subject = 'lists';
  if (lists === 'loaded') return { subject, status: 'ok', detail: 'are loaded, and read whole' };
  const detail = `are bound: a lineage of more than ${MAX_LIST_SIZE} lots reads its tables once for each ${MAX_LIST_SIZE} of them; ORACLE_LISTS=loaded reads them once`;
  return { subject, status: 'warning', detail };
}

/** The table that holds loaded lists, which a session fills and empties; needed only where lists are loaded. */
export async function checkListTable(database: DatabaseConsole): Promise<Finding> {
  const subject = 'list table';
  try {
    await database.describe('select ID from LOTSTREAM_IDS');
  } catch (error) {
    return {
      subject,
      status: 'failed',
      detail: `LOTSTREAM_IDS cannot be used: ${databaseSaid(error)}`,
      remedies: [
        loadStatement('oracle', 'setup/create-ids').body.replace('LOTSTREAM_IDS', `${database.user}.LOTSTREAM_IDS`),
      ],
    };
  }
  try {
    for (const name of ['setup/clear-ids', 'setup/load-ids']) {
      await database.describe(loadStatement('oracle', name).body);
    }
    return { subject, status: 'ok', detail: 'LOTSTREAM_IDS is there, to be filled and emptied' };
  } catch (error) {
    return {
      subject,
      status: 'failed',
      detail: `LOTSTREAM_IDS cannot be filled: ${databaseSaid(error)}`,
      remedies: [`grant insert, delete on LOTSTREAM_IDS to ${database.user}`],
    };
  }
}
