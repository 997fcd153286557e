import type { Domain } from '#protocol/domain.ts';
import { DOMAINS } from '#protocol/domain.ts';
import type { ArrangeSpec, ColumnFilter, SortSpec } from '../arrange/arrange-spec.ts';
import { MAX_FILTER_CHARS, NO_ARRANGEMENT } from '../arrange/arrange-spec.ts';
import { readCondition } from '../arrange/condition.ts';

/** Columns of a domain as they are shown; widths are the reader's own. */
export interface ShownColumns {
  readonly hidden: readonly string[];
  readonly pinned: readonly string[];
  /** From left to right; those it does not name stand behind, as the warehouse has them. */
  readonly order: readonly string[];
}

export interface DomainView {
  readonly spec: ArrangeSpec;
  /** `undefined`: as this reader likes them. */
  readonly columns: ShownColumns | undefined;
}

/** Ways to look at the lineage and at the timeline; the first is the usual one. */
export const LINEAGE_FACES = ['drawing', 'relations'] as const;
export type LineageFace = (typeof LINEAGE_FACES)[number];
export const TIMELINE_FACES = ['chart', 'table', 'unplaced'] as const;
export type TimelineFace = (typeof TIMELINE_FACES)[number];

/** How a result is looked at. */
export interface ViewState {
  /** A domain, or another tab of the events. */
  readonly tab: string | undefined;
  /** The container id of the node that is chosen in the lineage. */
  readonly node: string | undefined;
  readonly lineageFace: LineageFace;
  readonly timelineFace: TimelineFace;
  readonly domains: ReadonlyMap<Domain, DomainView>;
}

export const FIRST_VIEW: ViewState = {
  tab: undefined,
  node: undefined,
  lineageFace: LINEAGE_FACES[0],
  timelineFace: TIMELINE_FACES[0],
  domains: new Map(),
};
export const FIRST_DOMAIN_VIEW: DomainView = { spec: NO_ARRANGEMENT, columns: undefined };

/** Columns named at once that an address is believed. */
const MAX_COLUMNS = 200;

const TAB = /^[a-z_]{1,32}$/;
const NODE = /^[0-9a-z]{1,32}$/i;
const COLUMN = /^[A-Z][A-Z0-9_]{0,63}$/i;
const FALLING = '-';
/** Between a domain and what is said of it. */
const SEPARATOR = ':';

/** The same view with another one of a domain; the first one needs no mention. */
export function withDomainView(view: ViewState, domain: Domain, change: Partial<DomainView>): ViewState {
  const domains = new Map(view.domains).set(domain, { ...(view.domains.get(domain) ?? FIRST_DOMAIN_VIEW), ...change });
  const { spec, columns } = domains.get(domain) ?? FIRST_DOMAIN_VIEW;
  if (spec.sort === undefined && spec.filters.length === 0 && columns === undefined) domains.delete(domain);
  return { ...view, domains };
}

/** Puts a view into the parameters of an address. */
export function writeView(view: ViewState, params: URLSearchParams): void {
  if (view.tab !== undefined) params.set('tab', view.tab);
  if (view.node !== undefined) params.set('node', view.node);
  if (view.lineageFace !== FIRST_VIEW.lineageFace) params.set('face', view.lineageFace);
  if (view.timelineFace !== FIRST_VIEW.timelineFace) params.set('timeline', view.timelineFace);
  for (const domain of DOMAINS) {
    const shown = view.domains.get(domain);
    if (shown === undefined) continue;
    const say = (name: string, text: string): void => params.append(name, domain + SEPARATOR + text);
    const { sort, filters } = shown.spec;
    if (sort !== undefined) say('sort', (sort.isDescending ? FALLING : '') + sort.column);
    for (const { column, text } of filters) say('where', column + SEPARATOR + text);
    if (shown.columns === undefined) continue;
    say('hide', shown.columns.hidden.join(','));
    say('pin', shown.columns.pinned.join(','));
    if (shown.columns.order.length > 0) say('order', shown.columns.order.join(','));
  }
}

/** Reads a view from the parameters of an address; what is malformed counts as absent. */
export function readView(params: URLSearchParams): ViewState {
  let view: ViewState = {
    tab: matching(TAB, params.get('tab')),
    node: matching(NODE, params.get('node')),
    lineageFace: LINEAGE_FACES.find((face) => face === params.get('face')) ?? FIRST_VIEW.lineageFace,
    timelineFace: TIMELINE_FACES.find((face) => face === params.get('timeline')) ?? FIRST_VIEW.timelineFace,
    domains: FIRST_VIEW.domains,
  };
  for (const domain of DOMAINS) {
    const said = (name: string): string[] =>
      params
        .getAll(name)
        .filter((text) => text.startsWith(domain + SEPARATOR))
        .map((text) => text.slice(domain.length + SEPARATOR.length));
    view = withDomainView(view, domain, {
      spec: { sort: readSort(said('sort')[0]), filters: readFilters(said('where')) },
      columns: readColumns(said('hide')[0], said('pin')[0], said('order')[0]),
    });
  }
  return view;
}

function readSort(text: string | undefined): SortSpec | undefined {
  const isDescending = text?.startsWith(FALLING) ?? false;
  const column = matching(COLUMN, text?.slice(isDescending ? FALLING.length : 0));
  return column === undefined ? undefined : { column, isDescending };
}

/** One of each column, the first. */
function readFilters(texts: readonly string[]): ColumnFilter[] {
  const filters = new Map<string, ColumnFilter>();
  for (const said of texts) {
    const at = said.indexOf(SEPARATOR);
    const column = matching(COLUMN, said.slice(0, Math.max(0, at)));
    const text = said.slice(at + 1).trim();
    const isReadable = text !== '' && text.length <= MAX_FILTER_CHARS && readCondition(text) !== undefined;
    if (column === undefined || filters.has(column) || !isReadable) continue;
    filters.set(column, { column, text });
  }
  return [...filters.values()];
}

function readColumns(
  hidden: string | undefined,
  pinned: string | undefined,
  order: string | undefined,
): ShownColumns | undefined {
  if (hidden === undefined && pinned === undefined && order === undefined) return undefined;
  return { hidden: readNames(hidden), pinned: readNames(pinned), order: readNames(order) };
}

function readNames(list: string | undefined): string[] {
  const names = (list ?? '').split(',').filter((name) => COLUMN.test(name));
  return [...new Set(names)].slice(0, MAX_COLUMNS);
}

function matching(pattern: RegExp, text: string | null | undefined): string | undefined {
  return text !== null && text !== undefined && pattern.test(text) ? text : undefined;
}
