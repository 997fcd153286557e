import type { BindValue } from './answers.ts';
import { OraFailure } from './answers.ts';
import type { BindShape } from './binds.ts';
import { readBindRow, readShapes } from './binds.ts';
import { MESSAGE } from './message-types.ts';
import type { TtcReader } from './ttc-reader.ts';

const FUNCTION = {
  reexecute: 4,
  fetch: 5,
  logoff: 9,
  commit: 14,
  rollback: 15,
  reexecuteAndFetch: 78,
  execute: 94,
  ping: 147,
} as const;

const PIGGYBACK = { closeCursors: 105, cancelCursors: 120, endToEnd: 135, setSchema: 152 } as const;

const OPTION = { parse: 0x01, bind: 0x08, define: 0x10, execute: 0x20, fetch: 0x40, commit: 0x100 } as const;
const COMMIT_AT_REEXECUTE = 0x01;
/** Integers that follow the text of a statement; the second one is the number of rows of binds. */
const EXECUTE_INTEGERS = 13;

/** What comes before a call in the same request. */
export type Piggyback =
  | { readonly kind: 'close' | 'cancel'; readonly cursorIds: readonly number[] }
  | { readonly kind: 'end to end'; readonly values: Readonly<Partial<Record<EndToEndKey, string>>> }
  | { readonly kind: 'schema' };

const END_TO_END_KEYS = ['clientId', 'module', 'action', 'ecid', 'clientInfo', 'dbOperation'] as const;
export type EndToEndKey = (typeof END_TO_END_KEYS)[number];

export interface ExecuteCall {
  readonly kind: 'execute';
  /** 0 for a new cursor. */
  readonly cursorId: number;
  /** The text, when the statement is parsed. */
  readonly sql: string | undefined;
  readonly runs: boolean;
  /** Rows to be sent along. */
  readonly fetches: number;
  readonly commits: boolean;
  /** Type codes of the columns, when the session defines them. */
  readonly defines: readonly number[] | undefined;
  readonly shapes: readonly BindShape[];
  readonly batch: readonly (readonly BindValue[])[];
}

export interface ReexecuteCall {
  readonly kind: 'reexecute';
  readonly cursorId: number;
  readonly fetches: number;
  readonly commits: boolean;
  readonly batch: readonly (readonly BindValue[])[];
}

export type Call =
  | ExecuteCall
  | ReexecuteCall
  | { readonly kind: 'fetch'; readonly cursorId: number; readonly fetches: number }
  | { readonly kind: 'commit' | 'rollback' | 'ping' | 'logoff' };

/** Reads a request: its piggybacks, then its one call. `shapesOf`: the binds of a cursor that was executed before. */
export function readRequest(
  reader: TtcReader,
  shapesOf: (cursorId: number) => readonly BindShape[],
): { readonly piggybacks: readonly Piggyback[]; readonly call: Call } {
  const piggybacks: Piggyback[] = [];
  for (;;) {
    const message = reader.byte();
    const code = reader.byte();
    reader.byte();
    if (message === MESSAGE.piggyback) piggybacks.push(readPiggyback(reader, code));
    else if (message === MESSAGE.function) return { piggybacks, call: readCall(reader, code, shapesOf) };
    else throw unsupported(`message ${message}`);
  }
}

function readPiggyback(reader: TtcReader, code: number): Piggyback {
  switch (code) {
    case PIGGYBACK.closeCursors:
    case PIGGYBACK.cancelCursors: {
      reader.byte();
      const cursorIds = Array.from({ length: reader.integer() }, () => reader.integer());
      return { kind: code === PIGGYBACK.closeCursors ? 'close' : 'cancel', cursorIds };
    }
    case PIGGYBACK.endToEnd:
      return { kind: 'end to end', values: readEndToEnd(reader) };
    case PIGGYBACK.setSchema:
      reader.byte();
      reader.name();
      return { kind: 'schema' };
    default:
      throw unsupported(`piggyback ${code}`);
  }
}

/** First which values changed and how long they are, then the values that are not empty. */
function readEndToEnd(reader: TtcReader): Partial<Record<EndToEndKey, string>> {
  reader.skipBytes(2);
  reader.integer();
  const changes = new Map<EndToEndKey, number>();
  for (const key of END_TO_END_KEYS) {
    const isChanged = reader.byte() === 1;
    const length = reader.integer();
    if (isChanged) changes.set(key, length);
    if (key === 'ecid') readUnused(reader);
    if (key === 'clientInfo') {
      readUnused(reader);
      readUnused(reader);
    }
  }
  return Object.fromEntries([...changes].map(([key, length]) => [key, length === 0 ? '' : reader.text()]));
}

function readUnused(reader: TtcReader): void {
  reader.byte();
  reader.integer();
}

function readCall(reader: TtcReader, code: number, shapesOf: (cursorId: number) => readonly BindShape[]): Call {
  switch (code) {
    case FUNCTION.execute:
      return readExecute(reader);
    case FUNCTION.reexecute:
    case FUNCTION.reexecuteAndFetch: {
      const cursorId = reader.integer();
      const count = reader.integer();
      reader.integer();
      const commits = (reader.integer() & COMMIT_AT_REEXECUTE) !== 0;
      const isFetch = code === FUNCTION.reexecuteAndFetch;
      const batch = readBatch(reader, shapesOf(cursorId), isFetch ? 1 : count);
      return { kind: 'reexecute', cursorId, fetches: isFetch ? count : 0, commits, batch };
    }
    case FUNCTION.fetch:
      return { kind: 'fetch', cursorId: reader.integer(), fetches: reader.integer() };
    case FUNCTION.commit:
      return { kind: 'commit' };
    case FUNCTION.rollback:
      return { kind: 'rollback' };
    case FUNCTION.ping:
      return { kind: 'ping' };
    case FUNCTION.logoff:
      return { kind: 'logoff' };
    default:
      throw unsupported(`call ${code}`);
  }
}

function readExecute(reader: TtcReader): ExecuteCall {
  const options = reader.integer();
  const cursorId = reader.integer();
  // Text, vector.
  readUnused(reader);
  readUnused(reader);
  reader.skipBytes(3);
  const fetches = reader.integer();
  reader.integer();
  reader.byte();
  const bindCount = reader.integer();
  reader.skipBytes(5);
  reader.byte();
  const defineCount = reader.integer();
  reader.integer();
  reader.skipBytes(3);
  reader.integer();
  reader.byte();
  reader.skipIntegers(2);
  // Row counts of a batch; signature and id of the text; chunk ids.
  readUnused(reader);
  reader.byte();
  readUnused(reader);
  readUnused(reader);
  reader.byte();
  readUnused(reader);
  const sql = options & OPTION.parse ? reader.text() : undefined;
  const integers = Array.from({ length: EXECUTE_INTEGERS }, () => reader.integer());
  const isDefine = (options & OPTION.define) !== 0;
  const defines = isDefine ? readShapes(reader, defineCount).map(({ type }) => type) : undefined;
  const shapes = isDefine ? [] : readShapes(reader, bindCount);
  const isQuery = integers[7] === 1;
  return {
    kind: 'execute',
    cursorId,
    sql,
    runs: (options & OPTION.execute) !== 0,
    fetches: options & OPTION.fetch ? fetches : 0,
    commits: (options & OPTION.commit) !== 0,
    defines,
    shapes,
    batch: readBatch(reader, shapes, isQuery ? 1 : (integers[1] ?? 1)),
  };
}

function readBatch(reader: TtcReader, shapes: readonly BindShape[], count: number): BindValue[][] {
  if (shapes.length === 0) return [];
  return Array.from({ length: count }, () => {
    reader.byte();
    return readBindRow(reader, shapes);
  });
}

function unsupported(what: string): OraFailure {
  return new OraFailure({ code: 3120, message: `the test server does not know ${what}` });
}
