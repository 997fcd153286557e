import type { LucideProps } from 'lucide-solid';
import type { Component } from 'solid-js';
import { Dynamic } from 'solid-js/web';

export function EmptyState(props: { readonly icon: Component<LucideProps>; readonly text: string }) {
  return (
    <div class="flex h-full flex-col items-center justify-center gap-2 p-6 text-center text-ink-3">
      <Dynamic component={props.icon} size={22} stroke-width={1.5} aria-hidden="true" />
      <p class="max-w-sm">{props.text}</p>
    </div>
  );
}
