import type { ProblemCode } from '#protocol/problem.ts';
import { ProblemError } from '#protocol/problem.ts';

/** What an error of the database or of its driver means to a job. */
export interface OracleTrouble {
  readonly code: ProblemCode;
  /** A plain sentence; the database's own words stay in the log. */
  readonly detail: string;
  /** The session cannot be used any more. */
  readonly losesSession: boolean;
}

interface TroubleClass extends OracleTrouble {
  /** `ORA-` and `NJS-` codes, separated by blanks; numbers alone are ORA codes. */
  readonly codes: string;
}

/** Where a code stands in two classes the first one counts. */
const CLASSES: readonly TroubleClass[] = [
  {
    // Wrong name or password, none given, locked, expired, not allowed to log in, no such edition of them.
    codes: '01017 01005 01045 28000 28001 28009 01040 28040 NJS-101 NJS-116',
    code: 'WAREHOUSE_UNAVAILABLE',
    detail: 'The warehouse does not accept the account of the bridge.',
    losesSession: true,
  },
  {
    // The listener has no handler, or a limit on sessions or processes is reached; the driver's own queue.
    codes: '00018 00020 02391 12516 12518 12519 12520 NJS-040 NJS-076',
    code: 'WAREHOUSE_UNAVAILABLE',
    detail: 'The warehouse has no free session for the bridge at the moment.',
    losesSession: true,
  },
  {
    codes: '01033 01034 01035 01089 01090 01109 01219 12526 12527 12528 27101',
    code: 'WAREHOUSE_UNAVAILABLE',
    detail: 'The database of the warehouse is starting or stopping.',
    losesSession: true,
  },
  {
    codes: '12514 12505 12154 NJS-512 NJS-514 NJS-515 NJS-516 NJS-517 NJS-518 NJS-519 NJS-520 NJS-125',
    code: 'WAREHOUSE_UNAVAILABLE',
    detail: 'There is no database of the configured name where the warehouse should be.',
    losesSession: true,
  },
  {
    codes: '28759 28860 28864 28865 29024 NJS-505 NJS-506 NJS-507 NJS-508 NJS-529',
    code: 'WAREHOUSE_UNAVAILABLE',
    detail: 'The encrypted connection to the warehouse could not be made.',
    losesSession: true,
  },
  {
    codes:
      '12170 12533 12535 12541 12543 12545 12560 12606 NJS-503 NJS-504 NJS-510 NJS-511 NJS-522 NJS-530 NJS-531 NJS-532 NJS-533 NJS-536',
    code: 'WAREHOUSE_UNAVAILABLE',
    detail: 'The warehouse cannot be reached at the moment.',
    losesSession: true,
  },
  {
    // Killed, timed out while idle, logged off by a limit of the session, instance ended, internal error, cut.
    codes:
      '00022 00028 00600 00603 01012 01041 01092 02392 02394 02396 02399 03113 03114 03135 07445 12153 12537 12547 12570 12571 12583 25408 ' +
      'NJS-003 NJS-500 NJS-501 NJS-509 NJS-513 NJS-521',
    code: 'WAREHOUSE_UNAVAILABLE',
    detail: 'The connection to the warehouse was lost.',
    losesSession: true,
  },
  {
    // Room to sort in, memory of the session or of the instance.
    codes: '01652 01653 01654 04030 04031 04036',
    code: 'WAREHOUSE_UNAVAILABLE',
    detail: 'The warehouse has not enough room for the statement at the moment.',
    losesSession: false,
  },
  {
    // An index that is being built anew, or whose partition was moved.
    codes: '01502',
    code: 'WAREHOUSE_UNAVAILABLE',
    detail: 'An index of the warehouse cannot be used at the moment.',
    losesSession: false,
  },
  {
    // Undo is gone, no such moment (here), a table was changed, truncated or moved since.
    codes: '01410 01555 08103 08180 08181 08186 01466 22924 30052',
    code: 'SNAPSHOT_LOST',
    detail: 'The warehouse no longer has the moment that was being read.',
    losesSession: false,
  },
  {
    // Asked for by somebody else, or by a limit of the database. One asked for by the job says its own reason.
    codes: '01013 00040 10260 NJS-123',
    code: 'QUERY_TIMEOUT',
    detail: 'The warehouse ended the statement before it was done.',
    losesSession: true,
  },
  {
    // A limit on one call, of the account's profile or of its resource plan; the session goes on.
    codes: '02393 02395 07454 56720 56735',
    code: 'QUERY_TIMEOUT',
    detail: 'The warehouse ended the statement before it was done.',
    losesSession: false,
  },
  {
    codes: '00942 00904 04043 01031 00980 04063 06550 41900',
    code: 'INTERNAL',
    detail:
      'A table or column of the warehouse is missing or may not be read. Run "oracle-bridge doctor" where the bridge runs.',
    losesSession: false,
  },
  {
    codes: '01795 00913 00936 00907 00933 01722 01861 00939 01036 01008',
    code: 'INTERNAL',
    detail: 'The warehouse does not take a statement of the bridge. Run "oracle-bridge doctor" where the bridge runs.',
    losesSession: false,
  },
];

const TROUBLE_OF_CODE: ReadonlyMap<string, OracleTrouble> = new Map(
  CLASSES.toReversed().flatMap(({ codes, code, detail, losesSession }) =>
    codes
      .split(' ')
      .map((text) => [text.startsWith('NJS-') ? text : `ORA-${text}`, { code, detail, losesSession }] as const),
  ),
);

/** Codes in an error's own text, in their order; a refusal of the listener names its reason there. */
const CODE = /\b(?:ORA|NJS|DPI)-\d{3,5}\b/g;
/** Of these the text may say more than the code: why the connection was lost or not made. */
const VAGUE_CODES: ReadonlySet<string> = new Set(['NJS-511', 'NJS-500']);
/** These say only where it happened, in a parallel server or in a query of the database's own; a later code says what. */
const WRAPPING_CODES: ReadonlySet<string> = new Set(['ORA-00604', 'ORA-12801']);

/** What the error means, or `undefined` for one that nobody has foreseen. */
export function troubleOf(error: unknown): OracleTrouble | undefined {
  const [first, ...others] = codesOf(error);
  if (first === undefined) return undefined;
  const known = TROUBLE_OF_CODE.get(first);
  const closer = others.flatMap((code) => TROUBLE_OF_CODE.get(code) ?? []);
  if (WRAPPING_CODES.has(first)) return closer[0];
  if (!VAGUE_CODES.has(first)) return known;
  return closer.find((trouble) => trouble.losesSession) ?? known;
}

/** Whether the session must not be used again: what nobody has foreseen counts, unless the database itself said it. */
export function losesSession(error: unknown): boolean {
  const trouble = troubleOf(error);
  return trouble ? trouble.losesSession : !codesOf(error)[0]?.startsWith('ORA-');
}

/**
 * An error of a read as a coded one. What aborted it is told as it is; the rest keeps the database's words in `cause`
 * only. `name`: of the statement.
 */
export function problemOfRead(error: unknown, name: string, signal: AbortSignal): unknown {
  if (error instanceof ProblemError) return error;
  if (signal.aborted) return signal.reason;
  const { code, detail } = troubleOf(error) ?? {
    code: 'INTERNAL' as const,
    detail: `The warehouse could not run the statement ${name}.`,
  };
  return new ProblemError(code, detail, { cause: error });
}

/** An error of a login. Whatever it is, another attempt may do better once somebody has seen to it. */
export function problemOfLogin(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof ProblemError) return error;
  if (signal.aborted) return signal.reason;
  const trouble = troubleOf(error);
  const detail =
    trouble?.code === 'WAREHOUSE_UNAVAILABLE' ? trouble.detail : 'The warehouse cannot be read at the moment.';
  return new ProblemError('WAREHOUSE_UNAVAILABLE', detail, { cause: error });
}

/** Of a moment that another kind of warehouse has named. */
export function momentUnknown(): ProblemError {
  return new ProblemError('SNAPSHOT_LOST', 'This warehouse does not have the moment that was being read.');
}

export function connectionLost(): ProblemError {
  return new ProblemError('WAREHOUSE_UNAVAILABLE', 'The connection to the warehouse was lost.');
}

export function warehouseClosed(): ProblemError {
  return new ProblemError('WAREHOUSE_UNAVAILABLE', 'The warehouse was closed while it was read.');
}

function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own =
    'code' in error && typeof error.code === 'string' && /^(ORA|NJS|DPI)-/.test(error.code) ? [error.code] : [];
  return [...new Set([...own, ...(error.message.match(CODE) ?? [])])];
}
