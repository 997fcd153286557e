import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Lease } from '#protocol/lease.ts';
import type { BridgeProcess } from '../../src/local/bridge-process.ts';
import { startBridge } from '../../src/local/bridge-process.ts';
import { EdgeDouble } from '../helpers/bridge-edge-double.ts';
import { makeKey, makeLease } from '../helpers/bridge-samples.ts';
import type { Answer, CellValue, QueryAnswer } from '../helpers/oracle-server/answers.ts';
import { OracleServer, TEST_LOGIN } from '../helpers/oracle-server/server.ts';
import { answerSetup, rowsOfStatement, untilEmpty } from '../helpers/oracle-test-warehouse.ts';
import { makeTemporaryFolder } from '../helpers/temporary-folder.ts';
import { id } from '../helpers/tiny-warehouse.ts';

/** A process of its own starts slowly on a busy machine. */
const POLL = { timeout: 30_000, interval: 20 };
const IDS = [1, 2, 3].map(id);

async function startServer(answer: (sql: string) => Answer): Promise<OracleServer> {
  const server = await OracleServer.start({
    ...TEST_LOGIN,
    warning: { code: 28_002 },
    answer: ({ sql }) => answerSetup(sql) ?? answer(sql),
  });
  onTestFinished(() => server.close());
  return server;
}

function leaseOf(number: number, lane: 'interactive' | 'batch'): Lease {
  return makeLease({ job_id: number.toString(16).padStart(64, '0'), spec: { lane, domains: ['history'] } });
}

interface Daemon {
  readonly edge: EdgeDouble;
  readonly bridge: BridgeProcess;
  readonly lines: string[];
}

/** A daemon with so many slots a lane that has said hello and how it is. */
async function startDaemon(primary: OracleServer, replica: OracleServer, slots = '1'): Promise<Daemon> {
  const key = await makeKey();
  const edge = await EdgeDouble.start(key);
  onTestFinished(() => edge.close());
  const folder = await makeTemporaryFolder();
  const file = (name: string): string => path.join(folder, name);
  await writeFile(file('key.json'), JSON.stringify(key));
  await writeFile(file('password'), `${TEST_LOGIN.password}\n`);
  const lines: string[] = [];
  const bridge = startBridge({
    edgeUrl: edge.url,
    site: 'fab1',
    bridgeId: 'bridge-1',
    privateKeyFile: file('key.json'),
    warehouseFile: '',
    variables: {
      WAREHOUSE: 'oracle',
      ORACLE_CONNECT_STRING: primary.connectString,
      ORACLE_REPORT_CONNECT_STRING: replica.connectString,
      ORACLE_USER: TEST_LOGIN.user,
      ORACLE_PASSWORD_FILE: file('password'),
      SLOTS_INTERACTIVE: slots,
      SLOTS_BATCH: slots,
    },
    onLine: (line) => lines.push(line),
  });
  onTestFinished(() => bridge.kill());
  await edge.until(() => edge.controlMessages.some((message) => message['type'] === 'status'));
  return { edge, bridge, lines };
}

it('the daemon reads an Oracle warehouse and its replica, reports cancels and leaves both without a session', async () => {
  let answer: Answer = rowsOfStatement('events/history', 5);
  const [primary, replica] = [await startServer(() => answer), await startServer(() => answer)];
  const { edge, bridge, lines } = await startDaemon(primary, replica);
  expect(edge.controlMessages[0]).toMatchObject({ type: 'hello', warehouse: 'oracle 19.3' });

  const short = edge.submit(leaseOf(1, 'interactive'), IDS);
  const long = edge.submit(leaseOf(2, 'batch'), IDS);
  await edge.until(() => short.ends.length > 0 && long.ends.length > 0);
  for (const job of [short, long]) expect(job.log.records('history')).toHaveLength(5);
  const who = (server: OracleServer) =>
    server.sessions.map(({ module, action, clientId }) => [module, action, clientId]);
  expect(who(primary)).toEqual([['oracle-bridge', 'history', short.lease.job_id]]);
  expect(who(replica)).toEqual([['oracle-bridge', 'history', long.lease.job_id]]);

  answer = rowsOfStatement('events/history', 50, { hangAtRow: 20 });
  const stopped = edge.submit(leaseOf(3, 'batch'), IDS);
  await expect.poll(() => replica.cursorsOpen, POLL).toBe(1);
  stopped.state = 'cancelled';
  edge.send({ type: 'cancel', job_id: stopped.lease.job_id, epoch: stopped.lease.epoch });
  await edge.until(() => stopped.ends.length > 0);
  expect(stopped.ends).toEqual([{ call: 'cancelled', body: { database: 'confirmed' } }]);

  await bridge.stop();
  await expect(bridge.exited).resolves.toBe(0);
  await Promise.all([primary, replica].map(untilEmpty));
  expect(lines.filter((line) => line.includes('ORA-28002'))).toHaveLength(2);
  expect(lines.join('\n')).not.toContain(TEST_LOGIN.password);
});

it('a password that the database refuses is tried once, by all workers and their jobs together', async () => {
  const primary = await startServer(() => rowsOfStatement('events/history', 5));
  await primary.refuse({ login: 1017 });
  const { edge, lines } = await startDaemon(primary, primary, '2');
  const refused = () => lines.filter((line) => line.includes('cannot be opened') && line.includes('ORA-01017'));
  await expect.poll(() => refused().length, POLL).toBe(4);
  const jobs = [edge.submit(leaseOf(1, 'interactive'), IDS), edge.submit(leaseOf(2, 'batch'), IDS)];
  await edge.until(() => jobs.every(({ ends }) => ends.length > 0));
  for (const { ends } of jobs) {
    expect(ends).toMatchObject([{ call: 'fail', body: { code: 'WAREHOUSE_UNAVAILABLE' } }]);
  }
  expect(primary.loginsTried).toBe(1);
});

/** A text of so many characters where the warehouse has a CLOB; a line may have 8 MiB. */
const ABSURD_CHARS = 9_000_000;

function withAbsurdText({ columns, rows, ...faults }: QueryAnswer, name: string): QueryAnswer {
  const at = columns.findIndex((column) => column.name === name);
  const absurd = [...(rows as Iterable<readonly CellValue[]>)].map((row) => row.with(at, 'x'.repeat(ABSURD_CHARS)));
  return { columns: columns.with(at, { name, type: 'CLOB' }), rows: absurd, ...faults };
}

it.each(['interactive', 'batch'] as const)(
  'a record of 9 MB fails its domain in the %s lane and neither the job, its worker nor the daemon',
  async (lane) => {
    const absurd = withAbsurdText(rowsOfStatement('events/history', 1), 'PJ_TYPE');
    const server = await startServer((sql) =>
      sql.includes('LOTMATERIALSHISTORY') ? rowsOfStatement('events/materials', 3) : absurd,
    );
    const { edge, bridge, lines } = await startDaemon(server, server);
    for (const number of [1, 2]) {
      const domains = ['history', 'materials'] as const;
      const job = edge.submit(
        { ...leaseOf(number, lane), spec: { ...leaseOf(number, lane).spec, domains: [...domains] } },
        IDS,
      );
      await edge.until(() => job.ends.length > 0);
      expect(job.ends).toEqual([{ call: 'finish', body: { records: 3 } }]);
      expect(job.log.domain('history').end).toMatchObject({ status: 'failed', code: 'RESULT_TOO_LARGE' });
      expect(job.log.records('materials')).toHaveLength(3);
    }
    expect(lines.filter((line) => line.includes('a job worker'))).toEqual([]);
    await bridge.stop();
    await expect(bridge.exited).resolves.toBe(0);
    await untilEmpty(server);
  },
);
