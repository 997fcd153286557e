/* oxlint-disable typescript/triple-slash-reference -- ambient declarations of modules cannot be imported */
/// <reference path="../../src/sql.d.ts" />
/// <reference path="../../src/stream/node-modules.d.ts" />
import type { Env as ProductEnv } from '../../src/env.ts';

declare global {
  namespace Cloudflare {
    interface Env extends ProductEnv {}
  }
}
