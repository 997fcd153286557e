import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { LaneGate } from '../../oracle-bridge/job/lane-gate.ts';
import { StatementTurns } from '../../oracle-bridge/job/statement-turns.ts';

describe('the lane gate', () => {
  it('is open while no interactive job runs', async () => {
    expect(await new LaneGate().giveWay()).toBeUndefined();
  });

  it('holds a batch statement in another thread until the interactive job has ended', async () => {
    const gate = new LaneGate();
    const leave = gate.enter('interactive');
    const url = new URL('../../oracle-bridge/job/lane-gate.ts', import.meta.url).href;
    const code = `const { parentPort, workerData } = require('node:worker_threads');
      // A pending wait keeps no thread alive; a listener does, as in a job thread.
      parentPort.on('message', () => undefined);
      import(${JSON.stringify(url)}).then(async ({ LaneGate }) => {
        const gate = new LaneGate(workerData);
        parentPort.postMessage('waiting');
        // A clock that stands still: only the end of the job can open the gate.
        await gate.giveWay(() => 0);
        parentPort.postMessage('through');
      });`;
    const worker = new Worker(code, { eval: true, workerData: gate.memory });
    const messages: unknown[] = [];
    worker.on('message', (message) => messages.push(message));
    await once(worker, 'message');
    expect(messages).toEqual(['waiting']);
    const through = once(worker, 'message');
    leave();
    await through;
    expect(messages).toEqual(['waiting', 'through']);
    await worker.terminate();
  });

  it('opens after half a second all the same', async () => {
    const gate = new LaneGate();
    gate.enter('interactive');
    let now = 0;
    await gate.giveWay(() => (now += 300));
    expect(now).toBeGreaterThanOrEqual(500);
  });
});

describe('the turns of a batch job', () => {
  it('are two at once for one job, and one each for two', async () => {
    const gate = new LaneGate();
    const leave = gate.enter('batch');
    const turns = new StatementTurns('batch', gate);
    const first = await turns.take();
    const second = await turns.take();
    const third = turns.take();
    let begun = false;
    void third.then(() => (begun = true));
    await Promise.resolve();
    expect(begun).toBe(false);
    first();
    (await third)();
    second();
    const leaveOther = gate.enter('batch');
    expect(gate.statementsPerBatchJob()).toBe(1);
    leaveOther();
    leave();
    expect(gate.statementsPerBatchJob()).toBe(2);
  });

  it('are not limited for interactive jobs', async () => {
    const turns = new StatementTurns('interactive', new LaneGate());
    for (let statement = 0; statement < 10; statement++) await turns.take();
    expect(await turns.take()).toBeTypeOf('function');
  });
});
