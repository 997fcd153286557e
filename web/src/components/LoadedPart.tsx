import { Suspense } from 'solid-js';
import type { ComponentProps } from 'solid-js';
import { GuardedPart } from './GuardedPart.tsx';

/** A part of the page whose code is loaded when it is wanted, or the sentence that it could not be. */
export function LoadedPart(props: ComponentProps<typeof GuardedPart>) {
  return (
    <GuardedPart {...props}>
      <Suspense>{props.children}</Suspense>
    </GuardedPart>
  );
}
