/** First byte of a TTC message. */
export const MESSAGE = {
  protocol: 1,
  dataTypes: 2,
  function: 3,
  error: 4,
  rowHeader: 6,
  rowData: 7,
  parameter: 8,
  status: 9,
  warning: 15,
  describe: 16,
  piggyback: 17,
} as const;
