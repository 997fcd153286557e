import { domain, events, exporting, grid } from './en/events.ts';
import { cut, found, notFound, parts } from './en/found.ts';
import { health, maintenance, status } from './en/health.ts';
import { jobs, left } from './en/jobs.ts';
import { edgeType, lineage, nodeType } from './en/lineage.ts';
import { app, language, nav, theme } from './en/page.ts';
import { action, problem, warning } from './en/problem.ts';
import { announce, cancel, database, end, notify, progress, stage } from './en/progress.ts';
import { query } from './en/query.ts';
import { timeline } from './en/timeline.ts';

/** English. The shape of this dictionary is the shape of all. */
export const en = {
  app,
  language,
  theme,
  health,
  nav,
  jobs,
  left,
  maintenance,
  status,
  notify,
  query,
  found,
  notFound,
  parts,
  cut,
  domain,
  stage,
  progress,
  end,
  database,
  cancel,
  lineage,
  nodeType,
  edgeType,
  events,
  export: exporting,
  grid,
  timeline,
  warning,
  announce,
  action,
  problem,
} as const;
