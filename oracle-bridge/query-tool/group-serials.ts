import type { Serial } from '#protocol/query-tool.ts';
import type { Row } from '../warehouse/warehouse.ts';

/** Rows of joined lots by their serial number, in the order in which the numbers come. */
export function groupSerials(rows: readonly Row[]): Serial[] {
  return [...Map.groupBy(rows, (row) => String(row['FINISHEDNAME']))].map(([serial_number, lots]) => ({
    serial_number,
    lots: lots.map((row) => ({
      container_id: textOf(row['CONTAINERID']),
      container_name: textOf(row['CONTAINERNAME']),
      combined_into: textOf(row['LOTID']),
      work_order: textOf(row['PJ_WORKORDER']),
      good_die_qty: row['PJ_GOODDIEQTY'] ?? null,
      ratio: row['PJ_COMBINEDRATIO'] ?? null,
    })),
  }));
}

function textOf(value: Row[string] | undefined): string | null {
  return typeof value === 'string' ? value : null;
}
