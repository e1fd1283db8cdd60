// The connections of a recording, and the subscriptions of each. There may be several at a time.
import type { GapRecord } from '../../records.ts';
import type { WireChannel } from '../../wire.ts';
import type { Message } from '../decode/decode.ts';
import { exchangeError } from '../decode/exchange-errors.ts';
import { SequenceTracker } from '../state/sequence.ts';

/** One connection of the recording. */
export type RecordedConnection = {
  readonly epoch: number;
  readonly streams: Map<number, RecordedStream>;
  /** When its first record arrived, if that was not later than one of a newer connection. */
  openedAtMs: number;
  /** What was missed has no number: no book is known before a snapshot that came after this time. */
  missedUntilMs: number;
  /** Nothing more comes on it, and that was told. */
  isLost: boolean;
};

/** One subscription of it. */
export type RecordedStream = {
  readonly connection: RecordedConnection;
  readonly sid: number;
  channel: WireChannel | null;
  sequence: SequenceTracker;
  /** When its last frame arrived. */
  heardAtMs: number;
  /** The exchange has said that it is over, or the client has another for the channel. */
  isEnded: boolean;
};

type Place = Pick<GapRecord, 'epoch' | 'sid'>;

export class RecordedStreams {
  readonly #connections = new Map<number, RecordedConnection>();
  /** The one that was asked for last, which the next record is mostly of. */
  #latest: RecordedStream | null = null;

  connectionOf(epoch: number): RecordedConnection {
    let connection = this.#connections.get(epoch);
    if (!connection) {
      connection = { epoch, streams: new Map(), openedAtMs: -Infinity, missedUntilMs: -Infinity, isLost: false };
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
      stream = {
        connection,
        sid,
        channel: null,
        sequence: new SequenceTracker(),
        heardAtMs: -Infinity,
        isEnded: false,
      };
      connection.streams.set(sid, stream);
    }
    this.#latest = stream;
    return stream;
  }

  /** The subscription of a record, if it has one and something of it was there. */
  find({ epoch, sid }: Place): RecordedStream | undefined {
    return sid === null ? undefined : this.#connections.get(epoch)?.streams.get(sid);
  }

  channelOf(place: Place): WireChannel | null {
    return this.find(place)?.channel ?? null;
  }

  /** Those on which something may still come. */
  open(): RecordedConnection[] {
    return [...this.#connections.values()].filter(({ isLost }) => !isLost);
  }

  forgetAll(): void {
    this.#connections.clear();
    this.#latest = null;
  }
}

/** Those that a lost connection leaves a hole in: its numbers had begun, and it was not over before. */
export const countedStreams = ({ streams }: RecordedConnection): RecordedStream[] =>
  [...streams.values()].filter(({ sequence, isEnded }) => sequence.last > 0 && !isEnded);

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
