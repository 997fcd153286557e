import { createEffect, ErrorBoundary, on } from 'solid-js';
import type { JSX } from 'solid-js';
import { t } from '../i18n/language.ts';
import { Notice } from './Notice.tsx';
import { ReloadButton } from './ReloadButton.tsx';

interface GuardedPartProps {
  readonly children: JSX.Element;
  /** What the part is of: for another one it is tried anew. */
  readonly of?: string;
  readonly onDismiss?: () => void;
}

/** A part of the page, or the sentence that it failed or could not be loaded. */
export function GuardedPart(props: GuardedPartProps) {
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
      {props.children}
    </ErrorBoundary>
  );
}
