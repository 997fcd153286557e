import { readAsOf, readScn } from '../warehouse/oracle/as-of.ts';
import type { OracleDialect } from '../warehouse/oracle/build-read.ts';
import { loadStatement } from '../warehouse/sql/loader.ts';
import type { DatabaseConsole } from './database-console.ts';
import { databaseSaid } from './database-console.ts';
import { dialectTables } from './dialect-statements.ts';
import type { Finding } from './finding.ts';

/** Whether every table can be read as it was at a moment, which takes a right of its own. */
export async function checkSnapshot(database: DatabaseConsole, dialect: OracleDialect): Promise<Finding[]> {
  const subject = 'snapshots';
  let scn: number;
  try {
    scn = await askScn(database);
  } catch (error) {
    return [
      { subject, status: 'failed', detail: `the moment of the database is not to be had: ${databaseSaid(error)}` },
    ];
  }
  const findings: Finding[] = [];
  for (const table of dialectTables(dialect)) {
    try {
      await database.query(readAsOf({ text: `select 1 from DWH.${table} where rownum < 1`, binds: [] }, scn));
    } catch (error) {
      findings.push({
        subject,
        status: 'failed',
        detail: `DWH.${table} cannot be read as it was: ${databaseSaid(error)}`,
        remedies: [`grant flashback on DWH.${table} to ${database.user}`],
      });
    }
  }
  return findings.length > 0 ? findings : [{ subject, status: 'ok', detail: 'every table can be read as it was' }];
}

async function askScn(database: DatabaseConsole): Promise<number> {
  const [row] = await database.query({ text: loadStatement('oracle', 'setup/read-moment').body, binds: [] });
  const scn = readScn(String(row?.[0]));
  if (scn === undefined) throw new Error(`no system change number: ${String(row?.[0])}`);
  return scn;
}
