import {
  createSessionStore,
  type SessionStore,
  type SessionStoreTuning,
  type StoreStatus,
} from '@trader/session-store';
import type { Config, Database } from './config.ts';
import { messageOf, TraderError } from './errors.ts';

/** How the store works; the configuration gives the rest. */
export type StoreTuning = Pick<
  SessionStoreTuning,
  'spool' | 'lease' | 'batch' | 'queue' | 'queryTimeoutMs' | 'onRecovery' | 'onMaintenanceFailure'
>;

/**
 * Opens the database that the configuration names.
 *
 * @throws {TraderError} `DATABASE_UNAVAILABLE`, with the store's own error as its cause
 */
export async function openStore(
  database: Database,
  onStatus: (status: StoreStatus) => void = () => undefined,
  { maxAgeMs = null }: Partial<Config['retention']> = {},
  tuning: StoreTuning = {},
): Promise<SessionStore> {
  try {
    return await createSessionStore({
      ...database,
      ...tuning,
      onStatus,
      ...(maxAgeMs !== null && { retention: { maxAgeMs } }),
    });
  } catch (cause) {
    throw new TraderError('DATABASE_UNAVAILABLE', `--database: ${messageOf(cause)}`, { cause });
  }
}
