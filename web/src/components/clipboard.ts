/**
 * Puts text into the clipboard that is still being made: browsers allow it only as the answer to a key or a click, so they
 * are given the promise where they take one.
 *
 * @throws when the browser refuses.
 */
export async function writeClipboard(text: Promise<string>): Promise<void> {
  if (typeof ClipboardItem === 'undefined') return navigator.clipboard.writeText(await text);
  const blob = text.then((ready) => new Blob([ready], { type: 'text/plain' }));
  // oxlint-disable-next-line browsers/supported -- It was looked for above.
  await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })]);
}
