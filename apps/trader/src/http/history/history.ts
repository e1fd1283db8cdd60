// How the feed and the store have done lately: counted each second, kept by the second, by the minute and by ten minutes. It
// takes 1.4 MB, whatever comes. Inside, time is monotonic; it is told by the wall clock as that is set when somebody asks.
import type { ClientStatus, FeedCounters, OrderbookClient } from '@trader/orderbook-client';
import { setTimer } from '../../runtime/set-timer.ts';
import { systemRuntime, type Runtime } from '../../runtime/system-runtime.ts';
import { WallTimes } from '../../runtime/wall-times.ts';
import type { TraderView } from '../../status.ts';
import { ColumnRing, type Fold, type Row } from './column-ring.ts';
import { bucketOf, DELAY_BUCKETS, type DelayBucket } from './delay-histogram.ts';

const folds = {
  coveredMs: 'sum',
  frames: 'sum',
  delays: 'sum',
  delaySumMs: 'sum',
  delayMaxMs: 'max',
  waiting: 'max',
  spooled: 'max',
  spooledBytes: 'max',
  audits: 'sum',
  desyncs: 'sum',
  repairs: 'sum',
  gaps: 'sum',
  books: 'max',
  booksStale: 'max',
} as const;

type Column = keyof typeof folds | DelayBucket;

const allFolds: Readonly<Record<Column, Fold>> = {
  ...folds,
  ...Object.fromEntries(DELAY_BUCKETS.map((bucket) => [bucket, 'sum'] as const)),
};

const [SECOND_MS, MINUTE_MS] = [1_000, 60_000];
/** Between two looks at the books, however often some go stale. */
const LOOK_MS = 100;

/** Each reaches further back than the one before. */
const RINGS = [
  { stepMs: SECOND_MS, slots: 15 * 60 },
  { stepMs: MINUTE_MS, slots: 24 * 60 },
  { stepMs: 10 * MINUTE_MS, slots: 7 * 24 * 6 },
] as const;

export const HISTORY_STEPS_MS: readonly number[] = RINGS.map(({ stepMs }) => stepMs);

export type HistoryPage = {
  readonly stepMs: number;
  /** `null`: nothing was counted yet. */
  readonly sinceMs: number | null;
  /** Times of the wall clock. */
  readonly rows: readonly { readonly atMs: number; readonly row: Row<Column> | null }[];
};

type Sampled = Pick<TraderView, 'client' | 'recorder' | 'backlog'>;

export class History {
  readonly #view: () => Sampled;
  readonly #runtime: Pick<Runtime, 'nowMs' | 'monotonicMs'>;
  readonly #times: WallTimes;
  readonly #rings = RINGS.map(({ stepMs, slots }) => new ColumnRing<Column>(stepMs, slots, allFolds));
  #counted: FeedCounters | null = null;
  #sampledAtMs: number;
  #delays = noDelays();
  /** Of the histogram, since the last sample. */
  readonly #buckets = DELAY_BUCKETS.map(() => 0);
  /** The most since the last sample: what heals between two samples was stale all the same. */
  #mostStale = 0;
  #lookedAtMs = -Infinity;
  #stopTimer = (): void => undefined;

  constructor(view: () => Sampled, runtime: Pick<Runtime, 'nowMs' | 'monotonicMs'> = systemRuntime) {
    this.#view = view;
    this.#runtime = runtime;
    this.#times = new WallTimes(runtime);
    this.#sampledAtMs = runtime.monotonicMs();
  }

  /** Counts the delays of this client's deltas, and its books that are not right, from now on. */
  follow(client: OrderbookClient): void {
    client.on('stale', () => {
      const nowMs = this.#runtime.monotonicMs();
      if (nowMs - this.#lookedAtMs < LOOK_MS) return;
      this.#lookedAtMs = nowMs;
      this.#mostStale = Math.max(this.#mostStale, staleOf(client.status()));
    });
    client.on('delta', ({ exchangeAtMs, receivedAtMs }) => {
      if (exchangeAtMs === null) return;
      const delayMs = receivedAtMs - exchangeAtMs;
      this.#delays.delays++;
      this.#buckets[bucketOf(delayMs)]!++;
      this.#delays.delaySumMs += delayMs;
      if (delayMs > this.#delays.delayMaxMs) this.#delays.delayMaxMs = delayMs;
    });
  }

  start(): void {
    const leftMs = SECOND_MS - (this.#runtime.monotonicMs() % SECOND_MS);
    this.#stopTimer = setTimer(leftMs, () => {
      this.start();
      try {
        this.sample();
      } catch {
        // What cannot be read now is counted with the next sample; until then the answer says that nothing was.
      }
    });
  }

  stop(): void {
    this.#stopTimer();
  }

  /** Counts what came since the last time. It counts for the middle of that time: a timer that is late by little moves nothing. */
  sample(): void {
    const nowMs = this.#runtime.monotonicMs();
    const { client, recorder, backlog } = this.#view();
    const status = client?.status() ?? null;
    const counters = status?.counters ?? null;
    const since = (counter: keyof FeedCounters): number =>
      Math.max((counters?.[counter] ?? 0) - (this.#counted?.[counter] ?? 0), 0);
    const sample = {
      coveredMs: nowMs - this.#sampledAtMs,
      frames: since('frames'),
      ...this.#delays,
      ...Object.fromEntries(DELAY_BUCKETS.map((name, bucket) => [name, this.#buckets[bucket]!])),
      waiting: (backlog?.queuedRecords ?? 0) + (backlog?.spooledRecords ?? 0) + (recorder?.waiting ?? 0),
      spooled: backlog?.spooledRecords ?? 0,
      spooledBytes: backlog?.spooledBytes ?? 0,
      audits: since('audited'),
      desyncs: since('desyncs'),
      repairs: since('repairs'),
      gaps: since('gaps'),
      books: status?.wanted ?? 0,
      booksStale: Math.max(this.#mostStale, status ? staleOf(status) : 0),
    };
    for (const ring of this.#rings) ring.add((this.#sampledAtMs + nowMs) / 2, sample);
    this.#counted = counters ?? this.#counted;
    this.#sampledAtMs = nowMs;
    this.#delays = noDelays();
    this.#buckets.fill(0);
    this.#mostStale = 0;
  }

  /**
   * @param fromMs of the wall clock, as `toMs`. @default as far as the step goes back, or 15 minutes
   * @param stepMs one of `HISTORY_STEPS_MS`. @default the finest that goes back to `fromMs`
   */
  read({ fromMs, toMs = Infinity, stepMs }: HistoryQuery): HistoryPage {
    const offsetMs = this.#times.of(0);
    const nowMs = this.#runtime.monotonicMs();
    const ring =
      this.#rings.find((ring) =>
        stepMs === undefined
          ? fromMs === undefined || fromMs - offsetMs >= nowMs - ring.reachMs
          : ring.stepMs === stepMs,
      ) ?? this.#rings.at(-1)!;
    const { sinceMs } = ring;
    return {
      stepMs: ring.stepMs,
      sinceMs: sinceMs === null ? null : sinceMs + offsetMs,
      rows: ring
        .rows(fromMs === undefined ? -Infinity : fromMs - offsetMs, toMs - offsetMs)
        .map(({ atMs, row }) => ({ atMs: atMs + offsetMs, row })),
    };
  }
}

export type HistoryQuery = {
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly stepMs?: number | undefined;
};

const noDelays = () => ({ delays: 0, delaySumMs: 0, delayMaxMs: -Infinity });

const staleOf = ({ wanted, synced }: Pick<ClientStatus, 'wanted' | 'synced'>): number => Math.max(wanted - synced, 0);
