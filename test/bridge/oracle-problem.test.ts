import { describe, expect, it } from 'vitest';
import { ProblemError } from '#protocol/problem.ts';
import { endOfError } from '../../oracle-bridge/job/job-end.ts';
import {
  losesSession,
  problemOfLogin,
  problemOfRead,
  troubleOf,
} from '../../oracle-bridge/warehouse/oracle/problem.ts';

const never = new AbortController().signal;

/** As the driver throws it: its code is that of the error, its text begins with it. */
function driverError(code: string, more = ''): Error {
  return Object.assign(new Error(`${code}: whatever the database says of DWH.SECRET${more}`), { code });
}

const ACCOUNT = 'The warehouse does not accept the account of the bridge.';
const FULL = 'The warehouse has no free session for the bridge at the moment.';
const STARTING = 'The database of the warehouse is starting or stopping.';
const UNKNOWN = 'There is no database of the configured name where the warehouse should be.';
const UNREACHABLE = 'The warehouse cannot be reached at the moment.';
const LOST = 'The connection to the warehouse was lost.';

describe('an error of the database', () => {
  it.each([
    ['a wrong password', 'ORA-01017', ACCOUNT],
    ['a locked account', 'ORA-28000', ACCOUNT],
    ['a password that has expired', 'ORA-28001', ACCOUNT],
    ['no listener', 'NJS-503', UNREACHABLE],
    ['a listener that is too slow', 'NJS-510', UNREACHABLE],
    ['a timeout of the network', 'ORA-12170', UNREACHABLE],
    ['a refusal of the listener', 'NJS-511', UNREACHABLE],
    ['an unknown service', 'NJS-518', UNKNOWN],
    ['an unknown service, said by the database', 'ORA-12514', UNKNOWN],
    ['an unknown name of a connection', 'NJS-517', UNKNOWN],
    ['a lost connection', 'NJS-500', LOST],
    ['a killed session', 'ORA-00028', LOST],
    ['a lost process', 'ORA-03113', LOST],
    ['a session that used all the time it may', 'ORA-02392', LOST],
    ['a session that read all it may', 'ORA-02394', LOST],
    ['a full pool', 'NJS-040', FULL],
    ['no process left', 'ORA-00020', FULL],
    ['too many sessions of one account', 'ORA-02391', FULL],
    ['a database that starts', 'ORA-01033', STARTING],
    ['a database that is down', 'ORA-01034', STARTING],
    ['a certificate of another host', 'NJS-508', 'The encrypted connection to the warehouse could not be made.'],
  ])('that is %s says that the warehouse is away for now, and its session is lost', (_name, code, detail) => {
    expect(troubleOf(driverError(code))).toEqual({ code: 'WAREHOUSE_UNAVAILABLE', detail, losesSession: true });
  });

  it.each(['ORA-01555', 'ORA-08103', 'ORA-01410', 'ORA-08180', 'ORA-08181', 'ORA-01466'])(
    '%s says that the moment is gone',
    (code) => {
      expect(troubleOf(driverError(code))).toMatchObject({ code: 'SNAPSHOT_LOST', losesSession: false });
    },
  );

  it.each(['ORA-01013', 'ORA-00040', 'NJS-123'])('%s says that the database ended the statement', (code) => {
    expect(troubleOf(driverError(code))).toMatchObject({ code: 'QUERY_TIMEOUT', losesSession: true });
  });

  it.each(['ORA-02393', 'ORA-02395', 'ORA-07454', 'ORA-56720', 'ORA-56735'])(
    '%s says that a limit ended the statement, and the session goes on',
    (code) => {
      expect(troubleOf(driverError(code))).toMatchObject({ code: 'QUERY_TIMEOUT', losesSession: false });
    },
  );

  it.each([
    ['an unusable index', 'ORA-01502'],
    ['no room to sort in', 'ORA-01652'],
    ['no shared memory', 'ORA-04031'],
  ])('of %s may pass, and the session goes on', (_name, code) => {
    expect(troubleOf(driverError(code))).toMatchObject({ code: 'WAREHOUSE_UNAVAILABLE', losesSession: false });
  });

  it.each([
    ['ORA-12801', 'ORA-01555', 'SNAPSHOT_LOST'],
    ['ORA-12801', 'ORA-01652', 'WAREHOUSE_UNAVAILABLE'],
    ['ORA-12801', 'ORA-01013', 'QUERY_TIMEOUT'],
    ['ORA-00604', 'ORA-00942', 'INTERNAL'],
    ['ORA-00604', 'ORA-12801: in a server\nORA-08103', 'SNAPSHOT_LOST'],
    ['ORA-00604', 'ORA-07777: unknown\nORA-01555', 'SNAPSHOT_LOST'],
  ])('%s only wraps %s, which is what it means', (code, cause, meaning) => {
    const error = driverError(code, `\n${cause}: the cause`);
    const loses = cause === 'ORA-01013';
    expect(troubleOf(error)).toMatchObject({ code: meaning, losesSession: loses });
    expect(losesSession(error)).toBe(loses);
  });

  it('that wraps nothing known is like any that nobody has foreseen', () => {
    expect(troubleOf(driverError('ORA-12801'))).toBeUndefined();
    expect(losesSession(driverError('ORA-12801', '\nORA-07777'))).toBe(false);
  });

  it.each(['ORA-00942', 'ORA-00904', 'ORA-01031', 'ORA-01795'])(
    '%s is not tried again and says what to run',
    (code) => {
      const problem = problemOfRead(driverError(code), 'events/history', never);
      expect(problem).toMatchObject({
        code: 'INTERNAL',
        detail: expect.stringContaining('Run "oracle-bridge doctor"'),
      });
      expect(endOfError(problem, { aborted: false, database: 'not_running' })).toMatchObject({ retryable: false });
      expect(losesSession(driverError(code))).toBe(false);
    },
  );

  it('says more than a refusal of the listener or a lost connection where its text does', () => {
    expect(troubleOf(driverError('NJS-511', '\nORA-12516'))?.detail).toBe(FULL);
    expect(troubleOf(driverError('NJS-511', '\nORA-12528'))?.detail).toBe(STARTING);
    expect(troubleOf(driverError('NJS-500', '\nORA-01089'))?.detail).toBe(STARTING);
    expect(troubleOf(driverError('NJS-500', '\nORA-00600'))?.detail).toBe(LOST);
    expect(troubleOf(driverError('ORA-00942', '\nORA-12516'))?.code).toBe('INTERNAL');
  });

  it('that nobody has foreseen names its statement and keeps its own words to the log', () => {
    const error = driverError('ORA-07777');
    const problem = problemOfRead(error, 'events/history', never);
    expect(problem).toEqual(
      new ProblemError('INTERNAL', 'The warehouse could not run the statement events/history.', { cause: error }),
    );
    expect((problem as ProblemError).cause).toBe(error);
  });

  it('loses its session unless the database itself has answered', () => {
    expect(losesSession(driverError('ORA-07777'))).toBe(false);
    expect(losesSession(driverError('NJS-107'))).toBe(true);
    expect(losesSession(new TypeError('cannot read'))).toBe(true);
    expect(losesSession('text')).toBe(true);
  });

  it('never puts its own words into what a caller sees', () => {
    for (const code of ['ORA-01017', 'ORA-00942', 'ORA-01555', 'ORA-01013', 'ORA-07777', 'NJS-500', 'NJS-999']) {
      for (const problem of [
        problemOfRead(driverError(code), 'x', never),
        problemOfLogin(driverError(code), never),
      ] as ProblemError[]) {
        expect(`${problem.message} ${problem.detail}`).not.toMatch(/ORA-|NJS-|SECRET/);
      }
    }
  });

  it('is the reason of the stop when the job was stopped', () => {
    const abort = new AbortController();
    const reason = new Error('cancelled');
    abort.abort(reason);
    expect(problemOfRead(driverError('ORA-01013'), 'x', abort.signal)).toBe(reason);
    expect(problemOfLogin(driverError('NJS-500'), abort.signal)).toBe(reason);
  });

  it('lets a login be tried again, whatever it was', () => {
    expect(problemOfLogin(driverError('ORA-00942'), never)).toMatchObject({
      code: 'WAREHOUSE_UNAVAILABLE',
      detail: 'The warehouse cannot be read at the moment.',
    });
    expect(problemOfLogin(driverError('ORA-01017'), never)).toMatchObject({ detail: ACCOUNT });
  });
});
