import type { SqlStore } from '../job/sql-store.ts';

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
    this.#sql.exec(
      'INSERT OR REPLACE INTO bridge (bridge_id, boot_id, protocol, hello_at_ms) VALUES (?, ?, ?, ?)',
      bridgeId,
      bootId,
      protocol,
      now,
    );
    return known?.boot_id !== bootId;
  }

  /** What the bridge said last; `undefined` before its first hello. */
  protocolOf(bridgeId: string): number | undefined {
    return this.#find(bridgeId)?.protocol;
  }

  #find(bridgeId: string): { boot_id: string; protocol: number } | undefined {
    return this.#sql
      .exec<{ boot_id: string; protocol: number }>('SELECT boot_id, protocol FROM bridge WHERE bridge_id = ?', bridgeId)
      .toArray()[0];
  }
}
