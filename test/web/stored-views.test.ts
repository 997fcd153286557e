import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_DRAFT } from '../../web/src/trace/query/form-draft.ts';
import { guardStorage } from '../../web/src/storage/page-storage.ts';
import { MAX_STORED_VIEWS, storedView, storeView } from '../../web/src/trace/address/stored-views.ts';
import { MAX_URL_CHARS, readUrlState, writeUrlState } from '../../web/src/trace/address/url-state.ts';
import type { UrlState } from '../../web/src/trace/address/url-state.ts';
import { FIRST_VIEW } from '../../web/src/trace/address/view-state.ts';

/** A storage that takes `room` characters. */
class SessionDouble {
  readonly kept = new Map<string, string>();
  readonly room: number;

  constructor(room = Infinity) {
    this.room = room;
  }

  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    const others = [...this.kept].reduce((sum, [name, text]) => sum + (name === key ? 0 : text.length), 0);
    if (others + value.length > this.room) throw new DOMException('full', 'QuotaExceededError');
    this.kept.set(key, value);
  }

  removeItem(key: string): void {
    this.kept.delete(key);
  }
}

const newSession = (room?: number) => {
  const session = new SessionDouble(room);
  return () => session;
};

function stateOf(lot: number, job: number | undefined, tab?: string): UrlState {
  return {
    query: {
      mode: 'container',
      inputType: 'lot_id',
      values: Array.from({ length: 100 }, (_, index) => `GA2601${lot}-A00-LONG-${index}`),
      profile: 'query_tool',
      direction: 'forward',
      followMerges: false,
      domains: ['history'],
    },
    jobId: job?.toString(16).padStart(64, '0'),
    lineageJobId: undefined,
    grownJobIds: [],
    form: NO_DRAFT,
    view: { ...FIRST_VIEW, tab },
  };
}

describe('long views of a session', () => {
  it('have each an address of their own, which opens its own query whatever was asked since', () => {
    const asked = fc.uniqueArray(fc.tuple(fc.nat(9), fc.option(fc.nat(9), { nil: undefined })), {
      maxLength: MAX_STORED_VIEWS,
      selector: ([lot, job]) => `${lot} ${job}`,
    });
    fc.assert(
      fc.property(asked, (all) => {
        const storage = guardStorage(newSession());
        const states = all.map(([lot, job]) => stateOf(lot, job));
        const searches = states.map((state) => writeUrlState(state, storage));
        expect(new Set(searches).size).toBe(states.length);
        for (const search of searches) expect(search.length).toBeLessThan(MAX_URL_CHARS);
        expect(searches.map((search) => readUrlState(search, storage))).toEqual(states);
      }),
      { numRuns: 30 },
    );
  });

  it('keep their address when they are looked at in another way', () => {
    const storage = guardStorage(newSession());
    const before = writeUrlState(stateOf(1, 1), storage);
    const after = writeUrlState(stateOf(1, 1, 'holds'), storage);
    expect(after).toBe(before);
    expect(readUrlState(before, storage)).toEqual(stateOf(1, 1, 'holds'));
  });

  it('are the newest, also of those that were opened again; an address whose view is gone has the job alone', () => {
    const session = new SessionDouble();
    const storage = guardStorage(() => session);
    const searches = Array.from({ length: MAX_STORED_VIEWS }, (_, job) => writeUrlState(stateOf(1, job), storage));
    writeUrlState(stateOf(1, 0), storage);
    writeUrlState(stateOf(2, 99), storage);
    expect(readUrlState(searches[0] ?? '', storage)).toEqual(stateOf(1, 0));
    expect(readUrlState(searches[1] ?? '', storage)).toEqual({ ...stateOf(1, 1), query: undefined });
    expect(readUrlState(searches[2] ?? '', storage)).toEqual(stateOf(1, 2));
    expect(session.kept.size).toBe(MAX_STORED_VIEWS + 1);
  });

  it('make room for a new one where the storage has none, and do without it in the end', () => {
    const storage = guardStorage(newSession(1000));
    const slots = ['a', 'b', 'c', 'd'].map((subject) => storeView(subject, subject.repeat(300), storage));
    expect(slots.map((slot) => storedView(slot, storage)?.[0])).toEqual([undefined, 'b', 'c', 'd']);
    const huge = storeView('e', 'e'.repeat(2000), storage);
    expect(storedView(huge, storage)).toBeUndefined();
    expect(storedView('../lotstream', storage)).toBeUndefined();
  });

  it('are found again on a page to which every storage is closed, as long as it lives', () => {
    const storage = guardStorage(() => {
      throw new DOMException('closed', 'SecurityError');
    });
    const search = writeUrlState(stateOf(1, 1), storage);
    expect(readUrlState(search, storage)).toEqual(stateOf(1, 1));
    storage.removeItem('lotstream.view');
    expect(storage.getItem('lotstream.view')).toBeNull();
  });
});
