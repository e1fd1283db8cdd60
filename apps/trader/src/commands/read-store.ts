// The database for commands that do not record.
import { existsSync } from 'node:fs';
import type { SessionStore } from '@trader/session-store';
import { databaseName, resolveConfig, type Database, type Values } from '../config.ts';
import { TraderError } from '../errors.ts';
import { openStore, type StoreTuning } from '../open-store.ts';

/** Whoever records compacts. A reader would only take the work, and the locks, upon itself. */
const WITHOUT_COMPACTION: StoreTuning & { readonly compaction: false } = { compaction: false };

export const databaseOf = (settings: Values): Database =>
  resolveConfig(settings, process.env, { exchange: false }).database;

/**
 * Opens the database that the settings name. A folder that is not there is not made: it would be an empty recording.
 *
 * @throws {TraderError} `CONFIG_INVALID`, `DATABASE_UNAVAILABLE`
 */
export async function readStore(settings: Values): Promise<SessionStore> {
  const database = databaseOf(settings);
  requireThere(database);
  return openStore(database, undefined, {}, WITHOUT_COMPACTION);
}

/** @throws {TraderError} `DATABASE_UNAVAILABLE` for an embedded database's folder that is not there */
export function requireThere(database: Database): void {
  if ('url' in database || existsSync(database.dataDir)) return;
  const text = `--database: there is no folder ${databaseName(database)}. Give the one that was recorded into, or a postgres:// URL`;
  throw new TraderError('DATABASE_UNAVAILABLE', text);
}
