import type { ChunkHead, SealRequest } from '#protocol/bridge-message.ts';
import type { Domain } from '#protocol/domain.ts';
import type { ResumeMode } from '#protocol/kind.ts';
import { MAX_STAGED_CHUNKS } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import type {
  ChunkColumns,
  DomainColumns,
  DomainOutcome,
  DomainRow,
  EntryColumns,
  LogEntry,
  SealedChunk,
} from './log-rows.ts';
import { toChunk, toDomainRow } from './log-rows.ts';
import { decideSeal } from './seal-rules.ts';
import type { SqlStore } from './sql-store.ts';

/**
 * The chunk log: what was staged, what is visible, and each domain's resume point. Synchronous; the object wraps what
 * belongs together in one transaction. Nothing visible is ever changed: entries are only added, and a generation that
 * starts over drops them all and goes on with higher positions.
 */
export class ChunkLog {
  readonly #sql: SqlStore;

  constructor(sql: SqlStore) {
    this.#sql = sql;
  }

  createDomains(names: readonly Domain[]): void {
    for (const [ordinal, name] of names.entries()) {
      this.#sql.exec('INSERT INTO domain (ordinal, name) VALUES (?, ?)', ordinal, name);
    }
  }

  domains(): DomainRow[] {
    return this.#sql.exec<DomainColumns>('SELECT * FROM domain ORDER BY ordinal').toArray().map(toDomainRow);
  }

  /** @throws ProblemError `UNKNOWN_DOMAIN` if the job has no such domain. */
  domain(name: Domain): DomainRow {
    const row = this.#sql.exec<DomainColumns>('SELECT * FROM domain WHERE name = ?', name).toArray()[0];
    if (!row) throw new ProblemError('UNKNOWN_DOMAIN', `This job has no domain ${name}.`);
    return toDomainRow(row);
  }

  /** Whether the batch is one the log has or may take; its bytes are checked by the caller. */
  admit(head: ChunkHead): 'new' | 'repeated' {
    const held = this.#sql
      .exec<{ sha256: string }>('SELECT sha256 FROM chunk WHERE domain = ? AND batch = ?', head.domain, head.batch)
      .toArray()[0];
    if (held) {
      if (held.sha256 === head.sha256) return 'repeated';
      throw new ProblemError('CHUNK_CORRUPT', `Batch ${head.batch} was sent before with other content.`);
    }
    const domain = this.domain(head.domain);
    if (domain.outcome) throw new ProblemError('INVALID_PARAMS', 'The domain has ended.');
    if (head.batch >= domain.nextBatch + MAX_STAGED_CHUNKS) {
      throw new ProblemError('CHUNKS_MISSING', 'This batch is beyond the credit of its domain.', {
        members: { missing: [domain.nextBatch] },
      });
    }
    return 'new';
  }

  /** `ids`: container ids of its records to be kept beside it, packed. */
  stage(head: ChunkHead, segment: Uint8Array, ids?: Uint8Array): void {
    const { id } = this.#sql.exec<{ id: number }>('INSERT INTO segment (bytes) VALUES (?) RETURNING id', segment).one();
    this.#sql.exec(
      `INSERT INTO chunk (segment_id, domain, batch, count, raw_bytes, segment_bytes, crc32, sha256)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      head.domain,
      head.batch,
      head.count,
      head.raw_bytes,
      segment.byteLength,
      head.crc32,
      head.sha256,
    );
    if (ids) this.#sql.exec('INSERT INTO chunk_ids (segment_id, ids) VALUES (?, ?)', id, ids);
  }

  /** Chunks of a domain that may still be put before a seal. */
  credit(domain: Domain): number {
    const { staged } = this.#sql
      .exec<{ staged: number }>('SELECT count(*) AS staged FROM chunk WHERE domain = ? AND position IS NULL', domain)
      .one();
    return Math.max(0, MAX_STAGED_CHUNKS - staged);
  }

  /** Makes a range visible. `false`: it was before. @throws ProblemError as `decideSeal`. */
  seal(name: Domain, request: SealRequest, job: { resume: ResumeMode; idCount: number }): boolean {
    const row = this.domain(name);
    const decision = decideSeal(request, {
      domain: { ...row, ended: row.outcome !== undefined },
      stagedCounts: this.#stagedCounts(name),
      ...job,
    });
    if (decision.kind === 'repeated') return false;
    this.startDomain(name);
    let firstRecord = row.records;
    let rawBytes = row.rawBytes;
    for (let batch = decision.first; batch <= decision.last; batch++) {
      const chunk = this.#sealChunk(name, batch, firstRecord);
      firstRecord += chunk.count;
      rawBytes += chunk.raw_bytes;
    }
    this.#sql.exec(
      `UPDATE domain SET next_batch = ?, ids_done = ?, records = ?, raw_bytes = ?, containers_found = containers_found + ?
       WHERE name = ?`,
      decision.last + 1,
      request.ids_to,
      firstRecord,
      rawBytes,
      request.containers_found,
      name,
    );
    return true;
  }

  /** The `domain_start` entry, once. */
  startDomain(name: Domain): void {
    if (this.domain(name).started) return;
    this.#sql.exec("INSERT INTO entry (position, type, domain) VALUES (?, 'domain_start', ?)", this.#next(), name);
    this.#sql.exec('UPDATE domain SET started = 1 WHERE name = ?', name);
  }

  endDomain(name: Domain, outcome: DomainOutcome): void {
    this.#sql.exec('UPDATE domain SET outcome = ? WHERE name = ?', JSON.stringify(outcome), name);
  }

  appendLine(type: string, line: string): void {
    this.#sql.exec('INSERT INTO entry (position, type, line) VALUES (?, ?, ?)', this.#next(), type, line);
  }

  /** Whether a reader of this generation can have seen anything. */
  hasEntries(): boolean {
    return this.#sql.exec("SELECT 1 FROM entry WHERE type <> 'reset' LIMIT 1").toArray().length > 0;
  }

  hasEntryOf(type: string): boolean {
    return this.#sql.exec('SELECT 1 FROM entry WHERE type = ? LIMIT 1', type).toArray().length > 0;
  }

  /** The line of the one entry of a type. */
  lineOf(type: string): string | undefined {
    return this.#sql.exec<{ line: string }>('SELECT line FROM entry WHERE type = ?', type).toArray()[0]?.line;
  }

  dropStaged(): void {
    const staged = this.#sql
      .exec<{ segment_id: number }>('DELETE FROM chunk WHERE position IS NULL RETURNING segment_id')
      .toArray();
    for (const { segment_id: id } of staged) {
      this.#sql.exec('DELETE FROM chunk_ids WHERE segment_id = ?', id);
      this.#sql.exec('DELETE FROM segment WHERE id = ?', id);
    }
  }

  /** Starts over: everything goes but the positions, which go on rising behind `resetLine`. */
  startGeneration(resetLine: string): void {
    const position = this.#next();
    this.dropResult();
    this.#sql.exec(
      `UPDATE domain SET started = 0, next_batch = 1, ids_done = 0, records = 0, raw_bytes = 0, containers_found = 0,
       outcome = NULL`,
    );
    this.#sql.exec("INSERT INTO entry (position, type, line) VALUES (?, 'reset', ?)", position, resetLine);
  }

  /** Drops entries and chunks; the totals of the domains stay, for the status of an expired job. */
  dropResult(): void {
    this.#sql.exec('DELETE FROM entry');
    this.#sql.exec('DELETE FROM chunk');
    this.#sql.exec('DELETE FROM chunk_ids');
    this.#sql.exec('DELETE FROM segment');
  }

  /** The first entry behind `position`. */
  nextEntry(position: number): LogEntry | undefined {
    const row = this.#sql
      .exec<EntryColumns>('SELECT * FROM entry WHERE position > ? ORDER BY position LIMIT 1', position)
      .toArray()[0];
    if (!row) return undefined;
    if (row.type === 'domain_start' && row.domain)
      return { kind: 'domain_start', position: row.position, domain: row.domain };
    if (row.segment_id === null) return { kind: 'line', position: row.position, type: row.type, line: row.line ?? '' };
    const chunk = this.#sql.exec<ChunkColumns>('SELECT * FROM chunk WHERE segment_id = ?', row.segment_id).one();
    return { kind: 'records', position: row.position, chunk: toChunk(chunk) };
  }

  /** Sealed chunks of one domain, or of all in log order. */
  sealedChunks(domain?: Domain): SealedChunk[] {
    const rows =
      domain === undefined
        ? this.#sql.exec<ChunkColumns>('SELECT * FROM chunk WHERE position IS NOT NULL ORDER BY position')
        : this.#sql.exec<ChunkColumns>(
            'SELECT * FROM chunk WHERE domain = ? AND position IS NOT NULL ORDER BY batch',
            domain,
          );
    return rows.toArray().map(toChunk);
  }

  /** Sealed chunks of a domain that hold any of `count` records from `offset`. */
  chunksOfPage(domain: Domain, offset: number, count: number): SealedChunk[] {
    return this.#sql
      .exec<ChunkColumns>(
        `SELECT * FROM chunk WHERE domain = ? AND position IS NOT NULL AND first_record < ? AND first_record + count > ?
         ORDER BY batch`,
        domain,
        offset + count,
        offset,
      )
      .toArray()
      .map(toChunk);
  }

  /** Bytes `from … from + count` of a segment; `undefined` when it is gone (expired, or a new generation). */
  segmentSlice(segmentId: number, from: number, count: number): Uint8Array | undefined {
    const row = this.#sql
      .exec<{ bytes: ArrayBuffer }>(
        'SELECT substr(bytes, ?, ?) AS bytes FROM segment WHERE id = ?',
        from + 1,
        count,
        segmentId,
      )
      .toArray()[0];
    return row && new Uint8Array(row.bytes);
  }

  segmentBytes(segmentId: number): Uint8Array | undefined {
    const row = this.#sql
      .exec<{ bytes: ArrayBuffer }>('SELECT bytes FROM segment WHERE id = ?', segmentId)
      .toArray()[0];
    return row && new Uint8Array(row.bytes);
  }

  /** Container ids that `stage` was told to keep beside a chunk. */
  keptIds(segmentId: number): Uint8Array | undefined {
    const row = this.#sql
      .exec<{ ids: ArrayBuffer }>('SELECT ids FROM chunk_ids WHERE segment_id = ?', segmentId)
      .toArray()[0];
    return row && new Uint8Array(row.ids);
  }

  /** Hex digests of a domain's sealed chunks, in batch order, concatenated: what its own digest is made of. */
  concatenatedDigests(domain: Domain): string {
    const rows = this.#sql.exec<{ sha256: string }>(
      'SELECT sha256 FROM chunk WHERE domain = ? AND position IS NOT NULL ORDER BY batch',
      domain,
    );
    return rows
      .toArray()
      .map((row) => row.sha256)
      .join('');
  }

  #stagedCounts(domain: Domain): Map<number, number> {
    const rows = this.#sql.exec<{ batch: number; count: number }>(
      'SELECT batch, count FROM chunk WHERE domain = ? AND position IS NULL',
      domain,
    );
    return new Map(rows.toArray().map((row) => [row.batch, row.count]));
  }

  #sealChunk(domain: Domain, batch: number, firstRecord: number): { count: number; raw_bytes: number } {
    const position = this.#next();
    const chunk = this.#sql
      .exec<{ segment_id: number; count: number; raw_bytes: number }>(
        `UPDATE chunk SET first_record = ?, position = ? WHERE domain = ? AND batch = ?
         RETURNING segment_id, count, raw_bytes`,
        firstRecord,
        position,
        domain,
        batch,
      )
      .one();
    this.#sql.exec(
      "INSERT INTO entry (position, type, domain, segment_id) VALUES (?, 'records', ?, ?)",
      position,
      domain,
      chunk.segment_id,
    );
    return chunk;
  }

  /** Of the newest entry; 0 before the first. */
  lastPosition(): number {
    return this.#sql.exec<{ last: number }>('SELECT coalesce(max(position), 0) AS last FROM entry').one().last;
  }

  #next(): number {
    return this.lastPosition() + 1;
  }
}
