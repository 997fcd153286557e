import type { RouteSectionProps } from '@solidjs/router';
import { createEffect } from 'solid-js';
import { Header } from '../components/Header.tsx';
import { t } from '../i18n/language.ts';

/** The frame of every page. */
export function App(props: RouteSectionProps) {
  createEffect(() => {
    document.title = `${t('app.name')} · ${t('app.tagline')}`;
  });
  return (
    <div class="flex min-h-dvh flex-col lg:h-dvh">
      <a
        href="#results"
        class="button button-primary absolute top-2 left-2 z-50 not-focus-visible:pointer-events-none not-focus-visible:opacity-0"
      >
        {t('app.skip')}
      </a>
      <Header />
      {props.children}
    </div>
  );
}
