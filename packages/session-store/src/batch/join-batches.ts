import type { Batch, BookEntry } from './collector.ts';
import { DeltaColumns } from './delta-columns.ts';
import type { Keyframe } from './keyframes.ts';
import { append } from './append.ts';
import type { SnapshotRecord } from '../records.ts';
import { TradeColumns } from './trade-columns.ts';

/**
 * Batches of a session that follow each other, as the one that would have been cut in their place: so that what waits for the
 * database goes there in few transactions, and in long chunks.
 *
 * @param batches one at least, in order
 */
export function joinBatches(batches: readonly Batch[]): Batch {
  const [first, ...rest] = batches;
  if (rest.length === 0) return first!;
  const markets: string[] = [];
  const indexOf = new Map<string, number>();
  const positionOf = (name: string) => {
    const known = indexOf.get(name);
    if (known !== undefined) return known;
    indexOf.set(name, markets.length);
    return markets.push(name) - 1;
  };
  const deltas = new ChunkJoin<DeltaColumns>((chunk) => new DeltaColumns(firstOf(chunk)));
  const trades = new ChunkJoin<TradeColumns>((chunk) => new TradeColumns(firstOf(chunk), chunk.firstOrdinal));
  const snapshots: BookEntry<SnapshotRecord>[] = [];
  const keyframes: BookEntry[] = [];
  let lastRecordAtMs: number | null = null;
  for (const batch of batches) {
    const positions = batch.markets.map(positionOf);
    for (const chunk of batch.chunks) deltas.add(chunk, positions);
    for (const chunk of batch.trades) trades.add(chunk, positions);
    append(snapshots, batch.snapshots.map(at(positions)));
    append(keyframes, batch.keyframes.map(at(positions)));
    lastRecordAtMs = latest(lastRecordAtMs, batch.lastRecordAtMs);
  }
  return {
    ordinal: rest.at(-1)!.ordinal,
    firstOrdinal: first!.firstOrdinal,
    records: batches.reduce((sum, { records }) => sum + records, 0),
    bytes: batches.reduce((sum, { bytes }) => sum + bytes, 0),
    markets,
    chunks: deltas.chunks,
    snapshots,
    keyframes,
    trades: trades.chunks,
    raw: batches.flatMap(({ raw }) => raw),
    facts: batches.flatMap(({ facts }) => facts),
    gaps: batches.flatMap(({ gaps }) => gaps),
    lastRecordAtMs,
  };
}

const at =
  (positions: readonly number[]) =>
  <T extends Keyframe>({ market, record }: BookEntry<T>): BookEntry<T> => ({ market: positions[market]!, record });

type Chunk<T> = {
  readonly epoch: number;
  readonly sid: number;
  join(next: T, markets: readonly number[]): boolean;
};

/** Chunks, each behind the one of its subscription that came before, as far as it fits there. */
class ChunkJoin<T extends Chunk<T>> {
  readonly chunks: T[] = [];
  readonly #open = new Map<string, T>();
  readonly #emptyLike: (chunk: T) => T;

  constructor(emptyLike: (chunk: T) => T) {
    this.#emptyLike = emptyLike;
  }

  add(chunk: T, positions: readonly number[]): void {
    const subscription = `${chunk.epoch}/${chunk.sid}`;
    if (this.#open.get(subscription)?.join(chunk, positions)) return;
    const begun = this.#emptyLike(chunk);
    begun.join(chunk, positions);
    this.#open.set(subscription, begun);
    this.chunks.push(begun);
  }
}

const firstOf = <Seq extends number | null>({
  epoch,
  sid,
  firstSeq,
  receivedAtMs,
}: {
  readonly epoch: number;
  readonly sid: number;
  readonly firstSeq: Seq;
  readonly receivedAtMs: number;
}) => ({ epoch, sid, seq: firstSeq, receivedAtMs });

/** `null` for none. */
export const latest = (one: number | null, other: number | null) =>
  one === null || other === null ? (one ?? other) : Math.max(one, other);
