// Recordings that were made one after the other, as one: a recorder that was restarted has made several.
import type { FeedRecord, GapRecord, ReferenceRecord } from '../../records.ts';

type Recorded = FeedRecord | ReferenceRecord;

/** Anything that gives records in order, at once or one by one. Reference data, which is no event, is passed over. */
export type RecordSource = AsyncIterable<Recorded> | Iterable<Recorded>;

/** What comes from outside may be no record at all. */
export const isReference = (record: Recorded): record is ReferenceRecord => {
  const { kind } = (record ?? {}) as { readonly kind?: unknown };
  return kind === 'market' || kind === 'exchange';
};

/**
 * The records of each, in the order given. What a recording ends with was not the end for the exchange: each of its subscriptions that still had
 * a socket is lost there, as the client says it of a socket that is gone, and its books are stale until the next recording's snapshots.
 * Epochs that begin at 1 again go on behind those of the recording before.
 */
export async function* joinRecordings(
  sources: Iterable<RecordSource> | AsyncIterable<RecordSource>,
): AsyncGenerator<FeedRecord, void, undefined> {
  let before: JoinedRecording | null = null;
  for await (const source of sources) {
    if (before) yield* before.lost();
    const recording: JoinedRecording = new JoinedRecording(before?.newestEpoch ?? 0);
    // Holes that stand before any frame do not say whether the epochs begin anew.
    let early: FeedRecord[] | null = [];
    for await (const record of source) {
      if (isReference(record)) continue;
      if (early && record?.kind === 'gap') {
        early.push(record);
        continue;
      }
      if (early) {
        recording.begin(record);
        for (const gap of early) yield recording.place(gap);
        early = null;
      }
      yield recording.place(record);
    }
    for (const gap of early ?? []) yield recording.place(gap);
    before = recording;
  }
}

/** A subscription on a socket that may still be there. */
type OpenStream = { readonly epoch: number; readonly sid: number; seq: number; atMs: number };

/** One of them, with the epochs that it has among the others. */
class JoinedRecording {
  newestEpoch: number;
  readonly #before: number;
  /** Added to each epoch. */
  #shift: number;
  readonly #open = new Map<string, OpenStream>();
  #latest: OpenStream | undefined;

  constructor(before: number) {
    this.#before = before;
    this.#shift = before;
    this.newestEpoch = before;
  }

  /** @param first its first frame: where that is of a later epoch, all are */
  begin(first: FeedRecord): void {
    if (first?.epoch > this.#before) this.#shift = 0;
  }

  place(record: FeedRecord): FeedRecord {
    // What is no record is told by whoever takes it.
    if (typeof record?.epoch !== 'number') return record;
    const placed = this.#shift === 0 ? record : { ...record, epoch: record.epoch + this.#shift };
    const { epoch, sid } = placed;
    if (epoch > this.newestEpoch) this.newestEpoch = epoch;
    if (sid === null) return placed;
    if (placed.kind !== 'gap') this.#follow(epoch, sid, placed);
    else if (placed.lastSeq === null) this.#end(epoch, sid);
    return placed;
  }

  /** The holes that the end of it left. */
  lost(): GapRecord[] {
    return [...this.#open.values()].map(({ epoch, sid, seq, atMs: fromAtMs }) => ({
      kind: 'gap',
      epoch,
      sid,
      firstSeq: seq + 1,
      lastSeq: null,
      fromAtMs,
      toAtMs: null,
      cause: 'disconnected',
      market: null,
    }));
  }

  #follow(epoch: number, sid: number, { seq, receivedAtMs }: Exclude<FeedRecord, GapRecord>): void {
    let stream = this.#latest;
    if (stream?.sid !== sid || stream.epoch !== epoch) stream = this.#open.get(`${epoch}/${sid}`);
    if (stream) {
      if (seq !== null) stream.seq = seq;
      stream.atMs = receivedAtMs;
    } else if (seq !== null) {
      stream = { epoch, sid, seq, atMs: receivedAtMs };
      this.#open.set(`${epoch}/${sid}`, stream);
    }
    this.#latest = stream;
  }

  #end(epoch: number, sid: number): void {
    this.#open.delete(`${epoch}/${sid}`);
    this.#latest = undefined;
  }
}
