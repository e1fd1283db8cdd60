// Drives a replay: takes records from the source, one when the last has been told and read and its time has come, and
// decides nothing. Whatever reads with `for await` is waited for; so is whoever has called `waitFor` or `whenSynced`.
import type { Feed } from '../client.ts';
import { isReference, type RecordSource } from '../core/recording/join-recordings.ts';
import { ReplayFeed } from '../core/replay/replay-feed.ts';
import type { FeedConfig, FeedEffect, FeedInput } from '../core/state/feed-state.ts';
import { OrderbookClientError } from '../errors.ts';
import type { OrderbookEvent } from '../events.ts';
import { isPromise } from '../io/is-promise.ts';
import type { Runtime } from '../io/runtime.ts';
import type { FeedRecord, ReferenceRecord } from '../records.ts';
import type { RecordedTime } from './recorded-time.ts';

/** Who reads what is told. */
export interface ReplayReaders {
  /** Some reader has not come back for what comes next. */
  readonly isBehind: boolean;
  /** Calls that wait for events, and how many have ended. */
  readonly waits: { readonly size: number; readonly ended: number };
  /** The replay is over. @param error why the source ended it */
  over(error: OrderbookClientError | null): void;
}

export type ReplayDriverOptions = {
  readonly source: RecordSource;
  readonly speed: number | 'max';
  readonly time: RecordedTime;
  /** Of this machine, for the pace. */
  readonly runtime: Pick<Runtime, 'setTimer'> & Required<Pick<Runtime, 'monotonicMs'>>;
  readonly takesAll: boolean;
};

/** So many records are taken at a time before other work of the process gets its turn. */
const RECORDS_PER_TURN = 256;

/** An input without its time. */
type Fact = FeedInput extends infer Input ? (Input extends FeedInput ? Omit<Input, 'atMs'> : never) : never;

export class ReplayDriver implements Feed {
  readonly finished: Promise<void>;
  readonly #settle: PromiseWithResolvers<void>;
  readonly #options: ReplayDriverOptions;
  readonly #feed: ReplayFeed;
  readonly #emit: (event: OrderbookEvent) => void;
  readonly #readers: () => ReplayReaders;
  readonly #effects: FeedEffect[] = [];
  #iterator: AsyncIterator<FeedRecord | ReferenceRecord> | Iterator<FeedRecord | ReferenceRecord> | null = null;
  #isStarted = false;
  #isOver = false;
  #isPaused = false;
  /** Something that is waited for may have changed. */
  #wake: () => void = () => undefined;
  /** A moment of this machine (monotonic), and of the recording, that belong together; `null`: the next record's time is now. */
  #anchor: { readonly realMs: number; readonly recordedMs: number } | null = null;
  #sinceTurn = 0;

  constructor(
    options: ReplayDriverOptions,
    config: FeedConfig,
    emit: (event: OrderbookEvent) => void,
    readers: () => ReplayReaders,
  ) {
    this.#options = options;
    this.#feed = new ReplayFeed(config, options.takesAll);
    this.#emit = emit;
    this.#readers = readers;
    this.#settle = Promise.withResolvers<void>();
    this.finished = this.#settle.promise;
    // Who does not look at it hears of a failure by a "problem" event.
    this.finished.catch(() => undefined);
  }

  get state(): Feed['state'] {
    return this.#feed.state;
  }

  tell(fact: Fact): void {
    if (this.#isOver) return;
    if (fact.type === 'markets-added') this.#feed.addMarkets(fact.markets);
    else if (fact.type === 'markets-removed') this.#feed.removeMarkets(fact.markets);
    else if (fact.type === 'start-requested' && !this.#isStarted) {
      this.#isStarted = true;
      this.#tell(this.#feed.start(this.#nowMs));
      void this.#run();
    }
  }

  setPaused(paused: boolean): void {
    this.#isPaused = paused;
    this.#anchor = null;
    this.#wake();
  }

  /** In a recording nothing is repaired: it has what was done about it. */
  repairOf(): null {
    return null;
  }

  /** A recording has no key, and no connection that could be made anew. */
  setSigner(): void {}
  reconnect(): void {}

  /** Whatever the recording has up to now was taken. */
  barrier(): Promise<void> {
    return this.#isOver
      ? Promise.reject(new OrderbookClientError('CLOSED', 'The client is closed.'))
      : Promise.resolve();
  }

  close(): Promise<void> {
    this.#end(true);
    return Promise.resolve();
  }

  /** A reader has come back. */
  readerReturned(): void {
    this.#wake();
  }

  get #nowMs(): number {
    return this.#options.time.nowMs();
  }

  async #run(): Promise<void> {
    // Whoever has started it may want to do something before the first record.
    await this.#turn();
    try {
      const { source } = this.#options;
      const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
      this.#iterator = iterator;
      while (!this.#isOver) {
        const next = iterator.next();
        const { done, value } = isPromise(next) ? await next : next;
        if (this.#isOver) return;
        if (done) break;
        if (isReference(value)) {
          if (++this.#sinceTurn >= RECORDS_PER_TURN) await this.#turn();
          continue;
        }
        const toWaitFor = this.#play(value);
        if (toWaitFor) await toWaitFor;
      }
    } catch (cause) {
      this.#fail(cause);
      return;
    }
    if (this.#isOver) return;
    this.#tell(this.#feed.before(null, this.#nowMs));
    await this.#untilRead(-1);
    this.#end(false);
  }

  /** Tells one record. @returns what is to be waited for before the next one, if anything */
  #play(record: FeedRecord): Promise<void> | undefined {
    const { speed, time } = this.#options;
    const before = this.#feed.before(record, this.#nowMs);
    const atMs = Math.max(arrivalOf(record, this.#nowMs), this.#nowMs);
    const isAtOnce = speed === 'max' && !this.#isPaused && before.length === 0 && time.nextDueMs > atMs;
    if (!isAtOnce) return this.#playLater(record, before, atMs);
    const { ended } = this.#readers().waits;
    time.advanceTo(atMs);
    return this.#take(record, atMs, ended);
  }

  async #playLater(record: FeedRecord, before: readonly OrderbookEvent[], atMs: number): Promise<void> {
    const { ended } = this.#readers().waits;
    this.#tell(before);
    await this.#untilRead(ended);
    await this.#untilDue(atMs);
    if (this.#isOver) return;
    const { ended: endedLater } = this.#readers().waits;
    this.#options.time.advanceTo(atMs);
    await this.#take(record, atMs, endedLater);
  }

  #take(record: FeedRecord, atMs: number, ended: number): Promise<void> | undefined {
    const effects = this.#effects;
    effects.length = 0;
    this.#feed.take(record, atMs, effects);
    this.#tell(effects as OrderbookEvent[]);
    const { isBehind, waits } = this.#readers();
    if (isBehind || waits.ended !== ended) return this.#untilRead(ended);
    return ++this.#sinceTurn >= RECORDS_PER_TURN ? this.#turn() : undefined;
  }

  #tell(events: readonly OrderbookEvent[]): void {
    for (const event of events) this.#emit(event);
  }

  /** Whoever has waited goes on, and whoever reads comes back. A reader that waits for an event itself is not waited for. */
  async #untilRead(ended: number): Promise<void> {
    if (this.#readers().waits.ended !== ended) await this.#turn();
    while (this.#readers().isBehind && !this.#isOver) {
      if (this.#readers().waits.size > 0) return this.#turn();
      await this.#change();
    }
  }

  /** Until the time of the recording has come, at the speed that was asked for. A call that waits may be over before. */
  async #untilDue(atMs: number): Promise<void> {
    const { time } = this.#options;
    for (;;) {
      while (this.#isPaused && !this.#isOver) await this.#change();
      if (this.#isOver) return;
      const { nextDueMs } = time;
      const delayMs = this.#delayMs(Math.min(atMs, nextDueMs));
      if (delayMs > 0) {
        await this.#sleep(delayMs);
      } else if (nextDueMs <= atMs) {
        time.advanceTo(nextDueMs);
        await this.#turn();
      } else {
        return;
      }
    }
  }

  /** How long it is on this machine until a time of the recording. */
  #delayMs(untilMs: number): number {
    const { speed, runtime } = this.#options;
    if (speed === 'max') return 0;
    this.#anchor ??= { realMs: runtime.monotonicMs(), recordedMs: this.#nowMs === 0 ? untilMs : this.#nowMs };
    return this.#anchor.realMs + (untilMs - this.#anchor.recordedMs) / speed - runtime.monotonicMs();
  }

  async #sleep(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.runtime.setTimer(delayMs, resolve);
    await Promise.race([promise, this.#change()]);
    cancel();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Promises run, and whatever else the process has to do. */
  #turn(): Promise<void> {
    this.#sinceTurn = 0;
    return new Promise((resolve) => void this.#options.runtime.setTimer(0, resolve));
  }

  #fail(cause: unknown): void {
    if (this.#isOver) return;
    const text =
      'The source of the replay failed: see cause. What it gave before was told; make the source anew, and replay it again.';
    const error = new OrderbookClientError('REPLAY_SOURCE_FAILED', text, { cause });
    this.#emit({ type: 'problem', error, retryInMs: null, atMs: this.#nowMs });
    this.#end(true, error);
  }

  #end(isLost: boolean, error: OrderbookClientError | null = null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#tell(this.#feed.end(isLost, this.#nowMs));
    if (error) this.#settle.reject(error);
    else this.#settle.resolve();
    this.#wake();
    // A source that has ended has nothing to give back.
    if (isLost && !error) void this.#giveBack();
    this.#readers().over(error);
  }

  /** Lets go of the source. It may be waiting for its next record, so that nobody waits for this. */
  async #giveBack(): Promise<void> {
    try {
      await this.#iterator?.return?.();
    } catch {
      // It is not read any more, so that there is nothing to tell.
    }
  }
}

/** When a record arrived, or a hole began; what is no record has no time. */
const arrivalOf = (record: FeedRecord, nowMs: number): number => {
  const { receivedAtMs, fromAtMs } = (record ?? {}) as { readonly receivedAtMs?: unknown; readonly fromAtMs?: unknown };
  const atMs = receivedAtMs ?? fromAtMs;
  return typeof atMs === 'number' && Number.isFinite(atMs) ? atMs : nowMs;
};
