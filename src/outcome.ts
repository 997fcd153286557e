import type { ProblemCode } from '#protocol/problem.ts';
import { ProblemError } from '#protocol/problem.ts';

/**
 * How one Durable Object answers another or the Worker. An error class does not survive an RPC call, so problems cross
 * it as values: `attempt` on the object's side, `unwrap` on the caller's.
 */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | {
      readonly ok: false;
      readonly code: ProblemCode;
      readonly detail: string;
      readonly members: Readonly<Record<string, unknown>>;
      readonly retryAfterSeconds?: number;
    };

export function succeed<Value>(value: Value): Outcome<Value> {
  return { ok: true, value };
}

/** A thrown `ProblemError` as a value. Anything else is a defect and stays thrown: the runtime logs it. */
export async function attempt<Value>(work: () => Value | Promise<Value>): Promise<Outcome<Value>> {
  try {
    return succeed(await work());
  } catch (thrown) {
    if (!(thrown instanceof ProblemError)) throw thrown;
    const { code, detail, members, retryAfterSeconds } = thrown;
    return { ok: false, code, detail, members, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
  }
}

/** @throws ProblemError for an outcome that is a problem. */
export function unwrap<Value>(outcome: Outcome<Value>): Value {
  if (outcome.ok) return outcome.value;
  const { code, detail, members, retryAfterSeconds } = outcome;
  throw new ProblemError(code, detail, retryAfterSeconds === undefined ? { members } : { members, retryAfterSeconds });
}
