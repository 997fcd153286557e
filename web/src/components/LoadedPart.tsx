import { ErrorBoundary, Suspense } from 'solid-js';
import type { JSX } from 'solid-js';
import { t } from '../i18n/language.ts';
import { Notice } from './Notice.tsx';

/** A part of the page whose code is loaded when it is wanted, or the sentence that it could not be. */
export function LoadedPart(props: { readonly children: JSX.Element }) {
  return (
    <ErrorBoundary fallback={<Notice tone="bad">{t('problem.PAGE_FAILED')}</Notice>}>
      <Suspense>{props.children}</Suspense>
    </ErrorBoundary>
  );
}
