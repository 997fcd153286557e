/** What columns of an answer may be, as the driver names its types. A DATE would become a date of the process's own zone. */
export const TEXT_TYPES: ReadonlySet<string> = new Set([
  'DB_TYPE_VARCHAR',
  'DB_TYPE_NVARCHAR',
  'DB_TYPE_CHAR',
  'DB_TYPE_NCHAR',
  'DB_TYPE_CLOB',
  'DB_TYPE_NCLOB',
]);
export const NUMBER_TYPES: ReadonlySet<string> = new Set([
  'DB_TYPE_NUMBER',
  'DB_TYPE_BINARY_DOUBLE',
  'DB_TYPE_BINARY_FLOAT',
]);
