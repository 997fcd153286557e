/** DATE has no zone: its parts are those of the process's own zone, as the driver takes them. */
export function encodeDate(date: Date): Buffer {
  const year = date.getFullYear();
  const parts = [
    date.getMonth() + 1,
    date.getDate(),
    date.getHours() + 1,
    date.getMinutes() + 1,
    date.getSeconds() + 1,
  ];
  return Buffer.from([Math.floor(year / 100) + 100, (year % 100) + 100, ...parts]);
}

/** `inUtc`: of a TIMESTAMP WITH LOCAL TIME ZONE, which is what the driver makes of a bound Date; the database is in UTC. */
export function decodeDate(bytes: Buffer, inUtc: boolean): Date {
  const [century = 0, year = 0, month = 1, day = 1, hour = 1, minute = 1, second = 1] = bytes;
  const milliseconds = bytes.length >= 11 ? bytes.readUInt32BE(7) / 1e6 : 0;
  const fullYear = (century - 100) * 100 + (year - 100);
  return inUtc
    ? new Date(Date.UTC(fullYear, month - 1, day, hour - 1, minute - 1, second - 1, milliseconds))
    : new Date(fullYear, month - 1, day, hour - 1, minute - 1, second - 1, milliseconds);
}
