import { useQuery } from '@tanstack/solid-query';
import { createUniqueId, For, Match, Show, Switch } from 'solid-js';
import { MAX_DETECTION_DAYS } from '#protocol/limits.ts';
import { CheckboxField } from '../../components/CheckboxField.tsx';
import { t } from '../../i18n/language.ts';
import type { QueryForm } from './query-form.ts';
import { fetchStationGroups } from './station-groups.ts';

type DaysFieldProps = {
  readonly form: Pick<
    QueryForm,
    'startDate' | 'endDate' | 'days' | 'groups' | 'setStartDate' | 'setEndDate' | 'toggleGroup'
  >;
};

/** A first and a last day. */
export function DaysField(props: DaysFieldProps) {
  const id = createUniqueId();
  const isWrong = () => props.form.days().trouble !== undefined;
  const advice = () => {
    const { days, trouble } = props.form.days();
    if (trouble === 'wrongDay') return t('query.wrongDay');
    if (trouble === 'reversedDays') return t('query.reversedDays');
    if (trouble === 'tooManyDays') return t('query.tooManyDays', { limit: MAX_DETECTION_DAYS, count: days });
    return t('query.daysHelp', { count: days });
  };
  const dayField = (name: 'startDate' | 'endDate', set: (date: string) => void) => (
    <label class="min-w-0 text-xs font-medium text-ink-2">
      <span class="mb-1 block">{t(`query.${name}`)}</span>
      <input
        type="date"
        required
        class="field h-8 px-2 text-[0.8125rem] font-normal"
        value={props.form[name]()}
        aria-describedby={`${id}-help`}
        aria-invalid={isWrong()}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
  return (
    <div>
      <div class="grid grid-cols-2 gap-2">
        {dayField('startDate', (date) => props.form.setStartDate(date))}
        {dayField('endDate', (date) => props.form.setEndDate(date))}
      </div>
      <p id={`${id}-help`} class={`mt-1 text-xs ${isWrong() ? 'text-bad' : 'text-ink-3'}`}>
        {advice()}
      </p>
    </div>
  );
}

/** Which stations lots were worked on at. */
export function StationGroups(props: DaysFieldProps) {
  const known = useQuery(() => ({
    queryKey: ['station-groups'],
    queryFn: ({ signal }) => fetchStationGroups(signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  }));
  return (
    <fieldset>
      <legend class="mb-1 text-xs font-medium text-ink-2">{t('query.groups')}</legend>
      <Switch fallback={<p class="text-xs text-ink-3">{t('query.groupsLoading')}</p>}>
        <Match when={known.isError && !known.isFetching}>
          <p role="alert" class="text-xs text-bad">
            {t('query.groupsFailed')}
          </p>
          <button type="button" class="button mt-1" onClick={() => void known.refetch()}>
            {t('progress.retryNow')}
          </button>
        </Match>
        <Match when={known.isSuccess && known.data}>
          {(groups) => (
            <div class="grid grid-cols-3 gap-x-1">
              <For each={groups()}>
                {(group) => (
                  <CheckboxField
                    label={group}
                    checked={props.form.groups().includes(group)}
                    onChange={() => props.form.toggleGroup(group)}
                  />
                )}
              </For>
            </div>
          )}
        </Match>
      </Switch>
      <Show when={props.form.groups().length === 0}>
        <p class="text-xs text-bad">{t('query.noGroup')}</p>
      </Show>
    </fieldset>
  );
}
