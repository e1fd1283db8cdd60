// The database for commands that do not record.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openReader, type SessionReader } from '@trader/session-store';
import { databaseName, resolveConfig, type Database, type Values } from '../../config/load-config.ts';
import { TraderError } from '../../errors.ts';
import { openStore, unavailable, type StoreTuning } from '../../store/open-store.ts';

/** The settings' database, for commands that connect to no exchange. */
export const databaseOf = (settings: Values): Database =>
  resolveConfig(settings, process.env, { exchange: false }).database;

/**
 * Opens the database that the settings name. On a server nothing is changed, so that a standby will do, and the database of a recorder
 * that runs keeps its version. A folder that is not there is not made: it would be an empty recording.
 *
 * @throws {TraderError} `CONFIG_INVALID`, `DATABASE_UNAVAILABLE`
 */
export async function readStore(settings: Values): Promise<SessionReader> {
  const database = databaseOf(settings);
  requireThere(database);
  if ('url' in database) {
    return openReader(database).catch((cause: unknown) => {
      throw unavailable(database, cause);
    });
  }
  return openStore(database, undefined, {}, tuningOf(database));
}

/** Whoever records compacts: a reader would only take the work upon itself. Nor does it make a spool. */
function tuningOf(database: Database): StoreTuning & { readonly compaction: false } {
  const hasSpool = 'dataDir' in database && existsSync(join(database.dataDir, 'spool'));
  return { compaction: false, ...(!hasSpool && { spool: false }) };
}

/** @throws {TraderError} `DATABASE_UNAVAILABLE` for a folder that is not there, or that is no embedded database's */
export function requireThere(database: Database): void {
  if ('url' in database || existsSync(join(database.dataDir, 'pglite', 'PG_VERSION'))) return;
  const name = databaseName(database);
  const text = existsSync(database.dataDir)
    ? `there is no recording in ${name}. Give the folder that was recorded into, or a postgres:// URL`
    : `there is no folder ${name}. Give the one that was recorded into, or a postgres:// URL`;
  throw new TraderError('DATABASE_UNAVAILABLE', `--database: ${text}`);
}
