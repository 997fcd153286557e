/** What the doctor found out about one thing. */
export interface Finding {
  /** What was looked at, in a few words. */
  readonly subject: string;
  /** `warning`: the bridge works, but slower, or with more rights than it needs. */
  readonly status: 'ok' | 'warning' | 'failed';
  /** A plain sentence; for those who look after the database it may quote what the database said. */
  readonly detail: string;
  /** Statements for a DBA, one each, without the semicolon. */
  readonly remedies?: readonly string[];
}

/** One line of the report, as `oracle-bridge check` writes them. */
export function findingLine({ subject, status, detail }: Finding): string {
  const mark = { ok: 'ok     ', warning: 'WARNING', failed: 'FAILED ' }[status];
  return `${mark} ${subject}: ${detail}`;
}

/** What a DBA has to do, once each; empty: nothing. */
export function remediesOf(findings: readonly Finding[]): string[] {
  return [...new Set(findings.flatMap(({ remedies }) => remedies ?? []))];
}
