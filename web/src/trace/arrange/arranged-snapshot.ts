/**
 * `working`: more is to come. `settled`: every record that arrived is in. `stopped`: by the person. `too_large`: the column
 * sorted by has more different texts than can be kept. `failed`: the records could not be read.
 */
export type ArrangedState = 'working' | 'settled' | 'stopped' | 'too_large' | 'failed';

/** How far sorting and filtering one domain has come. */
export interface ArrangedSnapshot {
  readonly state: ArrangedState;
  /** Rows shown; `undefined` while the domain is still shown as it came. */
  readonly rows: number | undefined;
  /** Records they were chosen from … */
  readonly shownOf: number;
  /** … and those that have been looked at meanwhile. */
  readonly scanned: number;
  /** Rises whenever other rows are shown. */
  readonly revision: number;
}
