import type { Engine } from './database/engines/engine.ts';
import { migrate, readSchema, type SchemaMigration, type SchemaState } from './migrate.ts';
import { openEngine } from './database/engines/open-engine.ts';
import { resolveOptions } from './resolve-options.ts';
import type { SessionStoreOptions } from './options.ts';

/**
 * Brings a database's tables up to date, at a time of your choosing, and nothing else: `createSessionStore` does the same
 * before it begins.
 *
 * @throws {TypeError | RangeError} on wrong options
 * @throws {SessionStoreError} SCHEMA_TOO_NEW, MIGRATION_FAILED, or why the database could not be opened or asked
 */
export const migrateSchema = async (options: SessionStoreOptions): Promise<SchemaMigration> =>
  using(options, async (engine, timeoutMs) => migrate(engine, timeoutMs));

/**
 * Which version a database's tables have, and which one this code knows. Changes nothing; but a `dataDir` that is not there is
 * made, as everywhere.
 *
 * @throws {TypeError | RangeError} on wrong options
 * @throws {SessionStoreError} why the database could not be opened or asked
 */
export const schemaState = async (options: SessionStoreOptions): Promise<SchemaState> =>
  using(options, async (engine) => readSchema(engine));

async function using<T>(
  options: SessionStoreOptions,
  work: (engine: Engine, timeoutMs: number) => Promise<T>,
): Promise<T> {
  const resolved = resolveOptions(options);
  const engine = await openEngine(resolved);
  try {
    return await work(engine, resolved.queryTimeoutMs);
  } finally {
    await engine.close();
  }
}
