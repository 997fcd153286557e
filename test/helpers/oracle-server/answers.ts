import type { Column } from './columns.ts';

/** A bound value: text, a number (`bigint` where a number would lose digits), a time, NULL. Empty text is NULL. */
export type BindValue = string | number | bigint | Date | null;

/** Text, decimal text or a number for NUMBER, a number for BINARY_DOUBLE, a time, NULL. */
export type CellValue = string | number | bigint | Date | null;

export type TransactionState = 'none' | 'read only' | 'read write';

/** A session as it is right now. */
export interface SessionInfo {
  readonly id: number;
  readonly module: string;
  readonly action: string;
  readonly clientId: string;
  /** Texts that were executed, oldest first. */
  readonly statements: readonly string[];
  readonly transaction: TransactionState;
  readonly commits: number;
  readonly rollbacks: number;
  /** Result sets that were begun and neither read to their end, cancelled nor closed. */
  readonly cursorsOpen: number;
  /** Cursors the session holds, those that the driver keeps in its statement cache included. */
  readonly cursorsHeld: number;
  readonly breaks: number;
}

export interface AnswerRequest {
  readonly sql: string;
  /** By position: a name that stands twice in the text has two. Of the first row, where there are many. */
  readonly binds: readonly BindValue[];
  /** The binds of each row of `executeMany`. */
  readonly batch: readonly (readonly BindValue[])[];
  /** Only the columns are asked for, nothing is bound and nothing will be read. */
  readonly parseOnly: boolean;
  readonly session: SessionInfo;
  /** Aborts when the session breaks the statement or is gone. */
  readonly signal: AbortSignal;
}

export interface OraError {
  /** 942 for ORA-00942. */
  readonly code: number;
  /** Without the code in front; there is a text for the codes that tests need most. */
  readonly message?: string;
}

export type Rows = Iterable<readonly CellValue[]> | AsyncIterable<readonly CellValue[]>;

/** What goes wrong while rows are fetched. Rows are counted from 0: a fault comes instead of, or before, its row. */
export interface RowFaults {
  readonly failAtRow?: OraError & { readonly row: number };
  /** Nothing more is said, the socket stays. A break is answered as the server answers breaks. */
  readonly hangAtRow?: number;
  /** Waits before the row. */
  readonly stallAtRow?: { readonly row: number; readonly until: Promise<unknown> };
  /** The rows before it are sent as part of an answer that never ends, then the socket is gone. */
  readonly cutAtRow?: number;
}

export interface QueryAnswer extends RowFaults {
  readonly columns: readonly Column[];
  readonly rows: Rows;
}

/** To hang or stall at the execution itself, give a promise that is never kept, or late. */
export type Answer =
  | QueryAnswer
  /** Anything that is no query; for a batch the rows of all of it together. */
  | { readonly rowCount: number }
  | { readonly error: OraError }
  | { readonly cut: true };

/** The answer with faults, if it has rows. */
export function withFaults(answer: Answer, faults: RowFaults): Answer {
  return 'columns' in answer ? { ...answer, ...faults } : answer;
}

const ORA_TEXTS: Readonly<Record<number, string>> = {
  28: 'your session has been killed',
  942: 'table or view does not exist',
  1001: 'invalid cursor',
  1013: 'user requested cancel of current operation',
  1017: 'invalid username/password; logon denied',
  1453: 'SET TRANSACTION must be first statement of transaction',
  1456: 'may not perform insert, delete, update operation inside a READ ONLY transaction',
  1555: 'snapshot too old: rollback segment number 9 with name "_SYSSMU9_1" too small',
  3113: 'end-of-file on communication channel',
  3115: 'unsupported network datatype or representation',
  28002: 'the password will expire within 7 days',
};

/** As Oracle writes it: `ORA-00942: table or view does not exist`. */
export function oraText({ code, message }: OraError): string {
  return `ORA-${String(code).padStart(5, '0')}: ${message ?? ORA_TEXTS[code] ?? 'an error'}`;
}

/** Fails a call with a code of Oracle's. */
export class OraFailure extends Error {
  readonly ora: OraError;

  constructor(ora: OraError) {
    super(oraText(ora));
    this.ora = ora;
  }
}
