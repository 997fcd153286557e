import { BRIDGE_IDENTITY_FAULTS } from './bridge-identity.ts';
import { BRIDGE_LINE_FAULTS } from './bridge-line.ts';
import { DISK_FAULTS } from './disk-faults.ts';
import type { Fault } from './fault.ts';
import { PROCESS_FAULTS } from './process-faults.ts';
import { READER_LINE_FAULTS } from './reader-line.ts';

/** Every fault, in the order of the table. */
export const FAULTS: readonly Fault[] = [
  ...BRIDGE_LINE_FAULTS,
  ...READER_LINE_FAULTS,
  ...PROCESS_FAULTS,
  ...BRIDGE_IDENTITY_FAULTS,
  ...DISK_FAULTS,
];
