import { ProblemError } from '#protocol/problem.ts';
import { placeNeighbours } from './place-neighbours.ts';
import { addHours, addSeconds } from './plant-calendar.ts';
import type { RunQuery } from './query-run.ts';
import { readLoads } from './read-loads.ts';
import { writeRows } from './write-rows.ts';

/** Loads that ran at a machine before and behind the one at a time. */
export const runAdjacentLots: RunQuery<'adjacent_lots'> = async (job, params) => {
  const { equipment_id, target_time, window_hours } = params;
  const binds = {
    equipment_ids: [equipment_id],
    time_from: addHours(target_time, -window_hours),
    time_to: addSeconds(addHours(target_time, window_hours), 1),
  };
  const { rows, end } = await readLoads(job, { name: 'query-tool/equipment-loads', binds });
  // Who stands next to whom cannot be told from a part of the loads.
  if (end.status !== 'complete')
    throw new ProblemError('RESULT_TOO_LARGE', 'The machine has too many loads in this window. Ask for fewer hours.');
  await writeRows(job, placeNeighbours(rows, target_time));
  return { end };
};
