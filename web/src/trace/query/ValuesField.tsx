import { createUniqueId } from 'solid-js';
import { MAX_SEED_VALUE_CHARS, MIN_PATTERN_LITERAL_CHARS } from '#protocol/limits.ts';
import { t } from '../../i18n/language.ts';
import type { SeedInput, ValueType } from './seed-input.ts';

interface ValuesFieldProps {
  readonly text: string;
  readonly input: SeedInput;
  readonly valueType: ValueType;
  readonly onInput: (text: string) => void;
}

export function ValuesField(props: ValuesFieldProps) {
  const id = createUniqueId();
  const count = () => props.input.values.length;
  const trouble = () => {
    const { most, tooMany, tooLong, tooBroad, misplaced } = props.input;
    if (tooMany) return t('query.tooMany', { limit: most, over: count() - most });
    if (tooLong[0] !== undefined)
      return t('query.tooLong', { limit: MAX_SEED_VALUE_CHARS, value: `${tooLong[0].slice(0, 24)}…` });
    if (tooBroad[0] !== undefined) return t('query.tooBroad', { min: MIN_PATTERN_LITERAL_CHARS, value: tooBroad[0] });
    if (misplaced[0] !== undefined)
      return t(props.valueType === 'work_order' ? 'query.isRework' : 'query.isNoRework', { value: misplaced[0] });
    return undefined;
  };
  return (
    <div>
      <div class="mb-1 flex items-baseline justify-between">
        <label for={id} class="text-xs font-medium text-ink-2">
          {t(props.valueType === 'machines' ? 'query.machineNames' : 'query.values')}
        </label>
        <span class={`figure text-xs ${props.input.tooMany ? 'font-medium text-bad' : 'text-ink-3'}`}>
          <span aria-hidden="true">{t('query.counter', { count: count(), limit: props.input.most })}</span>
          <span class="sr-only">{t('query.counterLabel', { count: count(), limit: props.input.most })}</span>
        </span>
      </div>
      <textarea
        id={id}
        rows={7}
        spellcheck={false}
        autocomplete="off"
        class="field block min-h-24 resize-y px-2 py-1.5 font-mono text-xs leading-5"
        placeholder={t(`query.placeholder.${props.valueType}`)}
        value={props.text}
        aria-describedby={`${id}-help`}
        aria-invalid={trouble() !== undefined}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <p id={`${id}-help`} class={`mt-1 text-xs wrap-anywhere ${trouble() === undefined ? 'text-ink-3' : 'text-bad'}`}>
        {trouble() ?? t('query.help', { min: MIN_PATTERN_LITERAL_CHARS })}
      </p>
    </div>
  );
}
