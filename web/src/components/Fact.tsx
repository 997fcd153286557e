/** A figure or a name under its label; stands in a `dl`. */
export function Fact(props: { readonly label: string; readonly value: string }) {
  return (
    <div class="min-w-0">
      <dt class="text-2xs text-ink-3">{props.label}</dt>
      <dd class="figure wrap-anywhere">{props.value}</dd>
    </div>
  );
}
