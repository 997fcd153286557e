import { ProblemError } from '#protocol/problem.ts';
import type { Settings } from '../settings.ts';

/** What a caller may do. `admin` may also cancel the jobs of others. */
export type Scope = 'trace:run' | 'trace:read' | 'admin';

/** Who calls: owns jobs, has limits. */
export interface Principal {
  readonly owner: string;
  readonly scopes: ReadonlySet<Scope>;
}

const LOCAL: Principal = { owner: 'local', scopes: new Set<Scope>(['trace:run', 'trace:read', 'admin']) };

/**
 * The seam for identity: every route asks here and nowhere else. It answers a promise because keys and access tokens
 * have to be looked up.
 * @throws ProblemError `UNAUTHENTICATED` for a caller that cannot be told.
 */
export async function identify(_request: Request, settings: Settings): Promise<Principal> {
  if (settings.identity === 'local') return LOCAL;
  throw new ProblemError('UNAUTHENTICATED', 'This call needs an identity. Sign in, or send an API key.');
}

/** @throws ProblemError `FORBIDDEN` without the scope. */
export function requireScope(principal: Principal, scope: Scope): void {
  if (principal.scopes.has(scope)) return;
  throw new ProblemError('FORBIDDEN', `This call needs the permission ${scope}.`, { members: { scope } });
}
