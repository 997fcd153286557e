import { useLocation } from '@solidjs/router';
import type { RouteSectionProps } from '@solidjs/router';
import { createEffect } from 'solid-js';
import { Header } from '../components/Header.tsx';
import { MaintenanceBanner } from '../health/MaintenanceBanner.tsx';
import { t } from '../i18n/language.ts';
import { lastTraceSearch } from './last-trace.ts';

/** The frame of every page. */
export function App(props: RouteSectionProps) {
  const location = useLocation();
  createEffect(() => {
    const title = location.pathname === '/jobs' ? t('jobs.title') : t('app.tagline');
    document.title = `${t('app.name')} · ${title}`;
  });
  return (
    <div class="flex min-h-dvh flex-col lg:h-dvh">
      <a
        href="#results"
        class="button button-primary absolute top-2 left-2 z-50 not-focus-visible:pointer-events-none not-focus-visible:opacity-0"
      >
        {t('app.skip')}
      </a>
      <Header path={location.pathname} traceSearch={lastTraceSearch()} />
      <MaintenanceBanner />
      {props.children}
    </div>
  );
}
