import { buildOracleRead } from '../warehouse/oracle/build-read.ts';
import { loadStatement } from '../warehouse/sql/loader.ts';
import type { DatabaseConsole } from './database-console.ts';
import { databaseSaid } from './database-console.ts';
import type { Finding } from './finding.ts';
import type { NeededIndex } from './needed-indexes.ts';
import { NEEDED_INDEXES } from './needed-indexes.ts';

const LEAST_VERSION = 19;
const CHARACTER_SET = 'AL32UTF8';
const ANY_DIALECT = { lists: 'bound', walk: 'connect-by' } as const;

export function checkVersion({ serverVersion }: Pick<DatabaseConsole, 'serverVersion'>): Finding {
  const subject = 'version';
  const major = Number.parseInt(serverVersion, 10);
  return major >= LEAST_VERSION
    ? { subject, status: 'ok', detail: `Oracle ${serverVersion}` }
    : { subject, status: 'failed', detail: `Oracle ${serverVersion}; the statements need ${LEAST_VERSION} or newer` };
}

/** What every session begins with. */
export async function checkSession(database: DatabaseConsole): Promise<Finding> {
  const subject = 'session';
  try {
    await database.run(loadStatement('oracle', 'setup/session').body);
    await database.run('set transaction read only');
    await database.run('rollback');
    return { subject, status: 'ok', detail: 'compares bytes and reads in read-only transactions' };
  } catch (error) {
    return { subject, status: 'failed', detail: `a session cannot be set up: ${databaseSaid(error)}` };
  }
}

export async function checkCharacterSet(database: DatabaseConsole): Promise<Finding> {
  const subject = 'character set';
  return await looked(subject, async () => {
    const [found] = await readTexts(database, 'doctor/character-set');
    return found?.[0] === CHARACTER_SET
      ? { subject, status: 'ok', detail: CHARACTER_SET }
      : {
          subject,
          status: 'warning',
          detail: `${found?.[0] ?? 'unknown'}: texts outside ASCII are sorted otherwise than in ${CHARACTER_SET}`,
        };
  });
}

/** The bridge writes nothing; an account that could is a risk nobody needs. */
export async function checkRights(database: DatabaseConsole): Promise<Finding> {
  const subject = 'rights';
  return await looked(subject, async () => {
    const rights = (await readTexts(database, 'doctor/write-grants')).map(([right]) => String(right));
    return rights.length === 0
      ? { subject, status: 'ok', detail: `${database.user} can change nothing of the plant` }
      : { subject, status: 'warning', detail: `${database.user} can do more than read: ${rights.join(', ')}` };
  });
}

export async function checkIndexes(database: DatabaseConsole): Promise<Finding[]> {
  const subject = 'indexes';
  try {
    const rows = await readTexts(database, 'doctor/indexed-columns');
    return judgeIndexes(new Set(rows.map(([table, column]) => `${table}.${column}`)));
  } catch (error) {
    return [{ subject, status: 'warning', detail: `could not be looked up: ${databaseSaid(error)}` }];
  }
}

/** `indexed`: `TABLE.COLUMN` of every column that an index begins with. */
export function judgeIndexes(indexed: ReadonlySet<string>): Finding[] {
  const missing = NEEDED_INDEXES.filter(({ table, column }) => !indexed.has(`${table}.${column}`));
  if (missing.length > 0) return missing.map(missingIndex);
  return [{ subject: 'indexes', status: 'ok', detail: `all ${NEEDED_INDEXES.length} that matter are there` }];
}

function missingIndex({ table, column, need, serves }: NeededIndex): Finding {
  return {
    subject: 'indexes',
    status: need === 'required' ? 'failed' : 'warning',
    detail: `none begins with ${table}.${column}: slow are ${serves}`,
    remedies: [`create index DWH.${indexName(table, column)} on DWH.${table} (${column}) online`],
  };
}

/** Names of 19c have up to 128 characters. */
function indexName(table: string, column: string): string {
  return `${table.replace(/^DW_MES_/, 'LOTSTREAM_')}_${column}`;
}

async function readTexts(database: DatabaseConsole, name: string): Promise<readonly (string | number | null)[][]> {
  const [query] = buildOracleRead({ name, binds: {} }, ANY_DIALECT).queries;
  return query ? (await database.query(query)).map((row) => [...row]) : [];
}

async function looked(subject: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return { subject, status: 'warning', detail: `could not be looked up: ${databaseSaid(error)}` };
  }
}
