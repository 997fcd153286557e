import type { Dictionary } from './dictionary.ts';
import { domain, events, exporting, grid } from './zh-tw/events.ts';
import { cut, found, notFound, parts } from './zh-tw/found.ts';
import { health, maintenance, status } from './zh-tw/health.ts';
import { jobs, left } from './zh-tw/jobs.ts';
import { edgeType, lineage, nodeType } from './zh-tw/lineage.ts';
import { app, language, nav, theme } from './zh-tw/page.ts';
import { action, problem, warning } from './zh-tw/problem.ts';
import { announce, cancel, database, end, notify, progress, stage } from './zh-tw/progress.ts';
import { query } from './zh-tw/query.ts';
import { timeline } from './zh-tw/timeline.ts';

/** Traditional Chinese as the plant writes it. */
export const zhTw: Dictionary = {
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
};
