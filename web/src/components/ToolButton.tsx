import type { LucideProps } from 'lucide-solid';
import type { Component } from 'solid-js';
import { Dynamic } from 'solid-js/web';

interface ToolButtonProps {
  readonly icon: Component<LucideProps>;
  readonly label: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

/** A button of a tool bar: a picture, whose name is read out and shown where the pointer rests. */
export function ToolButton(props: ToolButtonProps) {
  return (
    <button
      type="button"
      class="button button-icon"
      aria-label={props.label}
      title={props.label}
      disabled={props.disabled}
      onClick={() => props.onClick()}
    >
      <Dynamic component={props.icon} size={15} aria-hidden="true" />
    </button>
  );
}
