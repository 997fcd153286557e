/** Texts that break what is careless: each stands as a reject comment of GA26021718-A00-001. */
export const AWKWARD_TEXTS: readonly string[] = [
  '一般中文，全形標點。',
  `'single' "double" \`back\` 「引號」`,
  'back\\slash \\n \\u0000 \\',
  '<script>alert(1)</script> <img src=x onerror=alert(1)> &amp; &lt;',
  'tab\there',
  'line\nend and\r\ncarriage return',
  '👍🏽 👩‍👩‍👧‍👦 🇹🇼 ⚠️',
  '𠮷 𠀋 𪚥 beyond the BMP',
  'e\u0301 (combining) \u202Eright to left\u202C \u200Bzero width',
  'control \u0001 \u001f \u007f',
  '\u2028line separator\u2029',
  // What a spreadsheet would run.
  '=1+1',
  '@SUM(A1)',
  '+886-2-1234',
  '-1',
  'comma, semicolon; "quoted, too"',
  '%_ wild',
  '    blanks around    ',
  '   ',
];

/** The longest that a comment column takes: 1000 characters. */
export const LONG_TEXT = '重工說明：'.padEnd(1000, '銀膠不足，');
