import Contrast from 'lucide-solid/icons/contrast';
import Monitor from 'lucide-solid/icons/monitor';
import Moon from 'lucide-solid/icons/moon';
import Sun from 'lucide-solid/icons/sun';
import { LANGUAGES } from '../i18n/format.ts';
import { language, setLanguage, t } from '../i18n/language.ts';
import { setTheme, theme, THEMES } from '../theme/theme.ts';
import { HealthDot } from '../health/HealthDot.tsx';
import { Segments } from '../components/Segments.tsx';

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon, contrast: Contrast } as const;

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
    face: () => (value === 'en' ? 'English' : '中文'),
  }));
}

interface HeaderProps {
  readonly path: string;
  /** Where the trace page was left. */
  readonly traceSearch: string;
}

export function Header(props: HeaderProps) {
  return (
    <header class="flex h-11 shrink-0 items-center gap-3 border-b border-line bg-surface px-4">
      <a href="/" class="flex items-center gap-2 rounded-sm text-ink">
        <img src="/favicon.svg" alt="" class="size-5" />
        <span class="text-[0.9375rem] font-semibold tracking-tight">{t('app.name')}</span>
      </a>
      <span class="hidden border-l border-line pl-3 text-ink-3 lg:inline">{t('app.tagline')}</span>
      <nav aria-label={t('nav.label')} class="flex h-full items-stretch">
        <PageLink href={`/${props.traceSearch}`} text={t('nav.trace')} isOpen={props.path === '/'} />
        <PageLink href="/jobs" text={t('nav.jobs')} isOpen={props.path === '/jobs'} />
        <PageLink href="/status" text={t('nav.status')} isOpen={props.path === '/status'} />
      </nav>
      <div class="ml-auto flex items-center gap-3">
        <HealthDot />
        <Segments label={t('language.label')} value={language()} options={languageOptions()} onChange={setLanguage} />
        <Segments label={t('theme.label')} value={theme()} options={themeOptions()} onChange={setTheme} />
      </div>
    </header>
  );
}

function PageLink(props: { readonly href: string; readonly text: string; readonly isOpen: boolean }) {
  return (
    <a
      href={props.href}
      aria-current={props.isOpen ? 'page' : undefined}
      class="flex items-center border-b-2 border-transparent px-2.5 text-ink-2 outline-offset-[-2px] hover:text-ink aria-[current=page]:border-accent aria-[current=page]:font-semibold aria-[current=page]:text-ink"
    >
      {props.text}
    </a>
  );
}
