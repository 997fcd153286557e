import { MACHINES } from './trap-history.ts';
import type { Row } from './trap-lot.ts';
import { idOf } from './trap-lots.ts';

const LOTS = ['GA26011704-A00-003', 'GA26011704-A00-003-01'] as const;

/** Rows of DW_MES_JOB: lots are named only in comma lists. */
export function jobRows(): Row[] {
  const job = {
    RESOURCEID: MACHINES['GWBK-0241'].id,
    RESOURCENAME: 'GWBK-0241',
    JOBMODELNAME: 'BM',
    CAUSECODENAME: '線弧偏移',
    REPAIRCODENAME: '重新校正',
    SYMPTOMCODENAME: '品質異常',
  };
  return [
    // Names two lots: two records.
    {
      ...job,
      JOBID: '4881030f00000001',
      JOBSTATUS: 'Completed',
      JOBORDERNAME: 'JO260120001',
      CREATEDATE: '2026-01-20 01:35:00',
      COMPLETEDATE: '2026-01-20 03:10:00',
      CONTAINERIDS: LOTS.map((name) => idOf(name)).join(','),
      CONTAINERNAMES: LOTS.join(','),
    },
    // Cancelled: without COMPLETEDATE, and yet not open. Blanks after the comma.
    {
      ...job,
      JOBID: '4881030f00000002',
      JOBSTATUS: 'Cancelled',
      JOBORDERNAME: 'JO260120002',
      CREATEDATE: '2026-01-20 04:00:00',
      CANCELDATE: '2026-01-20 04:20:00',
      CONTAINERIDS: LOTS.map((name) => idOf(name)).join(', '),
      CONTAINERNAMES: LOTS.join(', '),
    },
    // Names no lot.
    {
      ...job,
      JOBID: '4881030f00000003',
      JOBSTATUS: 'Open',
      JOBORDERNAME: 'JO260120003',
      CREATEDATE: '2026-01-21 08:00:00',
    },
  ];
}

/** Rows of DW_MES_JOBTXNHISTORY for the first job. */
export function jobTransactionRows(): Row[] {
  return ['Open', 'Started', 'Completed'].map((status, index, all) => ({
    JOBTXNHISTORYID: `4881031f0000000${index + 1}`,
    JOBID: '4881030f00000001',
    TXNDATE: `2026-01-20 0${index + 1}:35:00`,
    FROMJOBSTATUS: all[index - 1] ?? null,
    JOBSTATUS: status,
    STAGENAME: `STAGE ${index + 1}`,
    USER_NAME: 'E00001',
    EMP_NAME: "O'Brien, Pat",
    COMMENTS: index === 1 ? '更換 capillary 🔧' : null,
  }));
}
