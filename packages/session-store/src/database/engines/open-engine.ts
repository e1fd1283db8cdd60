import { BorrowedEngine } from './borrowed-engine.ts';
import type { Engine } from './engine.ts';
import { PgliteEngine } from './pglite-engine.ts';
import { PostgresEngine } from './postgres-engine.ts';
import type { ResolvedOptions } from '../../options.ts';

/**
 * @param readsOnly whether nothing is ever written: then a standby will do
 * @throws {SessionStoreError} DATA_DIR_LOCKED, DATA_DIR_UNUSABLE; DATABASE_REFUSED for a url that cannot be read, a server itself is
 *   asked only by the first transaction
 */
export async function openEngine(
  { location, queryTimeoutMs, runtime, schema }: ResolvedOptions,
  readsOnly = false,
): Promise<Engine> {
  if ('url' in location) return new PostgresEngine(location.url, queryTimeoutMs, runtime, { schema, readsOnly });
  if ('sql' in location) return BorrowedEngine.open(location.sql, queryTimeoutMs, runtime, schema);
  return PgliteEngine.open(location.dataDir, queryTimeoutMs, runtime);
}
