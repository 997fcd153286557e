/** The oldest browsers the page is built for: the build lowers its syntax to them, the linter refuses what they lack. */
export const OLDEST_BROWSERS = { chrome: '119', firefox: '120', safari: '17' } as const;
