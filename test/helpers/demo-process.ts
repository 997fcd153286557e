import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { PROJECT_DIR } from '../../src/local/options.ts';

/** The demonstration in a process of its own: what it does takes no time from who measures. */
export interface DemoProcess {
  readonly url: string;
  stop(): Promise<void>;
}

export interface RecordedDemo {
  readonly records: number;
  /** Pause between two batches. */
  readonly paceMs: number;
}

/** Each stage takes so long that the rows of a former query are gone before those of the next come. */
const STAGE_MS = 200;
const LISTENING = /^the demonstration is at (http:\S+)$/;

/** Its events are made before the first of them is sent. */
export async function startRecordedDemo({ records, paceMs }: RecordedDemo): Promise<DemoProcess> {
  const script = path.join(PROJECT_DIR, 'test/helpers/web-demo-server.ts');
  const options = ['--recorded', '--port=0', `--stage=${STAGE_MS}`, `--records=${records}`, `--pace=${paceMs}`];
  const child = spawn(process.execPath, [script, ...options], {
    cwd: PROJECT_DIR,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = LISTENING.exec(line) ?? [];
    if (url === undefined) continue;
    return {
      url,
      async stop() {
        child.kill();
        await exited;
      },
    };
  }
  throw new Error('the demonstration ended before it listened');
}
