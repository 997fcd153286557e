import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClientProblemError } from '../../web/src/stream/client-problem.ts';
import { MachineList } from '../../web/src/trace/run/machines.ts';
import type { StageMeans } from '../../web/src/trace/run/small-stages.ts';

const MEANS: StageMeans = {
  signal: new AbortController().signal,
  readJob: () => Promise.reject(new Error('no job was made')),
};

describe('the list of machines', () => {
  let names: string[];
  let asked: number;
  let status: number;
  beforeEach(() => {
    [names, asked, status] = [['GWBK-0241 ', 'GDBA-0131'], 0, 200];
    vi.stubGlobal('fetch', () => {
      asked++;
      const data = names.map((name) => ({
        RESOURCEID: `id-${name.trim()}`,
        RESOURCENAME: name,
        WORKCENTERNAME: ' WB ',
      }));
      const answer = {
        query: 'equipment_list',
        job_id: 'a'.repeat(64),
        data,
        pagination: { page: 1, per_page: 5000, total: data.length, total_pages: 1 },
        quality: { status: 'complete', failed_domains: [], truncated_domains: [] },
      };
      return Promise.resolve(Response.json(status === 200 ? answer : {}, { status }));
    });
  });
  afterEach(() => void vi.unstubAllGlobals());

  it('is read once for all who choose from it', async () => {
    const list = new MachineList();
    expect(await list.read(MEANS)).toMatchObject([
      { id: 'id-GWBK-0241', name: 'GWBK-0241', model: '', workCenter: 'WB', group: '' },
      { name: 'GDBA-0131' },
    ]);
    await list.read(MEANS);
    expect(asked).toBe(1);
  });

  it('is read again for a query, whose pattern may mean a machine that is newer', async () => {
    const list = new MachineList();
    await list.read(MEANS);
    names.push('GWBK-0999');
    expect((await list.find(['gwbk-*'], MEANS)).ids).toEqual(['id-GWBK-0241', 'id-GWBK-0999']);
    expect(await list.read(MEANS)).toHaveLength(3);
    expect(asked).toBe(2);
  });

  it('that takes too long says so', async () => {
    const list = new MachineList();
    const stop = new AbortController();
    vi.stubGlobal('fetch', (_path: string, { signal }: RequestInit) => {
      stop.abort(new DOMException('too long', 'TimeoutError'));
      return Promise.reject(signal?.reason);
    });
    await expect(list.read({ ...MEANS, signal: stop.signal })).rejects.toMatchObject({
      problem: { code: 'SERVER_TIMEOUT' },
    });
  });

  it('is asked for again when it could not be read', async () => {
    const list = new MachineList();
    status = 503;
    await expect(list.read(MEANS)).rejects.toThrow(ClientProblemError);
    status = 200;
    expect(await list.read(MEANS)).toHaveLength(2);
  });
});
