interface CheckboxFieldProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: () => void;
  readonly class?: string;
}

export function CheckboxField(props: CheckboxFieldProps) {
  return (
    <label class={`flex min-h-7 cursor-pointer items-center gap-2 ${props.class ?? ''}`}>
      <input
        type="checkbox"
        class="size-3.5 shrink-0 accent-(--accent)"
        checked={props.checked}
        onChange={() => props.onChange()}
      />
      {props.label}
    </label>
  );
}
