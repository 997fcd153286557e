import { batch, createEffect, createMemo, createSignal, createUniqueId, For, on, Show } from 'solid-js';
import Play from 'lucide-solid/icons/play';
import { DEFAULT_EVENT_DOMAINS, EVENT_DOMAINS, PROFILES } from '#protocol/domain.ts';
import type { EventDomain, Profile } from '#protocol/domain.ts';
import { MIN_PATTERN_LITERAL_CHARS } from '#protocol/limits.ts';
import { PROFILE_INPUT_TYPES } from '#protocol/trace.ts';
import type { InputType } from '#protocol/trace.ts';
import { SelectField } from '../../components/SelectField.tsx';
import { t } from '../../i18n/language.ts';
import { isUsable, parseSeedInput } from '../seed-input.ts';
import type { SeedInput } from '../seed-input.ts';
import type { TraceQuery } from '../trace-query.ts';

interface QueryPanelProps {
  /** The query that is shown; a new one replaces what is typed. */
  readonly query: TraceQuery | undefined;
  readonly isRunning: boolean;
  readonly onStart: (query: TraceQuery) => void;
}

export function QueryPanel(props: QueryPanelProps) {
  const [profile, setProfile] = createSignal<Profile>('query_tool');
  const [inputType, setInputType] = createSignal<InputType>(PROFILE_INPUT_TYPES.query_tool[0]);
  const [domains, setDomains] = createSignal<readonly EventDomain[]>(DEFAULT_EVENT_DOMAINS.query_tool);
  const [text, setText] = createSignal('');
  const input = createMemo(() => parseSeedInput(text(), inputType()));
  const canStart = () => isUsable(input()) && domains().length > 0;

  createEffect(
    on(
      () => props.query,
      (query) => {
        if (query === undefined) return;
        setInputType(query.inputType);
        setProfile(query.profile);
        setDomains(query.domains);
        if (input().values.join() !== query.values.join()) setText(query.values.join('\n'));
      },
    ),
  );

  const chooseProfile = (next: Profile): void => {
    const allowed = PROFILE_INPUT_TYPES[next];
    batch(() => {
      setProfile(next);
      setDomains(DEFAULT_EVENT_DOMAINS[next]);
      if (!allowed.includes(inputType())) setInputType(allowed[0]);
    });
  };
  const toggleDomain = (domain: EventDomain): void => {
    const chosen = new Set(domains());
    if (!chosen.delete(domain)) chosen.add(domain);
    setDomains(EVENT_DOMAINS.filter((each) => chosen.has(each)));
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!canStart()) return;
    props.onStart({ inputType: inputType(), values: input().values, profile: profile(), domains: domains() });
  };

  return (
    <form
      aria-label={t('query.title')}
      class="grid gap-3 p-4 md:max-lg:grid-cols-2 md:max-lg:gap-x-6"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
      }}
    >
      <div class="grid content-start gap-3">
        <SelectField
          label={t('query.inputType')}
          value={inputType()}
          options={PROFILE_INPUT_TYPES[profile()]}
          textOf={(value) => t(`query.${value}`)}
          onChange={setInputType}
        />
        <ValuesField text={text()} input={input()} inputType={inputType()} onInput={setText} />
      </div>
      <div class="grid content-start gap-3">
        <SelectField
          label={t('query.profile')}
          value={profile()}
          options={PROFILES}
          textOf={(value) => t(`query.${value}`)}
          onChange={chooseProfile}
        />
        <fieldset>
          <legend class="mb-1 text-xs font-medium text-ink-2">{t('query.domains')}</legend>
          <div class="grid grid-cols-2 gap-x-1">
            <For each={EVENT_DOMAINS}>
              {(domain) => (
                <label class="flex h-7 cursor-pointer items-center gap-2 whitespace-nowrap last:odd:col-span-2">
                  <input
                    type="checkbox"
                    class="size-3.5 accent-(--accent)"
                    checked={domains().includes(domain)}
                    onChange={() => toggleDomain(domain)}
                  />
                  {t(`domain.${domain}`)}
                </label>
              )}
            </For>
          </div>
          <Show when={domains().length === 0}>
            <p class="text-xs text-bad">{t('query.noDomain')}</p>
          </Show>
        </fieldset>
        <button type="submit" class="button button-primary h-8.5" disabled={!canStart()} title={t('query.shortcut')}>
          <Play size={14} aria-hidden="true" />
          {t(props.isRunning ? 'query.restart' : 'query.start')}
        </button>
      </div>
    </form>
  );
}

interface ValuesFieldProps {
  readonly text: string;
  readonly input: SeedInput;
  readonly inputType: InputType;
  readonly onInput: (text: string) => void;
}

function ValuesField(props: ValuesFieldProps) {
  const id = createUniqueId();
  const count = () => props.input.values.length;
  const trouble = () => {
    const { most, tooMany, tooLong, tooBroad, misplaced } = props.input;
    if (tooMany) return t('query.tooMany', { limit: most, over: count() - most });
    if (tooLong[0] !== undefined) return t('query.tooLong', { value: `${tooLong[0].slice(0, 24)}…` });
    if (tooBroad[0] !== undefined) return t('query.tooBroad', { min: MIN_PATTERN_LITERAL_CHARS, value: tooBroad[0] });
    if (misplaced[0] !== undefined)
      return t(props.inputType === 'work_order' ? 'query.isRework' : 'query.isNoRework', { value: misplaced[0] });
    return undefined;
  };
  return (
    <div>
      <div class="mb-1 flex items-baseline justify-between">
        <label for={id} class="text-xs font-medium text-ink-2">
          {t('query.values')}
        </label>
        <span
          class={`figure text-xs ${props.input.tooMany ? 'font-medium text-bad' : 'text-ink-3'}`}
          aria-label={t('query.counterLabel', { count: count(), limit: props.input.most })}
        >
          {t('query.counter', { count: count(), limit: props.input.most })}
        </span>
      </div>
      <textarea
        id={id}
        rows={7}
        spellcheck={false}
        autocomplete="off"
        class="field block min-h-24 resize-y px-2 py-1.5 font-mono text-xs leading-5"
        placeholder={t('query.placeholder')}
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
