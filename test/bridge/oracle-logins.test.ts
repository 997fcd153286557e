import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AskedLogins } from '../../oracle-bridge/job/asked-logins.ts';
import { LoginHolder } from '../../oracle-bridge/job/login-holder.ts';
import type { FromWorker } from '../../oracle-bridge/job/worker-message.ts';
import type { LoginSource, LoginTurn, Refusal } from '../../oracle-bridge/warehouse/oracle/login-desk.ts';
import { LoginDesk, logInByTurn } from '../../oracle-bridge/warehouse/oracle/login-desk.ts';

const never = new AbortController().signal;
const REFUSAL: Refusal = { code: 'ORA-01017', message: 'ORA-01017: invalid' };
const LOGIN = { connectString: 'db:1521/DWH', user: 'LOTSTREAM', password: 'secret' };

function turnOf(answer: LoginTurn | Refusal): LoginTurn {
  if (!('end' in answer)) throw new Error('the password was refused before');
  return answer;
}

describe('logins of one bridge', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('follow each other, so that a refusal is known before the next one', async () => {
    const desk = new LoginDesk(() => 0);
    const first = turnOf(await desk.take('a', never));
    const answers: unknown[] = [];
    const others = ['a', 'b', 'a'].map((key) => desk.take(key, never).then((answer) => answers.push(answer)));
    await vi.advanceTimersByTimeAsync(2999);
    expect(answers).toEqual([]);
    first.end(REFUSAL);
    await vi.advanceTimersByTimeAsync(0);
    expect(answers).toEqual([REFUSAL, { end: expect.any(Function) }]);
    turnOf(answers[1] as LoginTurn).end();
    await Promise.all(others);
    expect(answers[2]).toBe(REFUSAL);
  });

  it('do not wait for one that the database does not answer', async () => {
    const desk = new LoginDesk(() => 0);
    const silent = turnOf(await desk.take('a', never));
    const next = desk.take('a', never);
    await vi.advanceTimersByTimeAsync(3000);
    turnOf(await next).end();
    silent.end(REFUSAL);
    await expect(desk.take('a', never)).resolves.toBe(REFUSAL);
  });

  it('are refused for an hour by the same password at the same place, and by no other', async () => {
    let nowMs = 0;
    const desk = new LoginDesk(() => nowMs);
    const tried: string[] = [];
    const tryIt = (changes: Partial<typeof LOGIN>, isRight = false) =>
      logInByTurn({ ...LOGIN, ...changes }, { logins: desk, signal: never }, async () => {
        tried.push(JSON.stringify(changes));
        await Promise.resolve();
        if (!isRight) throw Object.assign(new Error(REFUSAL.message), { code: REFUSAL.code });
      });
    await expect(tryIt({})).rejects.toMatchObject(REFUSAL);
    await expect(tryIt({}, true)).rejects.toMatchObject(REFUSAL);
    await expect(tryIt({ password: 'other' })).rejects.toMatchObject(REFUSAL);
    await tryIt({ connectString: 'replica:1521/DWH' }, true);
    await tryIt({ user: 'other' }, true);
    nowMs = 3_599_999;
    await expect(tryIt({}, true)).rejects.toMatchObject(REFUSAL);
    nowMs = 3_600_000;
    await tryIt({}, true);
    expect(tried).toHaveLength(5);
  });

  it('that fail for another reason are tried again at once', async () => {
    const desk = new LoginDesk(() => 0);
    const fail = () =>
      logInByTurn(LOGIN, { logins: desk, signal: never }, () =>
        Promise.reject(Object.assign(new Error('NJS-503: no listener'), { code: 'NJS-503' })),
      );
    await expect(fail()).rejects.toThrow('NJS-503');
    await expect(fail()).rejects.toThrow('NJS-503');
  });
});

/** The logins of a worker and the daemon's side of them, with all they say to each other. */
function connect(source: LoginSource) {
  const said: FromWorker[] = [];
  const holder = new LoginHolder(source);
  const logins = new AskedLogins((message) => {
    said.push(message);
    if (message.type === 'take-login') holder.take(message, (refusal) => logins.receive(message.id, refusal));
    else if (message.type === 'end-login') holder.end(message.id, message.refusal);
  });
  return { logins, holder, said };
}

describe('logins of a worker', () => {
  it('have their turns from the daemon, which no password is told to', async () => {
    const desk = new LoginDesk(() => 0);
    const [one, other] = [connect(desk), connect(desk)];
    const refuse = () => Promise.reject(Object.assign(new Error(REFUSAL.message), { code: REFUSAL.code }));
    const results = await Promise.allSettled(
      [one, other].map(({ logins }) => logInByTurn(LOGIN, { logins, signal: never }, refuse)),
    );
    expect(results).toMatchObject([{ reason: REFUSAL }, { reason: REFUSAL }]);
    expect(one.said.map(({ type }) => type)).toEqual(['take-login', 'end-login']);
    expect(other.said.map(({ type }) => type)).toEqual(['take-login']);
    expect(JSON.stringify([one.said, other.said])).not.toContain(LOGIN.password);
  });

  it('that are given up, and those of a worker that is gone, hold up nobody', async () => {
    const desk = new LoginDesk(() => 0);
    const [one, other] = [connect(desk), connect(desk)];
    const leaving = new AbortController();
    turnOf(await one.logins.take('a', never));
    const given = other.logins.take('a', leaving.signal);
    leaving.abort(new Error('left'));
    await expect(given).rejects.toThrow('left');
    one.holder.endAll();
    turnOf(await other.logins.take('b', never)).end();
    turnOf(await desk.take('a', never)).end();
  });
});
