import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { readMigrationFiles, type MigrationMeta } from 'drizzle-orm/migrator';
import { SessionStoreError } from './errors.ts';
import type { Engine, Run } from './io/engine.ts';
import { numberOf } from './rows.ts';

/** Large tables may have to be rewritten; nothing else of the store runs yet. */
const migrationTimeoutMs = 10 * 60_000;

/** Any number will do, as long as nothing else in the database locks it. */
const advisoryLock = 7_402_118_655;

/**
 * Brings the database to this code's schema, all or nothing. Two processes may do so at once: the second waits, and then
 * finds nothing to do. Not by drizzle's own migrator, which knows neither a lock nor a newer schema; the files are the
 * ones that drizzle-kit writes.
 *
 * @throws {SessionStoreError} SCHEMA_TOO_NEW, MIGRATION_FAILED, or why the database could not be asked
 */
export async function migrate(engine: Engine, timeoutMs: number): Promise<void> {
  // First contact, at the ordinary deadline: a server that hangs must not be waited for as long as a migration.
  await engine.transact(async (run) => run(sql`select 1`), { doing: 'Opening the database', timeoutMs });
  const migrations = readMigrationFiles({ migrationsFolder: shippedMigrations() });
  try {
    await engine.transact(async (run) => applyMissing(run, migrations), {
      doing: 'Migrating the schema',
      timeoutMs: Math.max(timeoutMs, migrationTimeoutMs),
    });
  } catch (cause) {
    const error = cause as SessionStoreError;
    if (error.code !== 'QUERY_FAILED') throw error;
    const { message, sqlState } = error;
    throw new SessionStoreError('MIGRATION_FAILED', `${message} Nothing was changed.`, { cause, sqlState });
  }
}

async function applyMissing(run: Run, migrations: readonly MigrationMeta[]): Promise<void> {
  await run(sql`select pg_advisory_xact_lock(${advisoryLock}::bigint)`);
  const applied = await lastApplied(run);
  const known = migrations.at(-1)?.folderMillis ?? 0;
  if (applied > known) {
    throw new SessionStoreError(
      'SCHEMA_TOO_NEW',
      `The database has a newer schema (${applied}) than this program knows (${known}). Use a newer version of the program.`,
    );
  }
  for (const { folderMillis, hash, sql: statements } of migrations) {
    if (folderMillis <= applied) continue;
    for (const statement of statements) await run(sql.raw(statement));
    await run(sql`insert into session_store_migrations (version, hash) values (${folderMillis}::bigint, ${hash})`);
  }
}

async function lastApplied(run: Run): Promise<number> {
  const [found] = await run(sql`select to_regclass('session_store_migrations') is not null as present`);
  if (!found?.['present']) {
    await run(sql`
      create table session_store_migrations (
        version bigint primary key,
        hash text not null,
        applied_at timestamptz not null default now()
      )`);
  }
  const [last] = await run(sql`select coalesce(max(version), 0)::bigint as version from session_store_migrations`);
  return last ? numberOf(last, 'version') : 0;
}

/** `migrations/` lies beside `src/` and beside `dist/`, and this module lies directly in either. */
const shippedMigrations = () => fileURLToPath(new URL('../migrations', import.meta.url));
