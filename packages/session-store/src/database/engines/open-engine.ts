import { BorrowedEngine } from './borrowed-engine.ts';
import type { Engine } from './engine.ts';
import { PgliteEngine } from './pglite-engine.ts';
import { PostgresEngine } from './postgres-engine.ts';
import type { ResolvedOptions } from '../../options.ts';

/**
 * @throws {SessionStoreError} DATA_DIR_LOCKED, DATA_DIR_UNUSABLE; DATABASE_REFUSED for a url that cannot be read, a server itself is
 *   asked only by the first transaction
 */
export async function openEngine({ location, queryTimeoutMs, runtime }: ResolvedOptions): Promise<Engine> {
  if ('url' in location) return new PostgresEngine(location.url, queryTimeoutMs, runtime);
  if ('sql' in location) return BorrowedEngine.open(location.sql, queryTimeoutMs, runtime);
  return PgliteEngine.open(location.dataDir, queryTimeoutMs, runtime);
}
