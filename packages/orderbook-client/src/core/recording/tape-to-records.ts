// The lines of a tape as the records that a client would have made of its frames.
import { eventToRecord, type FeedRecord, type GapRecord } from '../../records.ts';
import { decodeFrame, type Message } from '../decode/decode.ts';
import { isFields } from '../decode/fields.ts';
import { messageToEvent } from '../decode/message-event.ts';
import { SequenceTracker } from '../state/sequence.ts';
import { HOLE_FRAME } from './record-to-frame.ts';

/**
 * Frames are read by the client's own decoder. Numbers that are missing are holes, as the client names them; one that was seen before is left
 * out. A line that says no `epoch` is of the connection at hand: a new one begins where a subscription is confirmed again, or its
 * numbers begin again.
 *
 * @param lines `{"recv_ms", "event"}`, or frames alone, one each
 */
export function tapeToRecords(lines: Iterable<string>): Generator<FeedRecord, void, undefined>;
export function tapeToRecords(lines: AsyncIterable<string>): AsyncGenerator<FeedRecord, void, undefined>;
export function tapeToRecords(
  lines: Iterable<string> | AsyncIterable<string>,
): Generator<FeedRecord, void, undefined> | AsyncGenerator<FeedRecord, void, undefined> {
  return Symbol.asyncIterator in lines ? readLater(lines) : readAtOnce(lines);
}

function* readAtOnce(lines: Iterable<string>): Generator<FeedRecord, void, undefined> {
  const tape = new TapeReader();
  for (const line of lines) yield* tape.take(line);
}

async function* readLater(lines: AsyncIterable<string>): AsyncGenerator<FeedRecord, void, undefined> {
  const tape = new TapeReader();
  // Not `yield*`, which waits for each record twice.
  for await (const line of lines) for (const record of tape.take(line)) yield record;
}

type Stream = { readonly sid: number; sequence: SequenceTracker; heardAtMs: number };
type Connection = { readonly epoch: number; readonly streams: Map<number, Stream>; isLost: boolean };

/** A line of a tape, the frame's text as it is on it. */
type TapeLine = { readonly atMs: number | null; readonly epoch: number | null; readonly text: string };

class TapeReader {
  readonly #connections = new Map<number, Connection>();
  #epoch = 1;
  #atMs = 0;

  take(line: string): FeedRecord[] {
    if (line.trim() === '') return [];
    const { atMs, epoch, text } = readLine(line);
    if (atMs !== null) this.#atMs = atMs;
    const message = decodeFrame(text);
    const records: FeedRecord[] = [];
    if (epoch !== null) this.#epoch = epoch;
    const hole = message.kind === 'unrecognized' && message.frameType === HOLE_FRAME ? readHole(text) : null;
    if (hole) {
      records.push(this.#takeHole(hole));
      return records;
    }
    if (epoch === null && this.#beginsAnew(message)) records.push(...this.#loseConnection());
    const { sid = null, seq = null } = message as { readonly sid?: number | null; readonly seq?: number | null };
    const stream = sid === null ? null : this.#streamOf(sid, message);
    if (stream && seq !== null) {
      const expected = stream.sequence.last + 1;
      const verdict = stream.sequence.accept(seq);
      if (verdict === 'reset' && epoch === null) return [...this.#loseConnection(), ...this.take(line)];
      if (verdict === 'duplicate' || verdict === 'reset') return records;
      if (verdict === 'gap') records.push(this.#hole(stream, expected, seq - 1, 'sequence', null));
    }
    if (stream) stream.heardAtMs = this.#atMs;
    const place = { epoch: this.#epoch, sid, seq, receivedAtMs: this.#atMs, text };
    records.push(eventToRecord(messageToEvent(message, place)));
    if (message.kind === 'violation' && stream && seq !== null)
      records.push(this.#hole(stream, seq, seq, 'violation', message.market));
    return records;
  }

  #connection(): Connection {
    const epoch = this.#epoch;
    let connection = this.#connections.get(epoch);
    if (!connection) this.#connections.set(epoch, (connection = { epoch, streams: new Map(), isLost: false }));
    return connection;
  }

  /** Numbers count from 1, but for a tape that begins in the midst of them. */
  #streamOf(sid: number, message: Message): Stream {
    const { streams } = this.#connection();
    let stream = streams.get(sid);
    if (!stream) {
      const before = 'seq' in message && message.seq !== null ? message.seq - 1 : 0;
      stream = { sid, sequence: new SequenceTracker(before), heardAtMs: this.#atMs };
      streams.set(sid, stream);
    }
    return stream;
  }

  #beginsAnew(message: Message): boolean {
    const { streams, isLost } = this.#connection();
    if (isLost) return true;
    const { sid } = message as { readonly sid?: number | null };
    const last = typeof sid === 'number' ? (streams.get(sid)?.sequence.last ?? 0) : 0;
    return last > 1 && (message.kind === 'subscribed' || ('seq' in message && message.seq === 1));
  }

  #loseConnection(): GapRecord[] {
    const { streams, isLost } = this.#connection();
    const counted = isLost ? [] : [...streams.values()].filter(({ sequence }) => sequence.last > 0);
    const holes = counted.map((stream): GapRecord => ({
      ...this.#hole(stream, stream.sequence.last + 1, null, 'disconnected', null),
      toAtMs: null,
    }));
    this.#epoch++;
    return holes;
  }

  #hole(
    { sid, heardAtMs }: Stream,
    firstSeq: number,
    lastSeq: number | null,
    cause: string,
    market: string | null,
  ): GapRecord {
    const { epoch } = this.#connection();
    return { kind: 'gap', epoch, sid, firstSeq, lastSeq, fromAtMs: heardAtMs, toAtMs: this.#atMs, cause, market };
  }

  #takeHole(hole: Omit<GapRecord, 'kind' | 'epoch'>): GapRecord {
    const connection = this.#connection();
    const { sid, lastSeq, firstSeq, cause } = hole;
    const stream = sid === null ? undefined : connection.streams.get(sid);
    if (stream && lastSeq !== null && lastSeq > stream.sequence.last) stream.sequence = new SequenceTracker(lastSeq);
    if (cause === 'disconnected' && firstSeq !== null && lastSeq === null) connection.isLost = true;
    return { kind: 'gap', epoch: connection.epoch, ...hole };
  }
}

/** As the exchange and this package's writer spell it; `s` as a frame's text may be anything. */
const LINE = /^\{"recv_ms":(\d+(?:\.\d+)?),(?:"epoch":(\d+),)?"event":(.*)\}\s*$/s;

function readLine(line: string): TapeLine {
  const [, received, epoch, text] = LINE.exec(line) ?? [];
  if (text !== undefined)
    return { atMs: Math.floor(Number(received)), epoch: epoch === undefined ? null : Number(epoch), text };
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { atMs: null, epoch: null, text: line };
  }
  if (!isFields(parsed)) return { atMs: null, epoch: null, text: line };
  if (!('event' in parsed)) {
    const { msg } = parsed as { readonly msg?: unknown };
    return { atMs: numberOf(isFields(msg) ? msg['ts_ms'] : null), epoch: null, text: line };
  }
  const { recv_ms: receivedMs, epoch: number, event } = parsed;
  return { atMs: numberOf(receivedMs), epoch: numberOf(number), text: JSON.stringify(event) };
}

const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? Math.floor(value) : null;

function readHole(text: string): Omit<GapRecord, 'kind' | 'epoch'> | null {
  const { msg } = JSON.parse(text) as { readonly msg?: unknown };
  if (!isFields(msg)) return null;
  const { cause, market_ticker: market } = msg as { readonly cause?: unknown; readonly market_ticker?: unknown };
  return {
    sid: numberOf(msg['sid']),
    firstSeq: numberOf(msg['first_seq']),
    lastSeq: numberOf(msg['last_seq']),
    fromAtMs: numberOf(msg['from_ms']) ?? 0,
    toAtMs: numberOf(msg['to_ms']),
    cause: typeof cause === 'string' ? cause : 'unknown',
    market: typeof market === 'string' ? market : null,
  };
}
