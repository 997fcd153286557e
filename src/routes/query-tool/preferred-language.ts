import type { ExportLanguage } from '#protocol/query-tool.ts';

/** The language of `Accept-Language` (RFC 9110 12.5.4) that there is, English if none is named. */
export function preferredLanguage(header: string | undefined): ExportLanguage {
  let best: { language: ExportLanguage; quality: number } = { language: 'en', quality: 0 };
  for (const part of (header ?? '').split(',')) {
    const [tag = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const language = languageOf(tag);
    const quality = qualityOf(parameters);
    if (language && quality > best.quality) best = { language, quality };
  }
  return best.language;
}

function languageOf(tag: string): ExportLanguage | undefined {
  const [primary] = tag.split('-');
  if (primary === 'zh') return 'zh-TW';
  return primary === 'en' ? 'en' : undefined;
}

function qualityOf(parameters: readonly string[]): number {
  const value = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  if (value === undefined) return 1;
  return /^(0|1)(\.[0-9]{0,3})?$/.test(value) ? Number(value) : 0;
}
