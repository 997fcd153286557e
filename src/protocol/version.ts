/**
 * The wire contract between edge, bridge and readers. It rises with every change of a schema in this folder;
 * `test/protocol/protocol-version.test.ts` holds the hash that belongs to it.
 */
export const PROTOCOL_VERSION = 1;

/** The oldest bridge an edge of this version still serves. */
export const MIN_BRIDGE_PROTOCOL_VERSION = 1;

/**
 * Version of the SQL statement set. It is part of every cache key: a changed statement must not be answered from a
 * result that the old one gave.
 */
export const STATEMENT_SET_VERSION = 1;
