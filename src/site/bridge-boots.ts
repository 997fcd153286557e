import type { SqlRow, SqlStore } from '../job/sql-store.ts';

/** The newest start of each bridge. It outlives sockets: that is how a restart is told from a new connection. */
export class BridgeBoots {
  readonly #sql: SqlStore;

  constructor(sql: SqlStore) {
    this.#sql = sql;
  }

  /** `true`: this is another start of the bridge than the one known so far. */
  record(boot: { bridgeId: string; bootId: string; protocol: number }, now: number): boolean {
    const { bridgeId, bootId, protocol } = boot;
    const known = this.#find(bridgeId);
    const isOther = known?.boot_id !== bootId;
    this.#sql.exec(
      'INSERT OR REPLACE INTO bridge (bridge_id, boot_id, protocol, hello_at_ms, former_boot_id) VALUES (?, ?, ?, ?, ?)',
      bridgeId,
      bootId,
      protocol,
      now,
      (isOther ? known?.boot_id : known.former_boot_id) ?? null,
    );
    return isOther;
  }

  /** Whether another start of the bridge has taken this one's place. */
  isFormer(bridgeId: string, bootId: string): boolean {
    return this.#find(bridgeId)?.former_boot_id === bootId;
  }

  /** What the bridge said last; `undefined` before its first hello. */
  protocolOf(bridgeId: string): number | undefined {
    return this.#find(bridgeId)?.protocol;
  }

  #find(bridgeId: string): BootRow | undefined {
    return this.#sql
      .exec<BootRow>('SELECT boot_id, protocol, former_boot_id FROM bridge WHERE bridge_id = ?', bridgeId)
      .toArray()[0];
  }
}

interface BootRow extends SqlRow {
  boot_id: string;
  protocol: number;
  former_boot_id: string | null;
}
