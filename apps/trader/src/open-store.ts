import { createSessionStore, type SessionStore, type StoreStatus } from '@trader/session-store';
import type { Database } from './config.ts';
import { messageOf, TraderError } from './errors.ts';

/**
 * Opens the database that the configuration names.
 *
 * @throws {TraderError} `DATABASE_UNAVAILABLE`, with the store's own error as its cause
 */
export async function openStore(
  database: Database,
  onStatus: (status: StoreStatus) => void = () => undefined,
): Promise<SessionStore> {
  try {
    return await createSessionStore({ ...database, onStatus });
  } catch (cause) {
    throw new TraderError('DATABASE_UNAVAILABLE', `--database: ${messageOf(cause)}`, { cause });
  }
}
