import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import * as bridgeMessage from '#protocol/bridge-message.ts';
import * as columnLabels from '#protocol/column-labels.ts';
import * as domain from '#protocol/domain.ts';
import * as health from '#protocol/health.ts';
import * as ids from '#protocol/ids.ts';
import * as jobEvent from '#protocol/job-event.ts';
import * as job from '#protocol/job.ts';
import * as kind from '#protocol/kind.ts';
import * as lease from '#protocol/lease.ts';
import * as limits from '#protocol/limits.ts';
import * as namePrefix from '#protocol/name-prefix.ts';
import * as problem from '#protocol/problem.ts';
import * as queryTool from '#protocol/query-tool.ts';
import * as rangeSchedule from '#protocol/range-schedule.ts';
import * as seedPattern from '#protocol/seed-pattern.ts';
import * as trace from '#protocol/trace.ts';
import * as version from '#protocol/version.ts';
import * as workcenterGroup from '#protocol/workcenter-group.ts';
import recorded from './protocol-hash.json' with { type: 'json' };

const MODULES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'bridge-message.ts': bridgeMessage,
  'column-labels.ts': columnLabels,
  'domain.ts': domain,
  'health.ts': health,
  'ids.ts': ids,
  'job-event.ts': jobEvent,
  'job.ts': job,
  'kind.ts': kind,
  'lease.ts': lease,
  'limits.ts': limits,
  'name-prefix.ts': namePrefix,
  'problem.ts': problem,
  'query-tool.ts': queryTool,
  'range-schedule.ts': rangeSchedule,
  'seed-pattern.ts': seedPattern,
  'trace.ts': trace,
  'version.ts': version,
  'workcenter-group.ts': workcenterGroup,
};

/** Every schema of the contract as JSON Schema, by file and name. */
function describeSchemas(): Record<string, unknown> {
  const described: Record<string, unknown> = {};
  for (const [file, exported] of Object.entries(MODULES)) {
    for (const name of Object.keys(exported).sort()) {
      const value = exported[name];
      if (value instanceof z.ZodMiniType) described[`${file} ${name}`] = z.toJSONSchema(value);
    }
  }
  return described;
}

/** JSON with sorted members: their order is no part of the contract. */
function toCanonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** What to do when the schemas have this hash now. */
function adviseOnChange(hash: string): string {
  const current = version.PROTOCOL_VERSION;
  if (recorded.version !== current)
    return `PROTOCOL_VERSION is new. Write ${JSON.stringify({ version: current, hash })} to test/protocol/protocol-hash.json.`;
  if (recorded.hash === hash) return 'Nothing has changed.';
  return (
    'A schema in src/protocol has changed. Raise PROTOCOL_VERSION in src/protocol/version.ts (a bridge or a reader of the ' +
    'old version may be talking to the new edge: look at MIN_BRIDGE_PROTOCOL_VERSION too), then write ' +
    `${JSON.stringify({ version: current + 1, hash })} to test/protocol/protocol-hash.json.`
  );
}

describe('the version of the protocol', () => {
  it('covers every file of src/protocol', () => {
    const files = readdirSync(new URL('../../src/protocol/', import.meta.url));
    expect(Object.keys(MODULES).sort()).toEqual(files.sort());
  });

  it('covers every exported schema', () => {
    const names = Object.values(MODULES).flatMap((exported) => Object.keys(exported));
    const described = Object.keys(describeSchemas());
    expect(described).toHaveLength(names.filter((name) => name.endsWith('Schema')).length);
  });

  it('rises with every change of a schema', () => {
    const hash = createHash('sha256').update(toCanonicalJson(describeSchemas())).digest('hex');
    expect(adviseOnChange(hash)).toBe('Nothing has changed.');
  });

  it('still serves a bridge of its own version', () => {
    expect(version.MIN_BRIDGE_PROTOCOL_VERSION).toBeLessThanOrEqual(version.PROTOCOL_VERSION);
    expect(version.STATEMENT_SET_VERSION).toBeGreaterThan(0);
  });
});
