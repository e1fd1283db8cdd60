import { requireOwnership, type OwnedSession } from './owned-session.ts';
import type { SessionStoreError } from '../errors.ts';
import type { Engine } from '../database/engines/engine.ts';
import { Maintenance } from '../background/maintenance.ts';
import type { ResolvedOptions } from '../options.ts';
import type { Runtime } from '../runtime.ts';
import { renewLeases } from './lease-renewal.ts';
import type { SessionId } from '../records.ts';

type Held = {
  readonly session: OwnedSession;
  readonly onLost: (error: SessionStoreError) => void;
  readonly onAsked: () => void;
  /** When it was renewed last, by the monotonic clock: the lease began no earlier. */
  renewedAtMs: number;
  /** When the database was asked last, of the questions that are over. */
  askedAtMs: number;
};

/**
 * Renews the leases of the sessions that this store owns, all in one statement, several times within a lease. A renewal
 * that fails is left to the next one: what counts is that nobody has taken the session by the time the database is back.
 */
export class LeaseKeeper {
  readonly #engine: Engine;
  readonly #runtime: Runtime;
  readonly #durationMs: number;
  readonly #everyMs: number;
  readonly #held = new Map<SessionId, Held>();
  readonly #renewing: Maintenance;

  constructor(
    engine: Engine,
    { lease, runtime, onMaintenanceFailure }: Pick<ResolvedOptions, 'lease' | 'runtime' | 'onMaintenanceFailure'>,
  ) {
    this.#engine = engine;
    this.#runtime = runtime;
    this.#durationMs = lease.durationMs;
    // One more than asked for, so that as many fit in although the lease is a little older than the latest one.
    this.#everyMs = lease.durationMs / (lease.renewalsPerLease + 1);
    const renewal = { name: 'renewing leases', everyMs: this.#everyMs, run: async () => this.#renew() };
    this.#renewing = new Maintenance(runtime, [renewal], onMaintenanceFailure);
  }

  /**
   * @param onLost called once, when the database says that the session is not ours any more; it is not renewed then
   * @param onAsked called after each other renewal, be it that the lease was renewed or that the database did not answer
   */
  hold(session: OwnedSession, onLost: (error: SessionStoreError) => void, onAsked: () => void = () => undefined): void {
    const atMs = this.#runtime.monotonicMs();
    this.#held.set(session.id, { session, onLost, onAsked, renewedAtMs: atMs, askedAtMs: atMs });
  }

  /** The shortest of the leases that are held, from now on; below 0 when it has run out. `null`: none is held. */
  get leftMs(): number | null {
    if (this.#held.size === 0) return null;
    const oldestMs = Math.min(...[...this.#held.values()].map(({ renewedAtMs }) => renewedAtMs));
    return oldestMs + this.#durationMs - this.#runtime.monotonicMs();
  }

  /**
   * Whether the database was not even asked for a lease's time, as this process did not run: whoever asked meanwhile may have the
   * session. A database that does not answer leaves no such doubt: nobody can tell then, and nobody is to wait for it.
   */
  isInDoubt(id: SessionId): boolean {
    const held = this.#held.get(id);
    return held !== undefined && this.#runtime.monotonicMs() - held.askedAtMs > this.#durationMs;
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
    const askedAtMs = this.#runtime.monotonicMs();
    try {
      await this.#ask(asked, askedAtMs);
    } finally {
      for (const held of asked) {
        held.askedAtMs = askedAtMs;
        if (this.#held.has(held.session.id)) held.onAsked();
      }
    }
  }

  async #ask(asked: readonly Held[], askedAtMs: number): Promise<void> {
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
    for (const held of asked) {
      const { session, onLost } = held;
      // Let go of since it was asked for: it may well have ended.
      if (!this.#held.has(session.id)) continue;
      try {
        requireOwnership(rows.get(session.id), session);
        held.renewedAtMs = askedAtMs;
      } catch (error) {
        this.release(session.id);
        onLost(error as SessionStoreError);
      }
    }
  }
}
