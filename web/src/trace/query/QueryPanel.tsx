import * as Tabs from '@kobalte/core/tabs';
import { For, lazy, Show } from 'solid-js';
import Play from 'lucide-solid/icons/play';
import { EVENT_DOMAINS } from '#protocol/domain.ts';
import { PROFILE_INPUT_TYPES } from '#protocol/trace.ts';
import { CheckboxField } from '../../components/CheckboxField.tsx';
import { LoadedPart } from '../../components/LoadedPart.tsx';
import { SelectField } from '../../components/SelectField.tsx';
import { t } from '../../i18n/language.ts';
import type { Machine } from '../run/machines.ts';
import type { TraceQuery } from '../trace-query.ts';
import { directionsOf, MACHINE_RECORDS, modesOf } from '../trace-query.ts';
import { DaysField, StationGroups } from './DaysField.tsx';
import { QUERY_TABS } from './form-state.ts';
import type { QueryForm } from './query-form.ts';
import { ValuesField } from './ValuesField.tsx';

/** Of one tab only. */
const MachinePicker = lazy(async () => ({ default: (await import('./MachinePicker.tsx')).MachinePicker }));

const TAB_CLASS =
  '-mb-px h-8 flex-1 border-b-2 border-transparent px-1 text-xs whitespace-nowrap text-ink-2 outline-offset-[-2px] hover:text-ink data-selected:border-accent data-selected:font-semibold data-selected:text-ink';

interface QueryPanelProps {
  readonly form: QueryForm;
  readonly isRunning: boolean;
  readonly onStart: (query: TraceQuery) => void;
  /** @throws ClientProblemError */
  readonly readMachines: (signal: AbortSignal) => Promise<readonly Machine[]>;
}

export function QueryPanel(props: QueryPanelProps) {
  const submit = (event: Event): void => {
    event.preventDefault();
    const query = props.form.query();
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
      <QueryTabs form={props.form} />
      <div class="grid content-start gap-3">
        <SeedsField form={props.form} readMachines={props.readMachines} />
      </div>
      <div class="grid content-start gap-3">
        <Show when={props.form.tab() !== 'machines'} fallback={<MachineRecordsField form={props.form} />}>
          <DirectionField form={props.form} />
          <DomainsField form={props.form} />
        </Show>
        <button
          type="submit"
          class="button button-primary h-8.5"
          disabled={props.form.query() === undefined}
          title={t('query.shortcut')}
        >
          <Play size={14} aria-hidden="true" />
          {t(props.isRunning ? 'query.restart' : 'query.start')}
        </button>
      </div>
    </form>
  );
}

/** The ways to ask, each with a sentence on what it is for. */
function QueryTabs(props: { readonly form: QueryForm }) {
  return (
    <Tabs.Root
      value={props.form.tab()}
      onChange={(chosen) => {
        const tab = QUERY_TABS.find((name) => name === chosen);
        if (tab !== undefined && tab !== props.form.tab()) props.form.chooseTab(tab);
      }}
      class="md:max-lg:col-span-2"
    >
      <Tabs.List aria-label={t('query.tabs')} class="flex border-b border-line">
        <For each={QUERY_TABS}>
          {(tab) => (
            <Tabs.Trigger value={tab} title={t(`query.${tab}`)} class={TAB_CLASS}>
              {t(`query.tab.${tab}`)}
            </Tabs.Trigger>
          )}
        </For>
      </Tabs.List>
      <Tabs.Content value={props.form.tab()} tabindex={-1} class="pt-2 text-xs text-ink-2 outline-none">
        {t(`query.intro.${props.form.tab()}`)}
      </Tabs.Content>
    </Tabs.Root>
  );
}

function MachineRecordsField(props: { readonly form: QueryForm }) {
  return (
    <SelectField
      label={t('query.domains')}
      value={props.form.machineRecords()}
      options={MACHINE_RECORDS}
      textOf={(value) => t(`query.machineRecords.${value}`)}
      onChange={(records) => props.form.setMachineRecords(records)}
    />
  );
}

function DomainsField(props: { readonly form: QueryForm }) {
  return (
    <fieldset>
      <legend class="mb-1 text-xs font-medium text-ink-2">{t('query.domains')}</legend>
      <div class="grid grid-cols-2 gap-x-1">
        <For each={EVENT_DOMAINS}>
          {(domain) => (
            <CheckboxField
              class="whitespace-nowrap last:odd:col-span-2"
              label={t(`domain.${domain}`)}
              checked={props.form.domains().includes(domain)}
              onChange={() => props.form.toggleDomain(domain)}
            />
          )}
        </For>
      </div>
      <Show when={props.form.domains().length === 0}>
        <p class="text-xs text-bad">{t('query.noDomain')}</p>
      </Show>
    </fieldset>
  );
}

/** What to trace: values, or days and stations where the profile takes them. */
function SeedsField(props: { readonly form: QueryForm } & Pick<QueryPanelProps, 'readMachines'>) {
  const modes = () => modesOf(props.form.profile());
  const isByValues = () => props.form.tab() === 'machines' || props.form.mode() === 'container';
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
      <Show
        when={isByValues()}
        fallback={
          <>
            <DaysField form={props.form} />
            <StationGroups form={props.form} />
          </>
        }
      >
        <Show when={props.form.tab() !== 'machines'}>
          <SelectField
            label={t('query.inputType')}
            value={props.form.inputType()}
            options={PROFILE_INPUT_TYPES[props.form.profile()]}
            textOf={(value) => t(`query.${value}`)}
            onChange={(type) => props.form.setInputType(type)}
          />
        </Show>
        <ValuesField
          text={props.form.text()}
          input={props.form.values()}
          valueType={props.form.valueType()}
          onInput={(text) => props.form.setText(text)}
        />
        <Show when={props.form.tab() === 'machines'}>
          <LoadedPart>
            <MachinePicker
              text={props.form.text()}
              onInput={(text) => props.form.setText(text)}
              readMachines={props.readMachines}
            />
          </LoadedPart>
          <DaysField form={props.form} />
        </Show>
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
