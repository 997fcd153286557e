import { readFile } from 'node:fs/promises';
import type { OracleDialect } from './build-read.ts';

/** A secret of the configuration: itself, or the file that holds it. */
export type Secret = { readonly text: string } | { readonly file: string };

export interface OracleOptions extends OracleDialect {
  /** As `host:1521/service`, `tcps://…` or a whole descriptor. */
  readonly connectString: string;
  readonly user: string;
  readonly password: Secret;
  /** Folder with `ewallet.pem`. */
  readonly walletDir?: string | undefined;
  readonly walletPassword?: Secret | undefined;
  /** Distinguished name the certificate of the database must have; else its host is compared. */
  readonly tlsServerDn?: string | undefined;
  /** Sessions that one job worker has at most. */
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  /** Minutes between probes of an idle connection; 0: none. */
  readonly expireMinutes: number;
  /** Rows of one round trip. */
  readonly fetchRows: number;
  /**
   * `domain`: what belongs together is read in one read-only transaction. `job`: all that a job reads, in all of its
   * attempts, is of one system change number.
   */
  readonly snapshot: 'domain' | 'job';
}

/** Read anew for every login, so that a changed file needs no restart. A line end behind it is no part of it. */
export async function readSecret(secret: Secret): Promise<string> {
  if ('text' in secret) return secret.text;
  return (await readFile(secret.file, 'utf8')).replace(/\r?\n$/, '');
}
