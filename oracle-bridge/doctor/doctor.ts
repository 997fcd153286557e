import type { OracleConfig } from '../config-warehouse.ts';
import { databaseSaid } from './database-console.ts';
import type { Finding } from './finding.ts';
import { findingLine, remediesOf } from './finding.ts';
import { OracleConsole } from './oracle-console.ts';
import { runDoctor } from './run-doctor.ts';

export interface DoctorCall {
  /** Also asks the golden lineages. */
  readonly golden: boolean;
  readonly signal: AbortSignal;
  /** One line of the report. */
  readonly print: (line: string) => void;
}

/** Looks at each database of the configuration and prints what it finds as it goes. @returns whether nothing has failed. */
export async function examine(config: OracleConfig, call: DoctorCall): Promise<boolean> {
  const connectStrings = [config.connectString, ...(config.reportConnectString ? [config.reportConnectString] : [])];
  const findings: Finding[] = [];
  for (const connectString of connectStrings) {
    call.print(`${config.user} at ${connectString}`);
    findings.push(...(await examineOne({ ...config, connectString }, call)));
  }
  printRemedies(findings, call.print);
  return findings.every(({ status }) => status !== 'failed');
}

async function examineOne(config: OracleConfig, { golden, signal, print }: DoctorCall): Promise<Finding[]> {
  const findings: Finding[] = [];
  const tell = (finding: Finding): void => {
    findings.push(finding);
    print(findingLine(finding));
  };
  let database: OracleConsole | undefined;
  try {
    database = await OracleConsole.open(config, signal);
    const { warning } = database;
    tell({
      subject: 'connection',
      status: warning ? 'warning' : 'ok',
      detail: warning ? databaseSaid(warning) : 'works',
    });
    const { lists, walk, snapshot } = config;
    const options = { dialect: { lists, walk }, snapshotOfJob: snapshot === 'job', golden, signal };
    for await (const finding of runDoctor(database, options)) tell(finding);
  } catch (error) {
    signal.throwIfAborted();
    tell({ subject: 'connection', status: 'failed', detail: causeOf(error) });
  } finally {
    await database?.close();
  }
  return findings;
}

function printRemedies(findings: readonly Finding[], print: (line: string) => void): void {
  const remedies = remediesOf(findings);
  if (remedies.length === 0) return;
  print('');
  print('What a DBA would do:');
  for (const remedy of remedies) print(`${remedy};`);
}

function causeOf(error: unknown): string {
  return databaseSaid(error instanceof Error && error.cause !== undefined ? error.cause : error);
}
