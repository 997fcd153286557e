import { describe, expect, it, vi } from 'vitest';
import { DOMAINS, PROFILES } from '#protocol/domain.ts';
import type { ProblemCode } from '#protocol/problem.ts';
import { PROBLEM_STATUS } from '#protocol/problem.ts';
import { EDGE_TYPES, INPUT_TYPES, NODE_TYPES } from '#protocol/trace.ts';
import { en } from '../../web/src/i18n/en.ts';
import { zhTw } from '../../web/src/i18n/zh-tw.ts';
import { formatBytes, formatCount, formatDuration, formatPercent, LANGUAGES } from '../../web/src/i18n/format.ts';
import { problemKey, reloadHelps, streamProblemKey } from '../../web/src/i18n/problem-sentence.ts';
import { CLIENT_CODES } from '../../web/src/stream/client-problem.ts';

function flatten(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path.slice(1), value]];
  return Object.entries(value as object).flatMap(([key, inner]) => flatten(inner, `${path}.${key}`));
}

const sentences = { en: new Map(flatten(en)), 'zh-TW': new Map(flatten(zhTw)) };
const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{\{ (\w+) \}\}/g)].map((found) => found[1] ?? '').sort();

/** What a person is asked to do; a verb at the beginning of a part of a sentence. */
const ADVICE =
  /(^|[.;:,] |\bthen |\band )(ask|check|choose|free|open|query|reload|run|start|tell|trace|try|wait|write)\b/i;

describe('the dictionaries', () => {
  it('have the same keys in both languages, and no empty sentence', () => {
    expect([...sentences['zh-TW'].keys()].sort()).toEqual([...sentences.en.keys()].sort());
    for (const language of LANGUAGES) for (const text of sentences[language].values()) expect(text.trim()).not.toBe('');
  });

  it('fill the same places in both languages, in the form that is replaced', () => {
    for (const [key, text] of sentences.en) {
      expect([key, placeholders(sentences['zh-TW'].get(key) ?? '')]).toEqual([key, placeholders(text)]);
      for (const language of LANGUAGES) {
        const braces = sentences[language].get(key)?.match(/[{}]{2}/g)?.length ?? 0;
        expect([key, braces]).toEqual([key, 2 * placeholders(text).length]);
      }
    }
  });

  it('are really translated: Chinese sentences hold Chinese', () => {
    const same = [...sentences.en].filter(([key, text]) => sentences['zh-TW'].get(key) === text).map(([key]) => key);
    const shared = [
      'app.name',
      'language.en',
      'language.zhTw',
      'query.counter',
      'query.placeholder.lot_id',
      'query.placeholder.wafer_lot',
      'query.placeholder.work_order',
      'query.placeholder.serial_number',
      'query.placeholder.gd_work_order',
      'query.placeholder.gd_lot_id',
      'query.placeholder.machines',
      'query.shortcut',
      'progress.unknown',
      'timeline.hold',
      'lineage.matches',
    ];
    expect(same.sort()).toEqual(shared.sort());
  });

  it('say what to do about every problem the edge or this page can have', () => {
    const codes = [...Object.keys(PROBLEM_STATUS), ...CLIENT_CODES];
    for (const language of LANGUAGES)
      for (const code of codes) expect(sentences[language].get(`problem.${code}`)).toBeDefined();
    expect([...sentences.en.keys()].filter((key) => key.startsWith('problem.')).length).toBe(codes.length);
    const ends = ['end.partial', 'end.truncated', 'end.failed', 'database.unconfirmed', 'action.copyFailed'];
    const keys = [...codes.map((code) => `problem.${code}`), ...ends];
    const without = (language: 'en' | 'zh-TW', advice: RegExp) =>
      keys.filter((key) => !advice.test(sentences[language].get(key) ?? ''));
    expect(without('en', ADVICE)).toEqual([]);
    expect(without('zh-TW', /請/)).toEqual([]);
    expect(problemKey('RATE_LIMITED')).toBe('problem.RATE_LIMITED');
    expect(streamProblemKey('QUERY_TIMEOUT')).toBe('problem.QUERY_TIMEOUT');
    expect(streamProblemKey('SOMETHING_NEW')).toBe('problem.INTERNAL');
  });

  it('tell of a reload exactly where the page offers one', () => {
    const codes = [...(Object.keys(PROBLEM_STATUS) as ProblemCode[]), ...CLIENT_CODES];
    const says = (language: 'en' | 'zh-TW', word: RegExp) =>
      codes.filter((code) => word.test(sentences[language].get(`problem.${code}`) ?? ''));
    const offered = codes.filter((code) => reloadHelps(code));
    expect(says('en', /\breload\b/i)).toEqual(offered);
    expect(says('zh-TW', /重新整理/)).toEqual(offered);
  });

  it('name every domain, profile, input, node and edge type of the protocol', () => {
    const keys = [
      ...DOMAINS.map((name) => `domain.${name}`),
      ...PROFILES.map((name) => `query.${name}`),
      ...INPUT_TYPES.map((name) => `query.${name}`),
      ...NODE_TYPES.map((name) => `nodeType.${name}`),
      ...EDGE_TYPES.map((name) => `edgeType.${name}`),
    ];
    for (const language of LANGUAGES) for (const key of keys) expect(sentences[language].has(key)).toBe(true);
  });
});

describe('figures', () => {
  it('groups thousands', () => {
    expect(formatCount(1_000_000, 'en')).toBe('1,000,000');
    expect(formatCount(0, 'zh-TW')).toBe('0');
  });

  it.each([
    [0, '0 s', '0 秒'],
    [59.4, '59 s', '59 秒'],
    [59.6, '1 min 00 s', '1 分 00 秒'],
    [285, '4 min 45 s', '4 分 45 秒'],
    [7260, '2 h 01 min', '2 小時 01 分'],
    [-3, '0 s', '0 秒'],
  ])('writes a span of %d seconds in both languages', (seconds, english, chinese) => {
    expect(formatDuration(seconds, 'en')).toBe(english);
    expect(formatDuration(seconds, 'zh-TW')).toBe(chinese);
  });

  it('never says 100 % before the end', () => {
    expect(formatPercent(99.99, 'en')).toBe('99.9%');
    expect(formatPercent(100, 'en')).toBe('100%');
    expect(formatPercent(12.38, 'zh-TW')).toBe('12.3%');
  });

  it('writes sizes in megabytes', () => {
    expect(formatBytes(1_540_000, 'en')).toBe('1.5 MB');
    expect(formatBytes(424_000_000, 'en')).toBe('424 MB');
    expect(formatBytes(150_000, 'en')).toBe('0.2 MB');
    expect(formatBytes(20_100, 'en')).toBe('21 kB');
  });
});

describe('the language', () => {
  it('is remembered, sets the lang of the page and changes every sentence at once', async () => {
    const kept = new Map<string, string>();
    const page = { documentElement: { lang: '' } };
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
    });
    vi.stubGlobal('document', page);
    vi.stubGlobal('navigator', { languages: ['zh-Hant-TW'] });
    const { setLanguage, t } = await import('../../web/src/i18n/language.ts');
    expect([page.documentElement.lang, t('stage.lineage')]).toEqual(['zh-TW', '血緣追溯']);
    setLanguage('en');
    expect([page.documentElement.lang, t('stage.lineage')]).toEqual(['en', 'Trace lineage']);
    expect(t('query.counter', { count: 3, limit: 100 })).toBe('3 / 100');
    for (const what of ['$&', '$$', "a$`b$'", '$1'])
      expect(t('left.running', { what })).toBe(`The trace of ${what} goes on. It is among your jobs.`);
    expect([...kept.values()]).toEqual(['en']);
    vi.unstubAllGlobals();
  });
});
