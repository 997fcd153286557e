import type { Profile } from '#protocol/domain.ts';
import type { JobParams } from '#protocol/lease.ts';
import { MIN_PATTERN_LITERAL_CHARS } from '#protocol/limits.ts';
import { ProblemError } from '#protocol/problem.ts';
import type { PatternPart } from '#protocol/seed-pattern.ts';
import { countLiterals, hasWildcard, isReworkOrder, parsePattern } from '#protocol/seed-pattern.ts';
import type { InputType, SeedParams } from '#protocol/trace.ts';
import { PROFILE_INPUT_TYPES } from '#protocol/trace.ts';

type SeedJobParams = Extract<JobParams, { kind: 'seed_resolve' }>;

/**
 * Seed parameters as the job takes them: what a profile allows, values trimmed and without empty ones and duplicates, in
 * the order given; groups without duplicates.
 * @throws ProblemError `INVALID_PARAMS` for what the profile does not allow, when no value is left, for a pattern that
 * would match half the plant, and for a GD order where none belongs or anything else where one does.
 */
export function checkSeedParams(profile: Profile, params: SeedParams): SeedJobParams {
  if (params.mode === 'date_range') {
    if (profile !== 'mid_section_defect')
      throw invalid(`The profile ${profile} takes no date range: only mid_section_defect does.`);
    return { kind: 'seed_resolve', ...params, workcenter_groups: [...new Set(params.workcenter_groups)] };
  }
  const { input_type } = params;
  const allowed = PROFILE_INPUT_TYPES[profile];
  if (!allowed.includes(input_type))
    throw invalid(
      `The profile ${profile} takes no ${input_type}: params.input_type must be one of ${allowed.join(', ')}.`,
    );
  return { kind: 'seed_resolve', input_type, values: cleanValues(input_type, params.values) };
}

/** What makes two seed requests equal: the order of values and groups does not matter. */
export function seedContent(params: SeedJobParams): Readonly<Record<string, unknown>> {
  return params.mode === 'date_range'
    ? { ...params, workcenter_groups: params.workcenter_groups.toSorted() }
    : { ...params, values: params.values.toSorted() };
}

function cleanValues(inputType: InputType, values: readonly string[]): string[] {
  const cleaned = [...new Set(values.map((value) => value.trim()))].filter((value) => value !== '');
  if (cleaned.length === 0) throw invalid('params.values has no value that is not empty.');
  for (const value of cleaned) {
    const detail = whatIsWrong(inputType, value, parsePattern(value));
    if (detail !== undefined) throw invalid(detail, value);
  }
  return cleaned;
}

function whatIsWrong(inputType: InputType, value: string, parts: readonly PatternPart[]): string | undefined {
  if (hasWildcard(parts) && countLiterals(parts) < MIN_PATTERN_LITERAL_CHARS)
    return `The pattern ${value} needs at least ${MIN_PATTERN_LITERAL_CHARS} characters that are not wildcards.`;
  if (inputType === 'work_order' && isReworkOrder(parts))
    return `${value} is a GD work order: trace it with input_type gd_work_order in the reverse query (profile query_tool_reverse).`;
  if (inputType === 'gd_work_order' && !isReworkOrder(parts))
    return `${value} is no GD work order: a value of gd_work_order must begin with the letters GD.`;
  return undefined;
}

function invalid(detail: string, value?: string): ProblemError {
  return new ProblemError('INVALID_PARAMS', detail, value === undefined ? {} : { members: { value } });
}
