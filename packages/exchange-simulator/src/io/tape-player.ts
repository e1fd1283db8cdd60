// The pace of tapes. In go cursors, the time and how far the audience is behind; out go the frames that are due, to the
// publisher. It waits for the next frame's moment, or for subscribers, plays what is due, and so on.
import { setImmediate as turn } from 'node:timers/promises';
import type { BookLevels } from '../core/market/book.ts';
import { snapshotTail } from '../core/socket/frames.ts';
import type { Market } from '../core/market/market.ts';
import { MergeQueue } from '../core/merge-queue.ts';
import type { Publisher } from '../core/socket/publisher.ts';
import type { Tally } from '../core/tally.ts';
import { ExchangeError } from '../errors.ts';
import type { Runtime } from './runtime.ts';
import type { TapeCursor } from './tape-cursor.ts';

/** Those who listen, as far as the pace depends on them. */
export interface Audience {
  /** Whether somebody follows a market. */
  readonly present: boolean;
  /** Whether somebody who follows a market has so much unsent that an unpaced tape waits. */
  readonly slow: boolean;
  /** Ends the subscriptions of those who have too much unsent. */
  endSlowSubscriptions(): void;
}

/** Those who listen to a tape, which may have holes. */
export interface TapeAudience extends Audience {
  /** Everything that is followed, by anybody. */
  readonly following: number;
  /** So many numbers of the channel are missing for whoever has subscribed to it. */
  skipNumbers(channel: string, count: number): void;
  /** Ends every connection, behind what was sent on it. */
  hangUp(): void;
}

export interface TapePlayerOptions {
  /** The tapes from their beginning. */
  readonly openCursors: () => readonly TapeCursor[];
  /** At the end it begins again, with a snapshot of each market's first book. */
  readonly loop: boolean;
  readonly markets: ReadonlyMap<string, Market>;
  readonly speed: number | 'max';
  readonly audience: TapeAudience;
  readonly runtime: Runtime;
  readonly publisher: Publisher;
  readonly tally: Tally;
}

/** Frames played before the event loop gets its turn: a client in the same process has to run, too. */
const FRAMES_PER_TURN = 256;

/** Plays tapes side by side: waits for the next frame's moment, or for subscribers, plays what is due, and so on. */
export class TapePlayer {
  readonly #options: TapePlayerOptions;
  readonly #queue = new MergeQueue<TapeCursor>();
  readonly #run: Promise<void>;
  /** The books that the markets begin with. */
  readonly #openings: ReadonlyMap<Market, BookLevels>;
  #cursors: readonly TapeCursor[];
  #startedMs: number | undefined;
  #closed = false;
  #resume: (() => void) | undefined;
  #failure: ExchangeError | undefined;
  /** What was followed when the tape had lost its connection: an unpaced one waits until it is again. */
  #followed = 0;

  constructor(options: TapePlayerOptions) {
    this.#options = options;
    this.#cursors = options.openCursors();
    this.#openings = new Map(options.loop ? [...options.markets.values()].map((one) => [one, one.book.levels()]) : []);
    this.#run = this.#play();
  }

  /** Settles when the tapes were played, or one broke, or `close()` was called; never rejects. */
  get finished(): Promise<void> {
    return this.#run;
  }

  /** Why not every frame was played; known when `finished` settles. */
  get failure(): ExchangeError | undefined {
    return this.#failure;
  }

  /** The timelines' zero is now. */
  start(): void {
    this.#startedMs ??= this.#options.runtime.monotonicMs();
    this.wake();
  }

  /** To be called whenever the audience has changed. */
  wake(): void {
    this.#resume?.();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.wake();
    await this.#run;
  }

  async #play(): Promise<void> {
    try {
      while (this.#startedMs === undefined && !this.#closed) await this.#pause();
      await this.#playRound();
      while (this.#options.loop && !this.#closed) {
        await this.#rewind();
        // Nothing but first snapshots is on the tapes: they would go round for nothing.
        if (!(await this.#playRound())) break;
      }
      if (this.#queue.first) {
        this.#failure = new ExchangeError(
          'CLOSED_BEFORE_END',
          'The exchange was closed before its tapes were at their end.',
        );
      }
    } catch (error) {
      if (!ExchangeError.isInstance(error)) throw error;
      this.#failure = error;
    } finally {
      await Promise.all(this.#cursors.map((cursor) => cursor.close()));
    }
  }

  /** @returns whether there was anything to play */
  async #playRound(): Promise<boolean> {
    for (const cursor of this.#cursors) if (await cursor.refill()) this.#queue.push(cursor);
    const isFilled = this.#queue.first !== undefined;
    await this.#playQueue(this.#startedMs ?? 0);
    return isFilled;
  }

  async #rewind(): Promise<void> {
    await Promise.all(this.#cursors.map((cursor) => cursor.close()));
    this.#cursors = this.#options.openCursors();
    this.#startedMs = this.#options.runtime.monotonicMs();
    for (const [market, levels] of this.#openings) {
      this.#options.tally.snapshotsPlayed++;
      market.book.replace(levels);
      market.publishSnapshot(levels, snapshotTail(market, false));
    }
  }

  async #playQueue(startedMs: number): Promise<void> {
    const { speed, audience, runtime } = this.#options;
    for (let first = this.#queue.first; first && !this.#closed; first = this.#queue.first) {
      const paced = speed !== 'max' && first.timed;
      const playedMs = paced ? (runtime.monotonicMs() - startedMs) * speed : Infinity;
      if (paced && first.dueMs > playedMs) {
        await this.#pause((first.dueMs - playedMs) / speed);
      } else if (!paced && (!audience.present || audience.slow || !this.#isBack())) {
        await this.#pause();
      } else {
        await this.#playDue(playedMs);
        await turn();
        // Only now have the sockets been offered what was played.
        if (paced) audience.endSlowSubscriptions();
      }
    }
  }

  async #playDue(untilMs: number): Promise<void> {
    for (let played = 0; played < FRAMES_PER_TURN; played++) {
      const cursor = this.#queue.first;
      if (!cursor || cursor.dueMs > untilMs) return;
      const { frame } = cursor;
      this.#publish(frame);
      if (cursor.advance()) this.#queue.sink();
      else if (!(await cursor.refill())) this.#queue.removeFirst();
      else this.#queue.sink();
      if (frame.kind === 'cut') return;
    }
  }

  #isBack(): boolean {
    if (this.#options.audience.following < this.#followed) return false;
    this.#followed = 0;
    return true;
  }

  #cut(): void {
    const { audience } = this.#options;
    this.#followed = Math.max(this.#followed, audience.following);
    audience.hangUp();
  }

  #publish(frame: TapeCursor['frame']): void {
    const { markets, publisher, tally, audience } = this.#options;
    if (frame.kind === 'cut') return this.#cut();
    if (frame.kind === 'hole') return audience.skipNumbers(frame.channel, frame.missing);
    const market = markets.get(frame.ticker);
    if (frame.kind === 'trade') {
      publisher.publishTrade(market, frame.trade, frame.tail);
      if (market) publisher.publishQuote(market, frame.trade.atMicros);
      return;
    }
    // The scan has seen every ticker, so only a tape that changed meanwhile has another.
    if (!market)
      throw new ExchangeError('TAPE_INVALID', `A tape has changed since it was checked: ${frame.ticker} is new.`);
    if (frame.kind === 'snapshot') {
      tally.snapshotsPlayed++;
      market.publishSnapshot(frame.levels, frame.tail);
    } else {
      publisher.publishDelta(market, frame.side, frame.price, frame.change, frame.tail);
    }
    publisher.publishQuote(market, (frame.atMs ?? 0) * 1000);
  }

  /** Until `wake()`, or the time is over. */
  async #pause(forMs?: number): Promise<void> {
    let cancel: (() => void) | undefined;
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
      if (forMs !== undefined) cancel = this.#options.runtime.setTimer(forMs, resolve);
    });
    cancel?.();
    this.#resume = undefined;
  }
}
