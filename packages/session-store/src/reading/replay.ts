import { arrivalOf, inOrderOfArrival } from './order-of-arrival.ts';
import type { Runtime } from '../runtime.ts';
import type { SessionId, StoreRecord } from '../records.ts';
import { refuseDamage } from './damage.ts';
import type { MarketNames } from './market-names.ts';
import type { Read } from './read.ts';
import { RecordIterator } from './record-iterator.ts';
import { sessionStreams } from './session-streams.ts';
import { spanOf } from './stretch.ts';

export interface ReplayOptions {
  /** Only these markets' deltas, snapshots, trades and facts; gaps, raw frames and facts of no market come all the same. @default all */
  readonly markets?: readonly string[];
  /** Only what arrived at this time or later, in ms since the epoch. A book begins with its first snapshot after it. */
  readonly fromMs?: number;
  /** Only what arrived before this time, in ms since the epoch. */
  readonly toMs?: number;
  /**
   * 1: each record comes when as much time has passed since the first as had passed between their arrivals; 10: ten times as
   * fast. A consumer that is late gets what is due at once. `max`: as fast as possible. @default 'max'
   */
  readonly speed?: number | 'max';
  /** Ends the replay: the iteration then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Where an iteration was asked for: each begins anew. */
export type ReplaySource = {
  readonly read: Read;
  readonly names: MarketNames;
  readonly runtime: Runtime;
};

/**
 * The records of a session in order of arrival: within an (epoch, sid) by number, across them by time of arrival. No stream is
 * ever reordered: where a clock went back, what arrived later counts as having arrived at the time before. Equal times go
 * by epoch, and in it raw frames without a number first, then facts without one, then sids in order, then trades without a number, then holes
 * without one.
 *
 * @param mustExist rejects when there is no such session
 */
export function replay(
  { read, names, runtime }: ReplaySource,
  session: SessionId,
  { markets, speed = 'max', signal, ...time }: ReplayOptions,
  mustExist: () => Promise<void>,
): AsyncIterable<StoreRecord> {
  if (speed !== 'max' && !(speed > 0 && speed < Infinity)) {
    throw new RangeError(`speed must be a positive number or "max", not ${String(speed)}.`);
  }
  const span = spanOf(time);
  const pages = async function* () {
    await mustExist();
    const wanted = markets === undefined ? null : await names.numbersOf(markets);
    const reading = { read, names, session, markets: wanted, span, onDamage: refuseDamage };
    yield* inOrderOfArrival(await sessionStreams(reading));
  };
  return {
    [Symbol.asyncIterator]: () =>
      new RecordIterator(pages(), { runtime, speed: speed === 'max' ? undefined : speed, signal, timeOf: arrivalOf }),
  };
}
