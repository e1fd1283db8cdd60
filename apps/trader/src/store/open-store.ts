import {
  createSessionStore,
  SessionStoreError,
  type SessionStore,
  type SessionStoreTuning,
  type StoreEvent,
} from '@trader/session-store';
import type { Config, Database } from '../config/load-config.ts';
import { messageOf, TraderError } from '../errors.ts';

/** How the store works; the configuration gives the rest. */
export type StoreTuning = Pick<SessionStoreTuning, 'spool' | 'lease' | 'batch' | 'queue' | 'queryTimeoutMs'>;

/**
 * Opens the database that the configuration names.
 *
 * @throws {TraderError} `DATABASE_UNAVAILABLE`, with the store's own error as its cause
 */
export async function openStore(
  database: Database,
  on: (event: StoreEvent) => void = () => undefined,
  { maxAgeMs = null }: Partial<Config['retention']> = {},
  tuning: StoreTuning = {},
): Promise<SessionStore> {
  try {
    return await createSessionStore({
      ...database,
      ...tuning,
      on,
      ...(maxAgeMs !== null && { retention: { maxAgeMs } }),
    });
  } catch (cause) {
    throw unavailable(database, cause);
  }
}

/** Names the setting that the store's failure is about. */
export function unavailable(database: Database, cause: unknown): TraderError {
  if (cause instanceof TraderError) return cause;
  const setting = isOfSpool(database, cause) ? '--spool-dir' : '--database';
  return new TraderError('DATABASE_UNAVAILABLE', `${setting}: ${messageOf(cause)}`, { cause });
}

/** A server has no folder, so that one which cannot be had is the spool's. */
const isOfSpool = (database: Database, error: unknown): boolean =>
  SessionStoreError.isInstance(error) &&
  (error.code.startsWith('SPOOL_') || ('url' in database && error.code.startsWith('DATA_DIR_')));
