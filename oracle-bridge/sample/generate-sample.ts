import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { partialFileOf, removeAbandonedFiles, removePartialFile } from './partial-file.ts';
import { SampleDatabase } from './sample-database.ts';
import { SAMPLE_VERSION } from './sample-file.ts';
import { countBlocks, FIRST_MONTH, MONTHS, planSlices, SETUP_STATEMENTS, SLICE_STATEMENTS } from './sample-plan.ts';
import { reservedSequences } from './trap-family/trap-lots.ts';
import { writeTrapFamily } from './trap-family/write-trap-family.ts';

export interface SampleOptions {
  readonly containers: number;
  readonly seed: number;
  readonly threads: number;
  /** Replace a file that is there. */
  readonly force: boolean;
  /** Stops the database and removes what was written. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: SampleProgress) => void;
}

export interface SampleProgress {
  /** 0 to 100. */
  readonly percent: number;
  /** The statement that has just ended: `history`. */
  readonly statement: string;
  /** Rows written so far, over all tables. */
  readonly rows: number;
}

/** The file is there and `force` was not given. */
export class SampleExistsError extends Error {
  override readonly name = 'SampleExistsError';
}

/**
 * Makes a sample warehouse. The same containers and seed give the same contents, row by row, whatever the threads.
 * The file appears whole or not at all.
 * @returns the rows written, over all tables.
 * @throws SampleExistsError, the signal's reason, or what the database or the disk says.
 */
export async function generateSample(file: string, options: SampleOptions): Promise<number> {
  refuseToReplace(file, options);
  await mkdir(path.dirname(path.resolve(file)), { recursive: true });
  await removeAbandonedFiles(file);
  const partialFile = partialFileOf(file);
  // This process may have died in an earlier life with the same id.
  await removePartialFile(partialFile);
  try {
    const rows = await writeSample(partialFile, options);
    refuseToReplace(file, options);
    // A log of the replaced file would be replayed into the new one.
    await rm(`${file}.wal`, { force: true });
    await rename(partialFile, file);
    return rows;
  } finally {
    await removePartialFile(partialFile);
  }
}

function refuseToReplace(file: string, options: SampleOptions): void {
  if (!options.force && existsSync(file)) throw new SampleExistsError(`${file} is there already; --force replaces it.`);
}

async function writeSample(file: string, options: SampleOptions): Promise<number> {
  const database = await SampleDatabase.create(file, options);
  try {
    await database.runFile('schema');
    await database.setVariables({
      seed: options.seed,
      containers: options.containers,
      blocks: countBlocks(options.containers),
      months: MONTHS,
      first_month: FIRST_MONTH,
      reserved_sequences: reservedSequences(),
    });
    // Its ids are the lowest, so it goes first.
    let rows = await writeTrapFamily(database);
    for (const name of SETUP_STATEMENTS) rows += await database.runFile(`sample/${name}`);
    rows += await writeSlices(database, options, rows);
    await database.run('insert into DWH.LOTSTREAM_SAMPLE values ($1, $2, $3)', [
      SAMPLE_VERSION,
      options.containers,
      BigInt(options.seed),
    ]);
    await database.finish();
    return rows;
  } finally {
    database.close();
  }
}

/** Slice by slice in order of ids, so that every table is written in its order and nothing large is ever sorted. */
async function writeSlices(database: SampleDatabase, options: SampleOptions, rowsBefore: number): Promise<number> {
  const slices = planSlices(options.containers);
  let rows = 0;
  for (const [index, slice] of slices.entries()) {
    await database.setVariables({ first_block: slice.firstBlock, end_block: slice.endBlock });
    let percentOfSlice = 0;
    for (const { name, percent } of SLICE_STATEMENTS) {
      rows += await database.runFile(`sample/${name}`);
      percentOfSlice += percent;
      options.onProgress({
        percent: ((index + percentOfSlice / 100) / slices.length) * 100,
        statement: name,
        rows: rowsBefore + rows,
      });
    }
    // Row groups that are not full yet stay in memory until they are written.
    await database.run('checkpoint sample');
  }
  return rows;
}
