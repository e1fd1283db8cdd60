// How many sessions of each status there are, for the metrics. A database that is away must not hold a scrape up.
import type { SessionStatus, SessionStore } from '@trader/session-store';
import { atMost } from '../../runtime/at-most.ts';
import { systemRuntime } from '../../runtime/system-runtime.ts';

/** A count that is younger than this is good enough. */
const FRESH_FOR_MS = 10_000;
/** Longest that a reader waits for the database; later it gets the count before. */
const PATIENCE_MS = 1_000;

export type SessionCounts = ReadonlyMap<SessionStatus, number>;

export class SessionCounter {
  #counts: SessionCounts | null = null;
  #countedAtMs = -Infinity;
  #counting: Promise<void> | null = null;
  /** Times that the database gave no count. */
  failures = 0;

  /** The latest counts, at most 10 s old while the database answers; `null` before the first. Never rejects. */
  async counts(store: Pick<SessionStore, 'query'> | null): Promise<SessionCounts | null> {
    if (!store || systemRuntime.monotonicMs() - this.#countedAtMs < FRESH_FOR_MS) return this.#counts;
    this.#counting ??= this.#count(store).finally(() => (this.#counting = null));
    await atMost(PATIENCE_MS, this.#counting);
    return this.#counts;
  }

  async #count(store: Pick<SessionStore, 'query'>): Promise<void> {
    try {
      const rows = await store.query('select status, count(*)::int as sessions from sessions group by status');
      this.#counts = new Map(rows.map((row) => [row['status'] as SessionStatus, Number(row['sessions'])]));
      this.#countedAtMs = systemRuntime.monotonicMs();
    } catch {
      // Why is what the store's own status says; here it is enough that it shows.
      this.failures++;
    }
  }
}
