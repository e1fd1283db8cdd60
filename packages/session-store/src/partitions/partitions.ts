// Days of the large tables. In go the days that are about to be written; each lies in a partition of each table, which is made before its
// first record, for the day or its week. Jobs make those of the days to come, and retention drops those that are too old.
import { dayMs, dayOf } from '../database/day.ts';
import type { SessionStoreError } from '../errors.ts';
import type { Engine, TransactionOptions } from '../database/engines/engine.ts';
import type { Job } from '../background/maintenance.ts';
import { dropExpired } from './retention.ts';
import { createPartitions, databaseNowMs } from './create-partitions.ts';

/** How many days are ready before they come: a weekend without a working maintenance does no harm. */
const daysAhead = 3;

/**
 * Partitions for odd days (an old tape that is recorded again) are made up to this many per table, as each costs every
 * query over all of them a little. What comes after that lies in the default partition.
 */
const mostPartitions = 400;

/** A batch holds a second's records, or a quiet market's month; one with more days than that has a clock that jumps. */
const mostNewDays = 31;

/** Days that are remembered; beyond that all are forgotten and asked for again. */
const maxRemembered = 10_000;

/** Failures that say nothing about partitions: the write that waits for this would fail with them too. */
const unansweredCodes: readonly SessionStoreError['code'][] = ['DATABASE_UNREACHABLE', 'QUERY_TIMEOUT'];

/** With a shorter retention partitions are days, so that little is kept for longer than it must. */
const leastRetentionOfWeeksMs = 60 * dayMs;

/** Everything of a partition is counted before it is dropped. */
const dropTimeoutMs = 60_000;

const hourMs = 3_600_000;

/** Not at once: whoever has just opened a store wants to record. The first day's partitions come with its first batch. */
const firstJobAfterMs = 10_000;

type Retention = { readonly maxAgeMs: number };

/** Sees to it that a day has its partitions before its first record is written, and loses them once it is too old. */
export class Partitions {
  readonly #engine: Engine;
  readonly #size: { readonly most: number; readonly wide: boolean };
  readonly #retention: Retention | null;
  /** Days that need no more thought: they have partitions, or lie in the default one for good. */
  readonly #settled = new Set<number>();

  /** @param retention what will be dropped; `null`: nothing */
  constructor(engine: Engine, retention: Retention | null = null) {
    this.#engine = engine;
    this.#size = { most: mostPartitions, wide: retention === null || retention.maxAgeMs >= leastRetentionOfWeeksMs };
    this.#retention = retention;
  }

  /**
   * Before each write, and nearly always without asking the database. Where a partition cannot be made the default one
   * takes the records, so that only a database which does not answer makes this fail.
   *
   * @param days in which the rows to be written lie
   * @throws {SessionStoreError} when the database could not be asked
   */
  async cover(days: readonly number[]): Promise<void> {
    await this.#cover(days, { doing: 'Creating partitions' });
  }

  /** What is remembered is of another database. */
  forget(): void {
    this.#settled.clear();
  }

  /** Whether what is rewritten of a day finds its partitions there, as far as it ever will. */
  covers(day: number): boolean {
    return this.#settled.has(day);
  }

  /** As `cover`, for what is rewritten in the background. @throws {SessionStoreError} when the database could not be asked */
  async coverDay(day: number): Promise<void> {
    await this.#cover([day], { doing: 'Creating partitions', lane: 'background' });
  }

  async #cover(needed: readonly number[], options: TransactionOptions): Promise<void> {
    const missing = needed.filter((day) => !this.#settled.has(day));
    if (missing.length === 0) return;
    const days = missing.slice(0, mostNewDays);
    try {
      await this.#engine.transact(async (run) => createPartitions(run, days, this.#size), options);
    } catch (cause) {
      const error = cause as SessionStoreError;
      const unanswered = error.sqlState === undefined || unansweredCodes.includes(error.code);
      if (unanswered) throw error;
    }
    if (this.#settled.size + missing.length > maxRemembered) this.#settled.clear();
    for (const day of missing) this.#settled.add(day);
  }

  /** Makes those of today and of the days to come, by the database's clock. @throws {SessionStoreError} */
  async createAhead(): Promise<void> {
    await this.#engine.transact(
      async (run) => {
        const first = dayOf(await databaseNowMs(run));
        const days = Array.from({ length: daysAhead + 1 }, (_, index) => first + index);
        await createPartitions(run, days, this.#size);
      },
      { doing: 'Creating partitions ahead', lane: 'background' },
    );
  }

  /** What to do for them from time to time. */
  jobs(): readonly Job[] {
    const ahead: Job = {
      name: 'creating partitions ahead',
      everyMs: 6 * hourMs,
      firstAfterMs: firstJobAfterMs,
      run: async () => this.createAhead(),
    };
    const retention = this.#retention;
    if (!retention) return [ahead];
    const drop: Job = {
      name: 'dropping expired partitions',
      everyMs: hourMs,
      firstAfterMs: 2 * firstJobAfterMs,
      run: async () => this.dropExpired(retention.maxAgeMs),
    };
    return [ahead, drop];
  }

  /**
   * Drops everything that is older than `maxAgeMs`, one partition per transaction.
   *
   * @returns the partitions dropped, by name
   * @throws {SessionStoreError} what was dropped before it failed stays dropped, and the rest is dropped by the next call
   */
  async dropExpired(maxAgeMs: number): Promise<readonly string[]> {
    const dropped: string[] = [];
    for (;;) {
      const name = await this.#engine.transact(async (run) => dropExpired(run, maxAgeMs), {
        doing: 'Dropping expired partitions',
        lane: 'background',
        makesRoom: true,
        timeoutMs: dropTimeoutMs,
      });
      if (name === null) return dropped;
      dropped.push(name);
      // A day that is recorded again after it expired needs partitions again.
      this.#settled.clear();
    }
  }
}
