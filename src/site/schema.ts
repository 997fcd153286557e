import site0001 from '../../sql/edge/site/0001-site.sql';
import site0002 from '../../sql/edge/site/0002-former-boot.sql';
import type { SqlStore } from '../job/sql-store.ts';

/** In order; a migration that was released is never changed. */
const MIGRATIONS: readonly string[] = [site0001, site0002];

/** A store, and what runs synchronously in one transaction of it. */
export interface SiteStore {
  readonly sql: SqlStore;
  readonly transact: (work: () => void) => void;
}

/** Brings the store of a Site object to the newest schema. Synchronous, and all or nothing. */
export function migrateSite({ sql, transact }: SiteStore): void {
  transact(() => {
    sql.exec('CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY) STRICT');
    const { done } = sql.exec<{ done: number }>('SELECT count(*) AS done FROM migration').one();
    for (const [index, migration] of MIGRATIONS.entries()) {
      if (index < done) continue;
      sql.exec(migration);
      sql.exec('INSERT INTO migration (number) VALUES (?)', index + 1);
    }
  });
}
