import { createEffect, ErrorBoundary, on, Suspense } from 'solid-js';
import type { JSX } from 'solid-js';
import { t } from '../i18n/language.ts';
import { Notice } from './Notice.tsx';
import { ReloadButton } from './ReloadButton.tsx';

interface LoadedPartProps {
  readonly children: JSX.Element;
  /** What the part is of: for another one it is tried anew. */
  readonly of?: string;
  readonly onDismiss?: () => void;
}

/** A part of the page whose code is loaded when it is wanted, or the sentence that it could not be. */
export function LoadedPart(props: LoadedPartProps) {
  return (
    <ErrorBoundary
      fallback={(_, reset) => {
        createEffect(on(() => props.of, reset, { defer: true }));
        return (
          <Notice
            tone="bad"
            actions={<ReloadButton />}
            {...(props.onDismiss === undefined ? {} : { onDismiss: () => props.onDismiss?.() })}
          >
            {t('problem.PAGE_FAILED')}
          </Notice>
        );
      }}
    >
      <Suspense>{props.children}</Suspense>
    </ErrorBoundary>
  );
}
