import { useLocation } from '@solidjs/router';
import type { RouteSectionProps } from '@solidjs/router';
import { createEffect, lazy, on } from 'solid-js';
import { focusResults, returnLostFocus } from '../components/focus-return.ts';
import { GuardedPart } from '../components/GuardedPart.tsx';
import { LoadedPart } from '../components/LoadedPart.tsx';
import type { SentenceKey } from '../i18n/dictionary.ts';
import { t } from '../i18n/language.ts';
import { LeftTraceNotices } from '../jobs/LeftTraceNotices.tsx';
import { Header } from './Header.tsx';
import { lastTraceSearch } from './last-trace.ts';
import { leftTraces, tracesLeft } from './traces-left.ts';

/** It has nothing to say before the first look at health; the page itself is shown by then. */
const MaintenanceBanner = lazy(async () => ({
  default: (await import('../health/MaintenanceBanner.tsx')).MaintenanceBanner,
}));

const TITLES: Readonly<Record<string, SentenceKey>> = { '/jobs': 'jobs.title', '/status': 'status.title' };

/** The frame of every page. */
export function App(props: RouteSectionProps) {
  const location = useLocation();
  createEffect(() => {
    document.title = `${t('app.name')} · ${t(TITLES[location.pathname] ?? 'app.tagline')}`;
  });
  // What was clicked may have been on the page that has gone.
  createEffect(on(() => location.pathname, returnLostFocus, { defer: true }));
  return (
    // In a low window the page scrolls rather than leave no room to the lineage and the records.
    <div class="flex min-h-dvh flex-col lg:h-dvh lg:min-h-152">
      <a
        href="#results"
        onClick={(event) => {
          // The router would take it for another address.
          event.preventDefault();
          focusResults();
        }}
        class="button button-primary absolute top-2 left-2 z-50 not-focus-visible:pointer-events-none not-focus-visible:opacity-0"
      >
        {t('app.skip')}
      </a>
      <Header path={location.pathname} traceSearch={lastTraceSearch()} />
      <LoadedPart>
        <MaintenanceBanner />
      </LoadedPart>
      <LeftTraceNotices
        traces={tracesLeft()}
        isJobsPage={location.pathname === '/jobs'}
        onDismiss={(id) => leftTraces.dismiss(id)}
      />
      {/* Without a place to wait at: whatever a page waits for, the rest of it stays as it is. */}
      <GuardedPart of={location.pathname}>{props.children}</GuardedPart>
    </div>
  );
}
