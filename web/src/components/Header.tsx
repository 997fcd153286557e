import Monitor from 'lucide-solid/icons/monitor';
import Moon from 'lucide-solid/icons/moon';
import Sun from 'lucide-solid/icons/sun';
import { LANGUAGES } from '../i18n/format.ts';
import { language, setLanguage, t } from '../i18n/language.ts';
import { setTheme, theme, THEMES } from '../theme/theme.ts';
import { HealthDot } from './HealthDot.tsx';
import { Segments } from './Segments.tsx';

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

function themeOptions() {
  return THEMES.map((value) => {
    const Icon = THEME_ICONS[value];
    return { value, label: t(`theme.${value}`), face: () => <Icon size={14} aria-hidden="true" /> };
  });
}

function languageOptions() {
  return LANGUAGES.map((value) => ({
    value,
    label: t(value === 'en' ? 'language.en' : 'language.zhTw'),
    face: () => (value === 'en' ? 'EN' : '中文'),
  }));
}

export function Header() {
  return (
    <header class="flex h-11 shrink-0 items-center gap-3 border-b border-line bg-surface px-4">
      <a href="/" class="flex items-center gap-2 rounded-sm text-ink">
        <img src="/favicon.svg" alt="" class="size-5" />
        <span class="text-[0.9375rem] font-semibold tracking-tight">{t('app.name')}</span>
      </a>
      <span class="hidden border-l border-line pl-3 text-ink-3 sm:inline">{t('app.tagline')}</span>
      <div class="ml-auto flex items-center gap-3">
        <HealthDot />
        <Segments label={t('language.label')} value={language()} options={languageOptions()} onChange={setLanguage} />
        <Segments label={t('theme.label')} value={theme()} options={themeOptions()} onChange={setTheme} />
      </div>
    </header>
  );
}
