import * as Select from '@kobalte/core/select';
import Check from 'lucide-solid/icons/check';
import ChevronDown from 'lucide-solid/icons/chevron-down';

interface SelectFieldProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly Value[];
  readonly textOf: (value: Value) => string;
  readonly onChange: (value: Value) => void;
}

export function SelectField<Value extends string>(props: SelectFieldProps<Value>) {
  return (
    <Select.Root<Value>
      options={[...props.options]}
      value={props.value}
      onChange={(value) => {
        if (value !== null) props.onChange(value);
      }}
      disallowEmptySelection
      sameWidth
      gutter={4}
      itemComponent={(item) => (
        <Select.Item
          item={item.item}
          class="flex h-8 items-center justify-between rounded-sm px-2 outline-none data-highlighted:bg-hover"
        >
          <Select.ItemLabel>{props.textOf(item.item.rawValue)}</Select.ItemLabel>
          <Select.ItemIndicator>
            <Check size={14} aria-hidden="true" />
          </Select.ItemIndicator>
        </Select.Item>
      )}
    >
      <Select.Label class="mb-1 block text-xs font-medium text-ink-2">{props.label}</Select.Label>
      <Select.Trigger class="field flex h-8 items-center justify-between px-2 text-left">
        <Select.Value<Value>>{(state) => props.textOf(state.selectedOption() ?? props.value)}</Select.Value>
        <Select.Icon>
          <ChevronDown size={14} class="text-ink-3" aria-hidden="true" />
        </Select.Icon>
      </Select.Trigger>
      <Select.Portal>
        <Select.Content class="panel z-40 p-1 shadow-lg">
          <Select.Listbox class="outline-none" />
        </Select.Content>
      </Select.Portal>
    </Select.Root>
  );
}
