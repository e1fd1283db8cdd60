// The holes that are stored and were not seen yet. A hole is stored where it begins, and was seen later: by the next number, or
// by the loss of the socket. Until then the client had no reason to doubt its books. So a hole is held here until what showed
// it is reached:
//
// - a number behind it on its subscription, or a record of a later time than its end;
// - of a connection that was lost: a record of another connection, once each of its subscriptions has its hole, as what came
//   on one of them came before the loss of all; or the first record of a new connection;
// - of a subscription that was lost: the reply that said so.
import type { FeedRecord, GapRecord } from '../../records.ts';
import { countedStreams, type RecordedStream, type RecordedStreams } from './recorded-streams.ts';

type Frame = Exclude<FeedRecord, GapRecord>;

export class HeldHoles {
  readonly #streams: RecordedStreams;
  #held: GapRecord[] = [];

  constructor(streams: RecordedStreams) {
    this.#streams = streams;
  }

  get size(): number {
    return this.#held.length;
  }

  /** Holds it, unless it was seen by now. @returns whether it is held */
  hold(gap: GapRecord): boolean {
    const { sid, firstSeq, lastSeq } = gap;
    const stream = this.#streams.find(gap);
    const isPassed = lastSeq !== null && stream !== undefined && stream.sequence.last >= lastSeq;
    const isSeen = sid === null || firstSeq === null || isPassed || isLoss(gap, stream);
    if (!isSeen) this.#held.push(gap);
    return !isSeen;
  }

  all(): GapRecord[] {
    return this.#take(() => true);
  }

  /** What a record shows before it is taken. @param isFirst it is the first of its connection */
  shownBefore(next: Frame, isFirst: boolean): GapRecord[] {
    return this.#take(({ epoch, toAtMs, cause }) => {
      if (toAtMs !== null) return next.receivedAtMs > toAtMs;
      return next.epoch !== epoch && (isFirst || (cause === 'disconnected' && this.#isWhole(epoch)));
    });
  }

  /** What the confirmation of a new subscription shows. */
  shownBySubscribing(epoch: number, channel: string): GapRecord[] {
    return this.#take(
      (gap) => gap.epoch === epoch && gap.cause === 'subscription-lost' && this.#streams.channelOf(gap) === channel,
    );
  }

  /** What a number shows that is behind it. */
  shownByNumber(epoch: number, sid: number | null, seq: number): GapRecord[] {
    return this.#take(
      (gap) =>
        gap.epoch === epoch && gap.sid === sid && (gap.lastSeq === null ? seq >= gap.firstSeq! : seq > gap.lastSeq),
    );
  }

  /** A hole that is the record itself, which could not be read; or the loss of a subscription that the record told. */
  shownBehind({ epoch, sid, seq }: Frame): GapRecord[] {
    return this.#take(
      (gap) =>
        gap.epoch === epoch &&
        ((gap.sid === sid && gap.lastSeq !== null && seq !== null && gap.lastSeq <= seq) ||
          isLoss(gap, this.#streams.find(gap))),
    );
  }

  /** Each subscription of a lost connection has its hole: nothing more came on any. */
  #isWhole(epoch: number): boolean {
    const holed = new Set(this.#held.flatMap((gap) => (gap.epoch === epoch && gap.toAtMs === null ? [gap.sid] : [])));
    return countedStreams(this.#streams.connectionOf(epoch)).every(({ sid }) => holed.has(sid));
  }

  #take(isShown: (gap: GapRecord) => boolean): GapRecord[] {
    const shown = this.#held.filter(isShown);
    if (shown.length > 0) this.#held = this.#held.filter((gap) => !shown.includes(gap));
    return shown;
  }
}

const isLoss = ({ cause }: GapRecord, stream: RecordedStream | undefined): boolean =>
  cause === 'subscription-lost' && stream?.isEnded === true;
