import { ProblemError } from '#protocol/problem.ts';
import type { ExportLanguage, ExportType } from '#protocol/query-tool.ts';
import { exportRequestSchema } from '#protocol/query-tool.ts';
import type { Env } from '../../env.ts';
import { parseWith } from '../http/validate.ts';
import type { JobRequest } from '../submit/accept-job.ts';
import type { DescribeQuery } from './describe-query.ts';
import {
  describeAdjacentLots,
  describeEquipmentPeriod,
  describeLotAssociations,
  describeLotHistory,
} from './describe-query.ts';
import { preferredLanguage } from './preferred-language.ts';

/** What is exported: which query answers it, and the members of its body that the name of the export says already. */
interface ExportRules {
  readonly describe: DescribeQuery;
  readonly implied: Readonly<Record<string, string>>;
}

const association = (type: string): ExportRules => ({ describe: describeLotAssociations, implied: { type } });
const period = (query_type: string): ExportRules => ({ describe: describeEquipmentPeriod, implied: { query_type } });

const EXPORT_RULES: Readonly<Record<ExportType, ExportRules>> = {
  lot_history: { describe: describeLotHistory, implied: {} },
  adjacent_lots: { describe: describeAdjacentLots, implied: {} },
  lot_materials: association('materials'),
  lot_rejects: association('rejects'),
  lot_holds: association('holds'),
  lot_splits: association('splits'),
  lot_jobs: association('jobs'),
  equipment_status_hours: period('status_hours'),
  equipment_lots: period('lots'),
  equipment_materials: period('materials'),
  equipment_rejects: period('rejects'),
  equipment_jobs: period('jobs'),
};

export interface ExportCall {
  readonly request: JobRequest;
  readonly exportType: ExportType;
  readonly language: ExportLanguage;
}

/** `body`: that of the query, with `export_type` and perhaps `lang`. An export has every row, so it has no pages. */
export async function describeExport(env: Env, body: unknown, acceptLanguage: string | undefined): Promise<ExportCall> {
  const { export_type: exportType, lang, ...rest } = parseWith(exportRequestSchema, body);
  for (const member of ['page', 'per_page'])
    if (member in rest)
      throw new ProblemError('INVALID_PARAMS', `${member} has no meaning here: an export has every row.`);
  const { describe, implied } = EXPORT_RULES[exportType];
  for (const [member, value] of Object.entries(implied))
    if (member in rest && rest[member] !== value)
      throw new ProblemError('INVALID_PARAMS', `${member} must be ${value} for an export of ${exportType}.`);
  const { request } = await describe(env, { ...rest, ...implied });
  return { request, exportType, language: lang ?? preferredLanguage(acceptLanguage) };
}
