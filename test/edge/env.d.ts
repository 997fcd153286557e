/// <reference path="../../src/sql.d.ts" />
/// <reference path="../../src/stream/node-modules.d.ts" />

type ProductEnv = import('../../src/env.ts').Env;

declare namespace Cloudflare {
  interface Env extends ProductEnv {}
}
