import { describe, expect, it } from 'vitest';
import { Announcer } from '../../src/job/announcer.ts';
import { JobAlarm } from '../../src/job/job-alarm.ts';
import type { JobRecord } from '../../src/job/job-record.ts';

const NOW = 1_000_000;

function newAlarm(): { alarm: JobAlarm; set: number[] } {
  const set: number[] = [];
  const setAlarm = async (atMs: number): Promise<void> => void set.push(atMs);
  return { alarm: new JobAlarm({ setAlarm, deleteAlarm: () => Promise.resolve() }), set };
}

describe('the alarm of a job', () => {
  it('is set to the nearest time, and left alone for a later one', async () => {
    const { alarm, set } = newAlarm();
    await alarm.arm(NOW + 30_000, NOW);
    await alarm.arm(NOW + 40_000, NOW);
    await alarm.arm(NOW + 20_000, NOW);
    expect(set).toEqual([NOW + 30_000, NOW + 20_000]);
  });

  it('does not go off again at once for what could not be done', async () => {
    const { alarm, set } = newAlarm();
    await alarm.goneOff(NOW);
    await alarm.arm(NOW - 5000, NOW);
    expect(set).toEqual([NOW + 15_000, NOW + 1000]);
  });

  it('is set again by the next call when it should have gone off and has not', async () => {
    const { alarm, set } = newAlarm();
    await alarm.arm(NOW + 1000, NOW);
    await alarm.arm(NOW + 60_000, NOW + 999);
    await alarm.arm(NOW + 60_000, NOW + 1000);
    expect(set).toEqual([NOW + 1000, NOW + 60_000]);
  });

  it('is never set into the past', async () => {
    const { alarm, set } = newAlarm();
    await alarm.arm(NOW, NOW);
    expect(set).toEqual([NOW + 1000]);
  });
});

describe('an announcement', () => {
  it('that a full store cannot note is given up for now, and is still due', async () => {
    let attempts = 0;
    const record = {
      exists: () => true,
      announcement: () => ({ sequence: 1, dueAtMs: NOW }),
      requestAnnouncement: () => {
        attempts++;
        throw new Error('database or disk is full: SQLITE_FULL');
      },
    } as unknown as JobRecord;
    const unused = (): never => {
      throw new Error('nothing can be told');
    };
    const announcer = new Announcer({ record, now: () => NOW, send: unused, describe: unused });
    await expect(announcer.run()).resolves.toBeUndefined();
    expect(attempts).toBe(1);
    expect(announcer.due()).toBe(true);
  });
});
