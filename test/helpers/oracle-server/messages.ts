import type { OraError } from './answers.ts';
import { oraText } from './answers.ts';
import { MESSAGE } from './message-types.ts';
import { TtcWriter } from './ttc-writer.ts';

/** Flag of the call status: the session has a transaction that a commit or a rollback would end. */
const TRANSACTION_IN_PROGRESS = 2;
export const NO_DATA_FOUND = 1403;
const MAX_SHORT_CODE = 0xffff;

export interface CallEnd {
  /** The driver learns the cursor's number by it. */
  readonly cursorId?: number;
  readonly rowCount?: number;
  readonly inTransaction: boolean;
  /** Without one the call went well. */
  readonly error?: OraError;
}

/** How a call ends that runs a statement. */
export function endCall({ cursorId = 0, rowCount = 0, inTransaction, error }: CallEnd): Buffer {
  const code = error?.code ?? 0;
  const writer = new TtcWriter().byte(MESSAGE.error).integer(inTransaction ? TRANSACTION_IN_PROGRESS : 0);
  // Sequence number, row, error, two array errors, cursor, position in the text.
  writer.integer(0, rowCount, code > MAX_SHORT_CODE ? 0 : code, 0, 0, cursorId, 0);
  // Statement type, fatal, flags, cursor options, parameter, warning.
  writer.byte(0, 0, 0, 0, 0, 0);
  // Row id.
  writer.integer(0, 0).byte(0).integer(0, 0);
  // Error of the system, statement error, call number, padding, iterations; logical row id; three lists of batch errors.
  writer.integer(0).byte(0, 0).integer(0, 0, 0, 0, 0, 0);
  writer.integer(code, rowCount);
  if (error) writer.value(Buffer.from(oraText(error)));
  return writer.done();
}

/** How a call ends that runs no statement. */
export function endPlainCall(inTransaction: boolean): Buffer {
  return new TtcWriter()
    .byte(MESSAGE.status)
    .integer(inTransaction ? TRANSACTION_IN_PROGRESS : 0, 0)
    .done();
}

export function rowHeader(): Buffer {
  return new TtcWriter().byte(MESSAGE.rowHeader, 0).integer(0, 0, 0, 0, 0, 0).done();
}

/** A warning beside an answer that goes well. */
export function warn(warning: OraError): Buffer {
  const text = Buffer.from(oraText(warning));
  return new TtcWriter().byte(MESSAGE.warning).integer(warning.code, text.length, 0).value(text).done();
}
