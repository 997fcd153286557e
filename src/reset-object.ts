import { ProblemError } from '#protocol/problem.ts';
import { isStoreFull } from './store-full.ts';

/** An object that was reset is there again at once; one that has too much to do is not. */
const AGAIN_SECONDS = { reset: 1, overloaded: 5 } as const;

/**
 * How a call to an object went wrong through no fault of its own, by what the platform notes on the error: the object was
 * reset under the call (new code, a failed write of another call, a lost connection to it), or takes no more calls.
 */
function interruptionOf(thrown: unknown): keyof typeof AGAIN_SECONDS | undefined {
  if (!(thrown instanceof Error) || thrown instanceof ProblemError) return undefined;
  const { overloaded, durableObjectReset, retryable } = thrown as PlatformError;
  if (overloaded === true) return 'overloaded';
  return durableObjectReset === true || retryable === true ? 'reset' : undefined;
}

interface PlatformError extends Error {
  readonly overloaded?: unknown;
  readonly durableObjectReset?: unknown;
  readonly retryable?: unknown;
}

/**
 * Asks an object, and once more if it was reset meanwhile. Only for what may be asked twice.
 * @param open Makes a stub: one whose object was reset stays broken.
 */
export async function askAgain<Target, Answer>(
  open: () => Target,
  ask: (target: Target) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await ask(open());
  } catch (thrown) {
    if (interruptionOf(thrown) !== 'reset') throw thrown;
    console.warn('an object was reset while it was asked, and is asked again', thrown);
    return ask(open());
  }
}

/** What a caller is told of anything thrown. What resets an object is nothing that it could catch: it is met here. */
export function explainThrown(thrown: unknown): ProblemError {
  if (isStoreFull(thrown))
    return new ProblemError('STORE_FULL', 'The edge has no space left to keep this job.', { cause: thrown });
  const interruption = interruptionOf(thrown);
  if (!interruption) return ProblemError.from(thrown);
  return new ProblemError('INTERNAL', 'The edge was interrupted at this call. Try again in a moment.', {
    retryAfterSeconds: AGAIN_SECONDS[interruption],
    cause: thrown,
  });
}
