import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startPlant } from '../helpers/plant.ts';
import { cpuSeconds, peakRssBytes, resetPeakRss, withChildren } from '../helpers/process-stats.ts';
import { sampleFile, sampleIds } from '../helpers/sample-file.ts';
import type { ChildFigures } from './child.ts';
import { runChild, startServer } from './child.ts';
import type { Figures, RunFigures } from './figures.ts';
import { median, medianOf } from './figures.ts';
import { measureInteractive } from './interactive.ts';
import { measureLineage } from './lineage.ts';
import { measureMemory } from './memory.ts';
import { measurePage } from './page.ts';
import { measureReaders } from './readers.ts';
import { measureSoak } from './soak.ts';

/**
 * `npm run bench`: what a trace costs, beside the same reading without lotstream, in one run on one machine. Figures of
 * different runs or machines are not to be compared; the ratios are.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    runs: { type: 'string', default: '3' },
    sizes: { type: 'string', default: '10000,115000' },
    memory: { type: 'boolean', default: false },
    lineage: { type: 'string' },
    interactive: { type: 'boolean', default: false },
    readers: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const USAGE = `npm run bench [-- options]

  --sizes N,…     containers of each trace; default 10000,115000; empty: none
  --runs N        runs of each, of which the median counts; default 3
  --interactive   also: an interactive call beside two long jobs, against an idle system
  --readers       also: a reader beside one that stalls for a minute and ten that leave, and ten readers at once
  --memory        also: peak memory at 230,000 containers against 115,000, fresh processes, median of 3
  --soak          also: a hundred jobs one after the other, and by how much memory grows with each
  --page          also: a million records in the page: tasks of the main thread, first row, heap, frames
  --lineage FILE  also: a lineage of 114,000 seeds and one of 50 ancestors on that sample (5 million containers are
                  wanted: npm run sample), against one statement written by hand
  --json          the last line is everything as JSON
`;
const SAMPLE_CONTAINERS = 120_000;
const DOMAINS = ['history', 'materials'];
const MODES = ['count', 'parse'] as const;

interface SizeReport {
  readonly containers: number;
  readonly read_path: Figures;
  readonly direct: Readonly<Record<string, Figures>>;
  readonly end_to_end: Readonly<Record<string, Figures>>;
  /** Records a second, end to end over direct, of the same client; the median of the pairs. */
  readonly ratio_to_direct: Readonly<Record<string, number>>;
}

if (values.help) {
  process.stdout.write(USAGE);
} else {
  const runs = Number(values.runs);
  const warehouseFile = await sampleFile(SAMPLE_CONTAINERS);
  const sizes: SizeReport[] = [];
  for (const size of values.sizes.split(',').filter(Boolean))
    sizes.push(await measureSize(warehouseFile, Number(size), runs));
  const interactive = values.interactive ? await measureInteractive(warehouseFile) : undefined;
  const readers = values.readers ? await measureReaders(warehouseFile) : undefined;
  const memory = values.memory ? await measureMemory() : undefined;
  const soak = values.soak ? await measureSoak() : undefined;
  const page = values.page ? await measurePage() : undefined;
  const lineage = values.lineage === undefined ? undefined : await measureLineage(values.lineage);
  const report = { sizes, interactive, readers, memory, soak, page, lineage };
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
}

async function measureSize(warehouseFile: string, containers: number, runs: number): Promise<SizeReport> {
  const dir = await mkdtemp(path.join(tmpdir(), 'lotstream-bench-'));
  const body = path.join(dir, 'body.json');
  const ids = await sampleIds(warehouseFile, containers);
  await writeFile(body, JSON.stringify({ profile: 'mid_section_defect', container_ids: ids, domains: DOMAINS }));
  const plant = await startPlant({ warehouseFile });
  const direct = await startServer('direct-server.ts', ['--warehouse', warehouseFile]);
  try {
    const directPid = direct.child.pid ?? 0;
    const client = (url: string, mode: string) => runChild('client.ts', ['--url', url, '--body', body, '--mode', mode]);
    const edgeUrl = `${plant.url}/api/trace/events`;
    const directUrl = `http://127.0.0.1:${direct.port}/`;
    const plantPids = () => ({ workerd: plant.edge.pid, bridge: plant.bridge.pid });
    await client(edgeUrl, 'count');
    await client(directUrl, 'count');

    const readPath: RunFigures[] = [];
    const byMode = Object.fromEntries(
      MODES.map((mode) => [mode, { direct: [] as RunFigures[], endToEnd: [] as RunFigures[] }]),
    );
    for (let run = 0; run < runs; run++) {
      const alone = await runChild('read-path.ts', ['--warehouse', warehouseFile, '--body', body]);
      readPath.push(withProcess('bridge', alone));
      for (const [mode, pair] of Object.entries(byMode)) {
        pair.direct.push(await measured({ server: directPid }, () => client(directUrl, mode)));
        pair.endToEnd.push(await measured(plantPids(), () => client(edgeUrl, mode)));
      }
    }
    const report = {
      containers,
      read_path: medianOf(readPath),
      direct: mapValues(byMode, (pair) => medianOf(pair.direct)),
      end_to_end: mapValues(byMode, (pair) => medianOf(pair.endToEnd)),
      ratio_to_direct: mapValues(byMode, (pair) => ratioOf(pair)),
    };
    print(report);
    return report;
  } finally {
    direct.child.kill('SIGKILL');
    await plant.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Runs a client and adds what the servers used meanwhile. */
async function measured(pids: Record<string, number>, run: () => Promise<ChildFigures>): Promise<RunFigures> {
  const cpu = withChildren(cpuSeconds);
  const before = mapValues(pids, cpu);
  for (const pid of Object.values(pids)) resetPeakRss(pid);
  const figures = await run();
  const used = Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpu(pid) - (before[name] ?? 0)]));
  return {
    ...figures,
    cpuSeconds: { ...used, client: figures.cpuSeconds },
    peakRssBytes: { ...mapValues(pids, withChildren(peakRssBytes)), client: figures.peakRssBytes },
  };
}

function withProcess(name: string, figures: ChildFigures): RunFigures {
  return { ...figures, cpuSeconds: { [name]: figures.cpuSeconds }, peakRssBytes: { [name]: figures.peakRssBytes } };
}

function ratioOf(pair: { direct: RunFigures[]; endToEnd: RunFigures[] }): number {
  const speed = (run: RunFigures | undefined) => (run ? run.records / run.elapsedMs : Number.NaN);
  const ratios = pair.endToEnd.map((run, index) => speed(run) / speed(pair.direct[index]));
  return Math.round(median(ratios) * 100) / 100;
}

function mapValues<Value, Mapped>(
  object: Record<string, Value>,
  map: (value: Value) => Mapped,
): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]));
}

function print(report: SizeReport): void {
  const row = (name: string, figures: Figures) =>
    `  ${name.padEnd(18)}${String(figures.records_per_second).padStart(9)} records/s  first ${String(figures.first_record_ms).padStart(5)} ms  ` +
    `core-s/M ${JSON.stringify(figures.core_seconds_per_million_records)}  peak MB ${JSON.stringify(figures.peak_rss_mb)}`;
  const lines = [
    `${report.containers} containers, ${report.read_path.records} records`,
    row('read path', report.read_path),
    ...Object.entries(report.direct).map(([mode, figures]) => row(`direct, ${mode}`, figures)),
    ...Object.entries(report.end_to_end).map(([mode, figures]) => row(`end to end, ${mode}`, figures)),
    `  ratio to direct   ${JSON.stringify(report.ratio_to_direct)}`,
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}
