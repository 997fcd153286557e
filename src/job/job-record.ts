import type { JobSpec } from '#protocol/lease.ts';
import { CONTAINER_ID_BYTES } from '#protocol/ids.ts';
import { MAX_RANGE_IDS } from '#protocol/limits.ts';
import schema from '../../sql/edge/job/0001-job.sql';
import additions from '../../sql/edge/job/0002-kept-ids-and-wishes.sql';
import { concatBytes } from '../stream/concat-bytes.ts';
import type { CreateJob } from './job-api.ts';
import type { JobLife } from './job-life.ts';
import type { SqlStore } from './sql-store.ts';

/** What was asked: the spec a bridge gets, and what only the edge needs. */
export interface StoredSpec extends Pick<CreateJob, 'deadlineSeconds' | 'contentHash' | 'cacheSeconds'> {
  readonly job: JobSpec;
}

/** Ids of one `id_page` row: a page is read, cut and dropped whole. */
const IDS_PER_ROW = MAX_RANGE_IDS;

/**
 * The rows of a job besides its log: spec, life, owners, container ids, announcements. Only the spec, which never
 * changes, is cached, and not here. Without `create` there are no tables at all.
 */
export class JobRecord {
  readonly #sql: SqlStore;

  constructor(sql: SqlStore) {
    this.#sql = sql;
  }

  exists(): boolean {
    return this.#sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'job'").toArray().length > 0;
  }

  /** A job that was made before has all tables that this version knows. */
  migrate(): void {
    this.#sql.exec(additions);
  }

  /** Call inside a transaction. `ids`: packed, sorted, distinct. */
  create(spec: StoredSpec, life: JobLife, ids: Uint8Array): void {
    this.#sql.exec(schema);
    this.migrate();
    this.#sql.exec('INSERT INTO job (id, spec, life) VALUES (1, ?, ?)', JSON.stringify(spec), JSON.stringify(life));
    const bytesPerRow = IDS_PER_ROW * CONTAINER_ID_BYTES;
    for (let offset = 0; offset < ids.byteLength; offset += bytesPerRow) {
      const page = ids.slice(offset, offset + bytesPerRow);
      this.#sql.exec('INSERT INTO id_page (first, ids) VALUES (?, ?)', offset / CONTAINER_ID_BYTES, page);
    }
  }

  spec(): StoredSpec {
    return JSON.parse(this.#sql.exec<{ spec: string }>('SELECT spec FROM job').one().spec) as StoredSpec;
  }

  life(): JobLife {
    return JSON.parse(this.#sql.exec<{ life: string }>('SELECT life FROM job').one().life) as JobLife;
  }

  saveLife(life: JobLife): void {
    this.#sql.exec('UPDATE job SET life = ?', JSON.stringify(life));
  }

  owners(): string[] {
    return this.#sql
      .exec<{ name: string }>('SELECT name FROM owner ORDER BY joined_at_ms, name')
      .toArray()
      .map((row) => row.name);
  }

  addOwner(name: string, now: number): void {
    this.#sql.exec('INSERT OR IGNORE INTO owner (name, joined_at_ms) VALUES (?, ?)', name, now);
  }

  removeOwner(name: string): void {
    this.#sql.exec('DELETE FROM owner WHERE name = ?', name);
    this.#sql.exec('DELETE FROM wish WHERE owner = ?', name);
  }

  addWish(owner: string): void {
    this.#sql.exec(
      'INSERT INTO wish (owner, calls) VALUES (?, 1) ON CONFLICT (owner) DO UPDATE SET calls = calls + 1',
      owner,
    );
  }

  /** Answers how many are left. */
  takeWish(owner: string): number {
    return (
      this.#sql
        .exec<{ calls: number }>('UPDATE wish SET calls = max(0, calls - 1) WHERE owner = ? RETURNING calls', owner)
        .toArray()[0]?.calls ?? 0
    );
  }

  /** At most `count` packed ids from index `from`. */
  ids(from: number, count: number): Uint8Array {
    const firstRow = from - (from % IDS_PER_ROW);
    const rows = this.#sql.exec<{ first: number; ids: ArrayBuffer }>(
      'SELECT first, ids FROM id_page WHERE first >= ? AND first < ? ORDER BY first',
      firstRow,
      from + count,
    );
    const parts: Uint8Array[] = [];
    for (const row of rows) {
      const page = new Uint8Array(row.ids);
      const start = Math.max(0, from - row.first) * CONTAINER_ID_BYTES;
      const end = Math.min(IDS_PER_ROW, from + count - row.first) * CONTAINER_ID_BYTES;
      parts.push(page.subarray(start, end));
    }
    return concatBytes(parts);
  }

  dropIds(): void {
    this.#sql.exec('DELETE FROM id_page');
  }

  announcement(): { sequence: number; dueAtMs: number | undefined } {
    const row = this.#sql
      .exec<{ announced_sequence: number; announce_at_ms: number | null }>(
        'SELECT announced_sequence, announce_at_ms FROM job',
      )
      .one();
    return { sequence: row.announced_sequence, dueAtMs: row.announce_at_ms ?? undefined };
  }

  /** A new announcement is due: the number rises, so that an older one still under way is told apart. */
  requestAnnouncement(dueAtMs: number): void {
    this.#sql.exec('UPDATE job SET announced_sequence = announced_sequence + 1, announce_at_ms = ?', dueAtMs);
  }

  /** Only if no newer one was requested meanwhile. `undefined`: nothing more to announce. */
  settleAnnouncement(sequence: number, nextDueAtMs: number | undefined): void {
    this.#sql.exec('UPDATE job SET announce_at_ms = ? WHERE announced_sequence = ?', nextDueAtMs ?? null, sequence);
  }
}
