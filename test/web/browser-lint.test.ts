import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { PROJECT_DIR } from '../../src/local/options.ts';
import { lackedInCss } from '../lint/css-features.ts';
import { makeTemporaryFolder } from '../helpers/temporary-folder.ts';

describe('the linter of what browsers have', () => {
  it('refuses what the oldest browsers of the page lack, and nothing that they have', async () => {
    const lacked = [
      'Promise.try(run);',
      'Promise.withResolvers();',
      'Array.fromAsync(list);',
      'Iterator.from(list);',
      'Object.groupBy(list, run);',
      'new URLPattern(text);',
      'AbortSignal.any(list);',
      'requestIdleCallback(run);',
      'document.startViewTransition(run);',
      'window.showSaveFilePicker();',
      'file.createWritable();',
      'element.showPopover?.();',
      'element.checkVisibility();',
      'CSS.highlights.clear();',
      'void ClipboardItem;',
    ];
    const had = [
      'AbortSignal.timeout(1);',
      'structuredClone(list);',
      'new CompressionStream(text);',
      'list.toSorted();',
      'element.toggleAttribute(text);',
      'navigator.storage.getDirectory();',
      'typeof ClipboardItem;',
      'export type Pattern = URLPattern;',
      'function own(Iterator) { Iterator.from(1); }',
    ];
    const lines = ['export {};', ...lacked, ...had];
    expect(await lint(lines)).toEqual(lacked.map((_, at) => at + 2));
  });

  it('refuses styles that they lack, but for those that ask first', () => {
    const css = `
      @starting-style { a { opacity: 0 } }
      a { field-sizing: content; color: light-dark(red, blue); text-wrap: pretty }
      a:has(b), a:popover-open { color: red }
      @supports (text-box: trim-both) { a { text-box: trim-both } }
      a { text-wrap: balance; color: color-mix(in srgb, red, blue); inset: 0; -webkit-user-select: none; user-select: none }
      a { content: "light-dark(x)"; font-family: ui-monospace } @media (prefers-contrast: more) { a::before { gap: 0 } }
      @container (width > 1px) { a:is(b):focus-visible { display: grid } }`;
    expect(lackedInCss(css).map((fault) => fault.split(' is not in ')[0])).toEqual([
      '@starting-style',
      'field-sizing',
      'field-sizing: content',
      'light-dark()',
      'text-wrap',
      'text-wrap: pretty',
      ':has',
      ':popover-open',
      'text-wrap: balance',
    ]);
  });
});

/** The lines of a script that the rule refuses, from 1. */
async function lint(lines: readonly string[]): Promise<number[]> {
  const folder = await makeTemporaryFolder();
  const config = {
    plugins: [],
    categories: { correctness: 'off' },
    jsPlugins: [path.join(PROJECT_DIR, 'test/lint/oxlint-browsers.ts')],
    rules: { 'browsers/supported': 'error' },
  };
  await writeFile(path.join(folder, '.oxlintrc.json'), JSON.stringify(config));
  await writeFile(path.join(folder, 'planted.ts'), lines.join('\n'));
  const oxlint = path.join(PROJECT_DIR, 'node_modules/oxlint/bin/oxlint');
  const said = await new Promise<string>((resolve) => {
    execFile(process.execPath, [oxlint, '--format', 'unix', 'planted.ts'], { cwd: folder }, (_, out) => resolve(out));
  });
  return [...said.matchAll(/^planted\.ts:(\d+):/gm)].map(([, line]) => Number(line)).sort((a, b) => a - b);
}
