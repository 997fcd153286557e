/** The frame of every page: its name, its pages, its language and its colours. */

export const app = {
  name: 'lotstream',
  tagline: 'Lot tracing',
  skip: 'Skip to the results',
  notFoundTitle: 'There is no such page',
  notFoundHint: 'The address may be mistyped. The trace page is the place to start.',
  toTrace: 'Open the trace page',
} as const;

export const nav = { label: 'Pages', trace: 'Trace', jobs: 'Jobs', status: 'Status' } as const;

export const language = { label: 'Language', en: 'English', zhTw: '繁體中文' } as const;

export const theme = {
  label: 'Colours',
  system: 'As the system',
  light: 'Light',
  dark: 'Dark',
  contrast: 'High contrast',
} as const;
