/** SQL files are bundled as text (the `rules` of wrangler.toml). */
declare module '*.sql' {
  const text: string;
  export default text;
}
