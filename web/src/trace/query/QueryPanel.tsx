import { createEffect, For, on, Show } from 'solid-js';
import Play from 'lucide-solid/icons/play';
import { EVENT_DOMAINS, PROFILES } from '#protocol/domain.ts';
import { PROFILE_INPUT_TYPES } from '#protocol/trace.ts';
import { CheckboxField } from '../../components/CheckboxField.tsx';
import { SelectField } from '../../components/SelectField.tsx';
import { t } from '../../i18n/language.ts';
import type { TraceQuery } from '../trace-query.ts';
import { directionsOf, modesOf } from '../trace-query.ts';
import { DaysField } from './DaysField.tsx';
import { createQueryForm } from './query-form.ts';
import type { QueryForm } from './query-form.ts';
import { ValuesField } from './ValuesField.tsx';

interface QueryPanelProps {
  /** The query that is shown; a new one replaces what is typed. */
  readonly query: TraceQuery | undefined;
  readonly isRunning: boolean;
  readonly onStart: (query: TraceQuery) => void;
}

export function QueryPanel(props: QueryPanelProps) {
  const form = createQueryForm(Date.now());
  createEffect(
    on(
      () => props.query,
      (query) => query && form.show(query),
    ),
  );
  const submit = (event: Event): void => {
    event.preventDefault();
    const query = form.query();
    if (query !== undefined) props.onStart(query);
  };

  return (
    <form
      aria-label={t('query.title')}
      noValidate
      class="grid gap-3 p-4 md:max-lg:grid-cols-2 md:max-lg:gap-x-6"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
      }}
    >
      <div class="grid content-start gap-3">
        <SeedsField form={form} />
      </div>
      <div class="grid content-start gap-3">
        <SelectField
          label={t('query.profile')}
          value={form.profile()}
          options={PROFILES}
          textOf={(value) => t(`query.${value}`)}
          onChange={(profile) => form.chooseProfile(profile)}
        />
        <DirectionField form={form} />
        <fieldset>
          <legend class="mb-1 text-xs font-medium text-ink-2">{t('query.domains')}</legend>
          <div class="grid grid-cols-2 gap-x-1">
            <For each={EVENT_DOMAINS}>
              {(domain) => (
                <CheckboxField
                  class="whitespace-nowrap last:odd:col-span-2"
                  label={t(`domain.${domain}`)}
                  checked={form.domains().includes(domain)}
                  onChange={() => form.toggleDomain(domain)}
                />
              )}
            </For>
          </div>
          <Show when={form.domains().length === 0}>
            <p class="text-xs text-bad">{t('query.noDomain')}</p>
          </Show>
        </fieldset>
        <button
          type="submit"
          class="button button-primary h-8.5"
          disabled={form.query() === undefined}
          title={t('query.shortcut')}
        >
          <Play size={14} aria-hidden="true" />
          {t(props.isRunning ? 'query.restart' : 'query.start')}
        </button>
      </div>
    </form>
  );
}

/** What to trace: values, or days and stations where the profile takes them. */
function SeedsField(props: { readonly form: QueryForm }) {
  const modes = () => modesOf(props.form.profile());
  return (
    <>
      <Show when={modes().length > 1}>
        <SelectField
          label={t('query.mode')}
          value={props.form.mode()}
          options={modes()}
          textOf={(value) => t(`query.${value}`)}
          onChange={(mode) => props.form.setMode(mode)}
        />
      </Show>
      <Show when={props.form.mode() === 'container'} fallback={<DaysField form={props.form} />}>
        <SelectField
          label={t('query.inputType')}
          value={props.form.inputType()}
          options={PROFILE_INPUT_TYPES[props.form.profile()]}
          textOf={(value) => t(`query.${value}`)}
          onChange={(type) => props.form.setInputType(type)}
        />
        <ValuesField
          text={props.form.text()}
          input={props.form.values()}
          inputType={props.form.inputType()}
          onInput={(text) => props.form.setText(text)}
        />
      </Show>
    </>
  );
}

function DirectionField(props: { readonly form: QueryForm }) {
  const directions = () => directionsOf(props.form.profile());
  return (
    <>
      <Show when={directions().length > 1}>
        <SelectField
          label={t('query.direction')}
          value={props.form.direction()}
          options={directions()}
          textOf={(value) => t(`query.${value}`)}
          onChange={(direction) => props.form.chooseDirection(direction)}
        />
      </Show>
      <Show when={props.form.direction() === 'forward'}>
        <CheckboxField
          label={t('query.followMerges')}
          checked={props.form.followMerges()}
          onChange={() => props.form.setFollowMerges(!props.form.followMerges())}
        />
      </Show>
    </>
  );
}
