import { A } from '@solidjs/router';
import { t } from '../i18n/language.ts';

export function NotFoundPage() {
  return (
    <main id="results" tabindex="-1" class="mx-auto mt-24 max-w-md px-4 outline-none">
      <h1 class="text-lg font-semibold">{t('app.notFoundTitle')}</h1>
      <p class="mt-1 mb-4 text-ink-2">{t('app.notFoundHint')}</p>
      <A href="/" class="button button-primary">
        {t('app.toTrace')}
      </A>
    </main>
  );
}
