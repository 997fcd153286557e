import type { LucideProps } from 'lucide-solid';
import type { Component, JSX } from 'solid-js';
import { Dynamic } from 'solid-js/web';

interface EmptyStateProps {
  readonly icon: Component<LucideProps>;
  readonly text: string;
  readonly action?: JSX.Element;
}

export function EmptyState(props: EmptyStateProps) {
  return (
    <div class="flex h-full flex-col items-center justify-center gap-2 p-6 text-center text-ink-3">
      <Dynamic component={props.icon} size={22} stroke-width={1.5} aria-hidden="true" />
      <p class="max-w-sm">{props.text}</p>
      {props.action}
    </div>
  );
}
