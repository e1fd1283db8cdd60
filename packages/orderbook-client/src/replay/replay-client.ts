// A recording with the interface of the live client.
import { Client } from '../client.ts';
import type { OrderbookClient } from '../client-api.ts';
import type { OrderbookClientError } from '../errors.ts';
import { longTimers } from '../io/guarded-runtime.ts';
import { systemRuntime, type Runtime } from '../io/runtime.ts';
import { objectWith, quote } from '../option-checks.ts';
import { resolveOptions } from '../options.ts';
import { RecordedTime } from './recorded-time.ts';
import type { RecordSource } from '../core/recording/join-recordings.ts';
import { ReplayDriver, type ReplayReaders } from './replay-driver.ts';

export interface ReplayClientOptions {
  /**
   * The recording, in order: `store.replay(session)`, a list, whatever can be read with `for await`. It is read once, from
   * `start()` on.
   */
  readonly source: RecordSource;
  /** 1: as fast as it was; 10: ten times as fast; `max`: as fast as the records are taken. @default 'max' */
  readonly speed?: number | 'max';
  /**
   * The markets that are wanted, as a live client is told: nothing is told of books and trades of others. Left out, every market is
   * wanted from its first record on.
   */
  readonly markets?: readonly string[];
  /** This machine's clock and timers, for the pace. @default the system's */
  readonly runtime?: Pick<Runtime, 'setTimer'> & Required<Pick<Runtime, 'monotonicMs'>>;
}

export interface ReplayClient extends OrderbookClient {
  /**
   * Resolves when the recording is over, or was closed.
   *
   * @throws {OrderbookClientError} `REPLAY_SOURCE_FAILED`, with what the source threw as its cause
   */
  readonly finished: Promise<void>;
}

/**
 * Replays a recording to whoever uses the live client.
 *
 * @throws {TypeError | RangeError} for wrong options, quoting the value
 */
export function createReplayClient(options: ReplayClientOptions): ReplayClient {
  return new ReplayingClient(options);
}

class ReplayingClient extends Client implements ReplayClient {
  readonly #driver: ReplayDriver;

  constructor(options: ReplayClientOptions) {
    const given = objectWith('options', options, [
      'source',
      'speed',
      'markets',
      'runtime',
    ]) as Partial<ReplayClientOptions>;
    const { markets, runtime = systemRuntime as Required<Runtime> } = given;
    const source = sourceOf(given.source);
    const speed = speedOf(given.speed ?? 'max');
    const time = new RecordedTime();
    // What a live client needs to connect, a replay has no use for.
    const unused = { url: 'ws://replay.invalid', credentials: { keyId: 'replay', sign: () => '' } };
    let driver!: ReplayDriver;
    let readers!: ReplayReaders;
    super(resolveOptions({ ...unused, markets: markets ?? [], runtime: time }), (resolved, feed, emit) => {
      const pace = { setTimer: longTimers(runtime), monotonicMs: () => runtime.monotonicMs() };
      const config = { ...resolved, ...feed, random: () => time.random() };
      driver = new ReplayDriver(
        { source, speed, time, runtime: pace, takesAll: markets === undefined },
        config,
        emit,
        () => readers,
      );
      return driver;
    });
    this.#driver = driver;
    readers = this.#asReaders();
  }

  get finished(): Promise<void> {
    return this.#driver.finished;
  }

  protected override onRead(): void {
    this.#driver.readerReturned();
  }

  #asReaders(): ReplayReaders {
    const isBehind = (): boolean => this.isReaderBehind;
    const waits = this.waits;
    return {
      get isBehind() {
        return isBehind();
      },
      waits,
      over: (error: OrderbookClientError | null) => {
        if (error) this.failReaders(error);
        void this.close();
      },
    };
  }
}

function sourceOf(source: unknown): RecordSource {
  const isIterable =
    typeof source === 'object' && source !== null && (Symbol.asyncIterator in source || Symbol.iterator in source);
  if (isIterable) return source as RecordSource;
  throw new TypeError(`source must be an iterable of records, such as store.replay(session), not ${quote(source)}`);
}

function speedOf(speed: unknown): number | 'max' {
  if (speed === 'max') return speed;
  if (typeof speed !== 'number') throw new TypeError(`speed must be a number or 'max', not ${quote(speed)}`);
  if (speed > 0 && speed < Infinity) return speed;
  throw new RangeError(`speed must be above 0 and finite, or 'max', not ${quote(speed)}`);
}
