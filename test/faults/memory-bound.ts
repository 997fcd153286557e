/** The most that the processes were resident with. */
export interface PeakMemory {
  readonly workerdBytes: number;
  /** The bridge and its job processes. */
  readonly bridgeBytes: number;
}

const MIB = 1024 * 1024;
/** Far more than a job of the bench needs, far less than what grows with every fault would take. */
const MAX_WORKERD_BYTES = 512 * MIB;
const MAX_BRIDGE_BYTES = 1536 * MIB;

export const MEMORY_BOUND = `workerd ${MAX_WORKERD_BYTES / MIB} MiB, the bridge with its processes ${MAX_BRIDGE_BYTES / MIB} MiB`;

/** What took more than it may, in the words of the table. */
export function excessOf({ workerdBytes, bridgeBytes }: PeakMemory): string[] {
  return [
    ...(workerdBytes > MAX_WORKERD_BYTES ? [`workerd took ${Math.round(workerdBytes / MIB)} MiB`] : []),
    ...(bridgeBytes > MAX_BRIDGE_BYTES ? [`the bridge took ${Math.round(bridgeBytes / MIB)} MiB`] : []),
  ];
}
