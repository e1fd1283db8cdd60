import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { readMigrationFiles, type MigrationMeta } from 'drizzle-orm/migrator';
import { clauseOf } from './database/clause-of.ts';
import { SessionStoreError } from './errors.ts';
import { lockOf } from './database/advisory-lock.ts';
import { checkServer, makeSchema, missingGrant, refuseForeignTables } from './check-database.ts';
import type { Engine, Run } from './database/engines/engine.ts';
import { errnoText } from './database/errno-text.ts';
import { numberOf } from './database/rows.ts';

/** Large tables may have to be rewritten; nothing else of the store runs yet. */
const migrationTimeoutMs = 10 * 60_000;

/** Any number will do, as long as nothing else in the database locks it. */
const advisoryLock = 7_402_118_655;

/** Versions are numbers that rise; which ones there are is no contract. */
export type SchemaState = {
  /** Of the database's tables; `null` where there are none. */
  readonly version: number | null;
  /** Of this code. A database of a higher one is refused. */
  readonly known: number;
};

export type SchemaMigration = {
  /** The version before; `null` where there were no tables. */
  readonly from: number | null;
  readonly to: number;
  /** How many steps were taken: 0 where the database was up to date. */
  readonly applied: number;
};

/**
 * Brings the database to this code's schema, all or nothing. Two processes may do so at once: the second waits, and then
 * finds nothing to do. Where there is nothing to do nothing is tried for which a role needs more rights than to record. Not by
 * drizzle's own migrator, which knows neither a lock nor a newer schema; the files are the ones that drizzle-kit writes.
 *
 * @throws {SessionStoreError} DATABASE_UNUSABLE, SCHEMA_TOO_NEW, MIGRATION_FAILED, or why the database could not be asked
 */
export async function migrate(engine: Engine, timeoutMs: number): Promise<SchemaMigration> {
  const migrations = shippedMigrations();
  const known = latest(migrations);
  // First contact, at the ordinary deadline: a server that hangs must not be waited for as long as a migration.
  const version = await engine.transact(
    async (run) => {
      await checkServer(run);
      return versionOf(run);
    },
    { doing: 'Opening the database', timeoutMs },
  );
  if (version === known) return { from: version, to: known, applied: 0 };
  try {
    return await engine.transact(async (run) => applyMissing(run, migrations, engine.schema ?? null), {
      doing: 'Migrating the schema',
      timeoutMs: Math.max(timeoutMs, migrationTimeoutMs),
    });
  } catch (cause) {
    throw await notMigrated(engine, cause as SessionStoreError);
  }
}

async function notMigrated(engine: Engine, error: SessionStoreError): Promise<SessionStoreError> {
  const { message, sqlState, code } = error;
  if (sqlState !== undefined && lacksRight.has(sqlState)) {
    const options = { doing: 'Asking for the role', readOnly: true };
    const grant = await engine.transact(async (run) => missingGrant(run, engine.schema ?? null), options);
    const said = error.cause instanceof Error ? error.cause.message : message;
    const text =
      `The tables cannot be made or brought up to date: ${clauseOf(said)}. Nothing was changed. Either: ${grant}. Or let a role that may ` +
      'do it, once, with migrateSchema, and grant this one usage on the schema and select, insert, update, delete on all its tables.';
    return new SessionStoreError('DATABASE_REFUSED', text, { cause: error, sqlState, retryable: true });
  }
  if (code !== 'QUERY_FAILED') return error;
  return new SessionStoreError('MIGRATION_FAILED', `${message} Nothing was changed.`, { cause: error, sqlState });
}

/** SQLSTATE: insufficient_privilege, and invalid_schema_name, where the role's search path leads nowhere. */
const lacksRight = new Set(['42501', '3F000']);

/** @throws {SessionStoreError} why the database could not be asked */
export async function readSchema(engine: Engine): Promise<SchemaState> {
  const version = await engine.transact(versionOf, {
    doing: 'Reading the schema',
    readOnly: true,
  });
  return { version, known: latest(shippedMigrations()) };
}

async function applyMissing(
  run: Run,
  migrations: readonly MigrationMeta[],
  schema: string | null,
): Promise<SchemaMigration> {
  await run(sql`select pg_advisory_xact_lock(${lockOf(advisoryLock)})`);
  const from = await versionOf(run);
  const known = latest(migrations);
  if (from !== null && from > known) throw tooNew(from, known);
  if (from === null) {
    if (schema !== null) await makeSchema(run, schema);
    await refuseForeignTables(run);
    await makeLog(run);
  }
  const missing = migrations.filter(({ folderMillis }) => folderMillis > (from ?? 0));
  for (const { folderMillis, hash, sql: statements } of missing) {
    for (const statement of statements) await run(sql.raw(statement));
    await run(sql`insert into session_store_migrations (version, hash) values (${folderMillis}::bigint, ${hash})`);
  }
  return { from, to: known, applied: missing.length };
}

const latest = (migrations: readonly MigrationMeta[]): number => migrations.at(-1)?.folderMillis ?? 0;

export const tooNew = (version: number, known: number): SessionStoreError =>
  new SessionStoreError(
    'SCHEMA_TOO_NEW',
    `The database has a newer schema (${version}) than this program knows (${known}). Use a newer version of the program.`,
  );

const versionOf = async (run: Run): Promise<number | null> => ((await hasLog(run)) ? lastApplied(run) : null);

/** `to_regclass` would do, but for what a connection remembers: that the table was not there before it waited for the lock. */
async function hasLog(run: Run): Promise<boolean> {
  const [found] = await run(sql`
    select from pg_class as class join pg_namespace as namespace on namespace.oid = class.relnamespace
    where class.relname = 'session_store_migrations' and namespace.nspname = any (current_schemas(false))`);
  return found !== undefined;
}

async function makeLog(run: Run): Promise<void> {
  await run(sql`
    create table session_store_migrations (
      version bigint primary key,
      hash text not null,
      applied_at timestamptz not null default now()
    )`);
}

async function lastApplied(run: Run): Promise<number | null> {
  const [last] = await run(sql`select max(version) as version from session_store_migrations`);
  return last?.['version'] === null ? null : numberOf(last!, 'version');
}

/** `migrations/` lies beside `src/` and beside `dist/`, and this module lies directly in either. */
function shippedMigrations(): readonly MigrationMeta[] {
  try {
    return readMigrationFiles({ migrationsFolder: fileURLToPath(new URL('../migrations', import.meta.url)) });
  } catch (cause) {
    const text = `The migrations that come with this package cannot be read: ${errnoText(cause)}.`;
    throw new SessionStoreError('MIGRATION_FAILED', text, { cause });
  }
}
