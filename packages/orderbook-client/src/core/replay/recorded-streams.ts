// The connections of a recording, and the subscriptions of each.
import type { GapRecord } from '../../records.ts';
import type { WireChannel } from '../../wire.ts';
import type { Message } from '../decode/decode.ts';
import { exchangeError } from '../decode/exchange-errors.ts';
import { SequenceTracker } from '../state/sequence.ts';

/** One connection of the recording. */
export type RecordedConnection = {
  readonly epoch: number;
  readonly streams: Map<number, RecordedStream>;
  /** What was missed has no number: no book is known before a snapshot that came after this time. */
  missedUntilMs: number;
};

/** One subscription of it. */
export type RecordedStream = {
  readonly connection: RecordedConnection;
  readonly sid: number;
  channel: WireChannel | null;
  sequence: SequenceTracker;
  /** The exchange has said that it is over. */
  isEnded: boolean;
};

export class RecordedStreams {
  readonly #connections = new Map<number, RecordedConnection>();
  /** The one that was asked for last, which the next record is mostly of. */
  #latest: RecordedStream | null = null;

  connectionOf(epoch: number): RecordedConnection {
    let connection = this.#connections.get(epoch);
    if (!connection) {
      connection = { epoch, streams: new Map(), missedUntilMs: -Infinity };
      this.#connections.set(epoch, connection);
    }
    return connection;
  }

  streamOf(epoch: number, sid: number): RecordedStream {
    const latest = this.#latest;
    if (latest?.sid === sid && latest.connection.epoch === epoch) return latest;
    const connection = this.connectionOf(epoch);
    let stream = connection.streams.get(sid);
    if (!stream) {
      stream = { connection, sid, channel: null, sequence: new SequenceTracker(), isEnded: false };
      connection.streams.set(sid, stream);
    }
    this.#latest = stream;
    return stream;
  }

  /** The subscription of a hole, if it has one and something of it was there. */
  find({ epoch, sid }: Pick<GapRecord, 'epoch' | 'sid'>): RecordedStream | undefined {
    return sid === null ? undefined : this.#connections.get(epoch)?.streams.get(sid);
  }

  channelOf(gap: Pick<GapRecord, 'epoch' | 'sid'>): WireChannel | null {
    return this.find(gap)?.channel ?? null;
  }

  forget(epoch: number): void {
    this.#connections.delete(epoch);
    this.#latest = null;
  }
}

/** Notes which subscriptions a reply says to be over. */
export function noteEnded({ streams }: RecordedConnection, sid: number | null, message: Message): void {
  const isTerminal = message.kind === 'error' && exchangeError(message.code).terminal;
  const listed = message.kind === 'ok' ? message.subscriptions : null;
  for (const stream of streams.values()) {
    const isMeant = sid === null ? streams.size === 1 : stream.sid === sid;
    const isLeftOut = listed !== null && !listed.some((one) => one.sid === stream.sid);
    if (isLeftOut || (isMeant && (isTerminal || message.kind === 'unsubscribed'))) stream.isEnded = true;
  }
}
