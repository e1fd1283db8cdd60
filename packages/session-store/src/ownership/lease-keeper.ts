import { requireOwnership, type OwnedSession } from './owned-session.ts';
import type { SessionStoreError } from '../errors.ts';
import type { Engine } from '../database/engines/engine.ts';
import { Maintenance } from '../background/maintenance.ts';
import type { ResolvedOptions } from '../options.ts';
import { renewLeases } from './lease-renewal.ts';
import type { SessionId } from '../records.ts';

type Held = { readonly session: OwnedSession; readonly onLost: (error: SessionStoreError) => void };

/**
 * Renews the leases of the sessions that this store owns, all in one statement, several times within a lease. A renewal
 * that fails is left to the next one: what counts is that nobody has taken the session by the time the database is back.
 */
export class LeaseKeeper {
  readonly #engine: Engine;
  readonly #durationMs: number;
  readonly #everyMs: number;
  readonly #held = new Map<SessionId, Held>();
  readonly #renewing: Maintenance;

  constructor(
    engine: Engine,
    { lease, runtime, onMaintenanceFailure }: Pick<ResolvedOptions, 'lease' | 'runtime' | 'onMaintenanceFailure'>,
  ) {
    this.#engine = engine;
    this.#durationMs = lease.durationMs;
    // One more than asked for, so that as many fit in although the lease is a little older than the latest one.
    this.#everyMs = lease.durationMs / (lease.renewalsPerLease + 1);
    const renewal = { name: 'renewing leases', everyMs: this.#everyMs, run: async () => this.#renew() };
    this.#renewing = new Maintenance(runtime, [renewal], onMaintenanceFailure);
  }

  /** @param onLost called once, when the database says that the session is not ours any more; it is not renewed then */
  hold(session: OwnedSession, onLost: (error: SessionStoreError) => void): void {
    this.#held.set(session.id, { session, onLost });
  }

  release(id: SessionId): void {
    this.#held.delete(id);
  }

  async stop(): Promise<void> {
    await this.#renewing.stop();
  }

  async #renew(): Promise<void> {
    const asked = [...this.#held.values()];
    if (asked.length === 0) return;
    const rows = await this.#engine.transact(
      async (run) =>
        renewLeases(
          run,
          asked.map(({ session }) => session),
          this.#durationMs,
        ),
      // A renewal that hangs must leave time for the next one.
      { doing: 'Renewing leases', lane: 'leases', timeoutMs: this.#everyMs },
    );
    for (const { session, onLost } of asked) {
      // Let go of since it was asked for: it may well have ended.
      if (!this.#held.has(session.id)) continue;
      try {
        requireOwnership(rows.get(session.id), session);
      } catch (error) {
        this.release(session.id);
        onLost(error as SessionStoreError);
      }
    }
  }
}
