import { createApp } from './app.ts';
import type { Env } from './env.ts';

export { JobObject } from './job/job-object.ts';
export { RateLimitObject } from './limits/rate-limit-object.ts';
export { SiteObject } from './site/site-object.ts';

const app = createApp();

export default { fetch: app.fetch } satisfies ExportedHandler<Env>;
