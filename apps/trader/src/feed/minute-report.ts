// A line a minute of what was recorded, so that the log alone shows when it stopped, and for how long.
import type { SessionCounters } from '@trader/session-store';
import { messageOf } from '../errors.ts';
import { countsText } from '../log/counts-text.ts';
import type { Log } from '../log/log.ts';

const names = ['messages', 'snapshots', 'deltas', 'trades', 'gaps'] as const;
type Counts = Pick<SessionCounters, (typeof names)[number]>;

export type Recorded = {
  readonly session: { readonly id: string; readonly counters: Counts } | null;
  /** Another process records. */
  readonly isStandby: boolean;
  readonly books: { readonly synced: number; readonly wanted: number };
};

export class MinuteReport {
  readonly #log: Log;
  #last: Recorded['session'] = null;

  constructor(log: Log) {
    this.#log = log;
  }

  /** What cannot be read is no reason to end a recording. */
  report(read: () => Recorded): void {
    try {
      this.#tell(read());
    } catch (error) {
      this.#log.error({ code: 'UNEXPECTED' }, `what was recorded could not be told: ${messageOf(error)}`);
    }
  }

  #tell({ session, isStandby, books }: Recorded): void {
    const before = session && this.#last?.id === session.id ? this.#last.counters : null;
    this.#last = session;
    const synced = `${books.synced} of ${books.wanted} books are synced`;
    if (isStandby) return this.#log.info({ books }, `standing by; ${synced}`);
    if (!session) return this.#log.warn({ books }, `nothing is being recorded; ${synced}`);
    const counts = Object.fromEntries(
      names.map((name) => [name, session.counters[name] - (before?.[name] ?? 0)]),
    ) as Record<keyof Counts, number>;
    this.#log.info({ recorded: counts, books }, `recorded within a minute: ${countsText(counts)}; ${synced}`);
  }
}
