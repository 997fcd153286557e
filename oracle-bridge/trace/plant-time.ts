/** Times of the warehouse are plant time, without a zone. */
const PLANT_UTC_OFFSET_MS = 8 * 3_600_000;

/** A UTC time (RFC 3339) as the warehouse would write it: `YYYY-MM-DDTHH:MM:SS`. */
export function toPlantTime(utc: string): string {
  return new Date(Date.parse(utc) + PLANT_UTC_OFFSET_MS).toISOString().slice(0, 19);
}
