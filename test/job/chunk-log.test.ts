import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { ChunkLog } from '../../src/job/chunk-log.ts';
import schema from '../../sql/edge/job/0001-job.sql';
import additions from '../../sql/edge/job/0002-kept-ids-and-wishes.sql';
import { makeChunk } from '../helpers/make-chunk.ts';
import { openNodeSql } from '../helpers/node-sql.ts';

const stores: ReturnType<typeof openNodeSql>[] = [];
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
});

function openLog(): ChunkLog {
  const store = openNodeSql();
  stores.push(store);
  store.sql.exec(schema);
  store.sql.exec(additions);
  const log = new ChunkLog(store.sql);
  log.createDomains(['nodes', 'edges']);
  return log;
}

/** Stages and seals one chunk of its own content; answers where it is stored. */
function addChunk(log: ChunkLog, text: string): number {
  const chunk = makeChunk([{ container_id: createHash('sha256').update(text).digest('hex') }], { domain: 'nodes' });
  log.stage(chunk.head, chunk.segment);
  const range = { first_batch: 1, last_batch: 1, ids_to: 0, records: 1, containers_found: 1 };
  log.seal('nodes', range, { resume: 'restart', idCount: 0 });
  return log.sealedChunks('nodes')[0]?.segmentId ?? 0;
}

describe('a log that starts over', () => {
  it('never stores new bytes under the id of old ones: a reader in the middle of a chunk must not get them', () => {
    const log = openLog();
    const old = addChunk(log, 'first generation');
    log.startGeneration('{"type":"reset"}\n');
    const next = addChunk(log, 'second generation');
    expect(next).not.toBe(old);
    expect(log.segmentSlice(old, 0, 1000)).toBeUndefined();
    expect(log.segmentBytes(old)).toBeUndefined();
  });

  it('goes on with higher positions behind its reset', () => {
    const log = openLog();
    addChunk(log, 'first generation');
    log.startGeneration('{"type":"reset"}\n');
    addChunk(log, 'second generation');
    expect(log.nextEntry(0)).toMatchObject({ kind: 'line', type: 'reset', position: 3 });
    expect(log.nextEntry(3)).toMatchObject({ kind: 'domain_start', position: 4 });
    expect(log.nextEntry(4)).toMatchObject({ kind: 'records', position: 5 });
  });
});

describe('the ids kept beside a chunk', () => {
  const ids = Uint8Array.from({ length: 16 }, (_, index) => index);
  const stageNodes = (log: ChunkLog): number => {
    const chunk = makeChunk([{ container_id: '0011223344556677' }], { domain: 'nodes' });
    log.stage(chunk.head, chunk.segment, ids);
    log.seal(
      'nodes',
      { first_batch: 1, last_batch: 1, ids_to: 0, records: 1, containers_found: 1 },
      { resume: 'restart', idCount: 0 },
    );
    return log.sealedChunks('nodes')[0]?.segmentId ?? 0;
  };

  it('are there as long as the chunk, and go with it', () => {
    const log = openLog();
    const first = stageNodes(log);
    expect(log.keptIds(first)).toEqual(ids);
    log.startGeneration('{"type":"reset"}\n');
    expect(log.keptIds(first)).toBeUndefined();
  });

  it('go with a staged chunk that is dropped, and leave those of sealed ones', () => {
    const log = openLog();
    const sealed = stageNodes(log);
    const chunk = makeChunk([{ container_id: '8899aabbccddeeff' }], { domain: 'nodes', batch: 2 });
    log.stage(chunk.head, chunk.segment, ids);
    log.dropStaged();
    expect(log.keptIds(sealed + 1)).toBeUndefined();
    expect(log.keptIds(sealed)).toEqual(ids);
  });
});
