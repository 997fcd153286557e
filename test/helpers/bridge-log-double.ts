import type {
  ChunkHead,
  CompleteHead,
  EndDomainRequest,
  FinishRequest,
  SealRequest,
} from '#protocol/bridge-message.ts';
import type { Domain } from '#protocol/domain.ts';
import type { Lease } from '#protocol/lease.ts';
import { MAX_STAGED_CHUNKS } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import { decideSeal } from '../../src/job/seal-rules.ts';
import { checkSegment } from '../../src/stream/segment-check.ts';

interface DomainLog {
  nextBatch: number;
  idsDone: number;
  records: number;
  containersFound: number;
  end: EndDomainRequest | undefined;
  readonly staged: Map<number, { head: ChunkHead; raw: Uint8Array }>;
}

/** The books of one job as the edge keeps them, with the edge's own checks of segments and seals. */
export class LogDouble {
  /** What readers would see, in order. */
  readonly visible: { domain: Domain; batch: number; count: number; line: string }[] = [];
  readonly seals: (SealRequest & { domain: Domain })[] = [];
  aggregation: Readonly<Record<string, unknown>> | undefined;
  finished = false;
  completed = false;
  mostStaged = 0;
  readonly #lease: Lease;
  readonly #domains = new Map<Domain, DomainLog>();

  constructor(lease: Lease) {
    this.#lease = lease;
  }

  records(domain: Domain): unknown[] {
    const lines = this.visible.filter((entry) => entry.domain === domain);
    return lines.flatMap(({ line }) => (JSON.parse(line) as { data: unknown[] }).data);
  }

  domain(name: Domain): DomainLog {
    const held = this.#domains.get(name);
    if (held) return held;
    const resume = this.#lease.resume[name];
    const log: DomainLog = {
      nextBatch: resume?.next_batch ?? 1,
      idsDone: resume?.ids_done ?? 0,
      records: 0,
      containersFound: 0,
      end: undefined,
      staged: new Map(),
    };
    this.#domains.set(name, log);
    return log;
  }

  putChunk(head: ChunkHead, segment: Uint8Array): number {
    const domain = this.domain(head.domain);
    if (head.count > this.#lease.spec.batch_records) throw new ProblemError('CHUNK_CORRUPT', 'too many records');
    if (head.batch >= domain.nextBatch + MAX_STAGED_CHUNKS)
      throw new ProblemError('CHUNKS_MISSING', 'beyond the credit');
    domain.staged.set(head.batch, { head, raw: checkSegment(segment, head) });
    this.mostStaged = Math.max(this.mostStaged, domain.staged.size);
    return MAX_STAGED_CHUNKS - domain.staged.size;
  }

  seal(name: Domain, request: SealRequest): number {
    const domain = this.domain(name);
    const stagedCounts = new Map([...domain.staged].map(([batch, { head }]) => [batch, head.count]));
    const { resume, cid_count: idCount } = this.#lease.spec;
    const facts = { domain: { ...domain, ended: domain.end !== undefined }, stagedCounts, resume, idCount };
    const decision = decideSeal(request, facts);
    if (decision.kind === 'repeated') return MAX_STAGED_CHUNKS - domain.staged.size;
    this.seals.push({ ...request, domain: name });
    for (let batch = decision.first; batch <= decision.last; batch++) {
      const { head, raw } = domain.staged.get(batch) ?? missing();
      this.visible.push({ domain: name, batch, count: head.count, line: Buffer.from(raw).toString('utf8') });
      domain.records += head.count;
      domain.staged.delete(batch);
    }
    domain.nextBatch = decision.last + 1;
    domain.idsDone = request.ids_to;
    domain.containersFound += request.containers_found;
    return MAX_STAGED_CHUNKS - domain.staged.size;
  }

  endDomain(name: Domain, request: EndDomainRequest): void {
    const domain = this.domain(name);
    const { records, batches } = request.totals;
    if (records !== domain.records || batches !== domain.nextBatch - 1) {
      throw new ProblemError('CHUNKS_MISSING', 'The totals of the domain are not those of its sealed chunks.');
    }
    domain.end = request;
  }

  aggregate(data: Readonly<Record<string, unknown>>): void {
    this.aggregation = data;
  }

  finish({ records }: FinishRequest): void {
    const domains = this.#lease.spec.domains.map((name) => this.domain(name));
    if (domains.some((domain) => !domain.end)) throw new ProblemError('CHUNKS_MISSING', 'A domain has not ended.');
    if (records !== domains.reduce((sum, domain) => sum + domain.records, 0)) {
      throw new ProblemError('CHUNKS_MISSING', 'The job has other totals than its log.');
    }
    this.finished = true;
  }

  complete(head: CompleteHead, segments: readonly Uint8Array[]): void {
    const rest = [...segments];
    let records = 0;
    for (const { domain, chunk, ids_to, containers_found, status } of head.domains) {
      const count = chunk?.count ?? 0;
      if (chunk) {
        const { segment_bytes: bytes, ...facts } = chunk;
        const segment = rest.shift();
        if (segment?.byteLength !== bytes) throw new ProblemError('CHUNK_CORRUPT', 'wrong length');
        this.putChunk({ domain, batch: 1, ...facts }, segment);
      }
      const last = chunk ? { last_batch: 1 } : {};
      if (chunk || ids_to > 0) this.seal(domain, { first_batch: 1, ...last, ids_to, records: count, containers_found });
      this.endDomain(domain, { status, totals: { records: count, batches: chunk ? 1 : 0 } });
      records += count;
    }
    if (head.aggregation) this.aggregate(head.aggregation);
    this.finish({ records });
    this.completed = true;
  }
}

function missing(): never {
  throw new Error('decided to seal what is not there');
}
