/** What a query found, and where it was cut. */

export const found = {
  title: 'Found',
  seeds: 'Lots',
  machines: 'Machines',
  nodes: 'Containers',
  edges: 'Relations',
  notFound: 'Not found ({{ count }})',
  noLots: 'Station groups without lots ({{ count }})',
  notFoundHint: 'Check the spelling, or shorten the value and put a * behind it.',
  copy: 'Copy list',
  copied: 'Copied',
  expansion: 'Matches of patterns',
  groups: 'Lots of each station group',
  warnings: 'Remarks',
  unknown: 'This browser does not know which of the values were found. Run the query again to see it.',
  firstOfMore: 'first {{ count }} of more',
} as const;

export const notFound = {
  few: 'Not found, {{ count }} of {{ asked }}: {{ names }}. Only the rest is shown.',
  many: 'Not found, {{ count }} of {{ asked }}: {{ names }} and {{ others }} more. Only the rest is shown.',
  groups: 'Station groups without lots on these days, {{ count }} of {{ asked }}: {{ names }}.',
  showList: 'Show the whole list',
} as const;

export const parts = {
  read: 'Read it in {{ count }} parts',
  told: 'This trace is too large for one job. It is read in {{ count }} parts, each with its own records, proof and export.',
  part: 'Part {{ at }}, containers: {{ count }}',
  unposted: 'Part {{ at }}, not asked for yet',
  waits: 'The next part can be asked for in {{ wait }}. Keep this page open until all of them are.',
  goOn: 'Ask for the other parts',
} as const;

export const cut = {
  PATTERN_CUT: '{{ value }} matches more than {{ given }} lots; only the first {{ given }} by name are traced.',
  LOTS_CUT: '{{ matched }} lots match; only {{ given }} of them are traced.',
  lots: 'More lots match than are traced here.',
  others: 'More patterns were cut: {{ count }}. All of them are listed under the query.',
  lotsHint: 'To have them all, ask in parts: with longer patterns, fewer values, or fewer days and stations.',
  lineage: 'The lineage was cut at its last level; what lies beyond is not traced.',
  lineageHint: 'To go further, trace the lots at its ends by themselves.',
} as const;
