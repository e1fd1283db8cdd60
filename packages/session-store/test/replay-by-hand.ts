import type { StoreRecord } from '../src/index.ts';

/**
 * A session's records in the order in which they are replayed, worked out the slow way: each stream in its own order, an arrival
 * earlier than the one before it in its stream counting as that one's, and then all sorted.
 */
export function replayByHand(records: readonly StoreRecord[]): readonly StoreRecord[] {
  const streams = Map.groupBy(records, streamOf);
  return [...streams.values()]
    .flatMap((stream) => {
      const { rank, sid } = streamRank(stream[0]!);
      let [atMs, epoch] = [-Infinity, -Infinity];
      return inOwnOrder(stream).map((record, position) => {
        const ownMs = record.kind === 'gap' ? record.fromAtMs : record.receivedAtMs;
        epoch = ownMs > atMs ? record.epoch : Math.max(epoch, record.epoch);
        atMs = Math.max(atMs, ownMs);
        return { record, place: [atMs, epoch, rank, sid, position] };
      });
    })
    .toSorted((one, other) => compare(one.place, other.place))
    .map(({ record }) => record);
}

const isFact = ({ kind }: StoreRecord) => ['market', 'lifecycle', 'ticker', 'exchange'].includes(kind);

const numberOf = (record: StoreRecord): number | null =>
  record.sid === null ? null : record.kind === 'gap' ? record.firstSeq : record.seq;

function streamOf(record: StoreRecord): string {
  if (numberOf(record) !== null) return `${record.epoch}/${record.sid}`;
  if (isFact(record)) return 'fact';
  return record.kind === 'trade' ? `trades ${record.epoch}/${record.sid}` : record.kind;
}

function streamRank(record: StoreRecord): { rank: number; sid: number } {
  if (numberOf(record) !== null) return { rank: 1, sid: record.sid! };
  if (record.kind === 'raw') return { rank: 0, sid: 0 };
  if (isFact(record)) return { rank: 0, sid: 1 };
  return record.kind === 'trade' ? { rank: 2, sid: record.sid } : { rank: 3, sid: 0 };
}

/** By number, where they have one; of one number the hole comes first, then as below. */
function inOwnOrder(stream: readonly StoreRecord[]): readonly StoreRecord[] {
  const kinds = ['gap', 'snapshot', 'delta', 'trade', 'raw', 'market', 'lifecycle', 'ticker', 'exchange'];
  if (numberOf(stream[0]!) === null) return stream;
  return stream.toSorted(
    (one, other) => numberOf(one)! - numberOf(other)! || kinds.indexOf(one.kind) - kinds.indexOf(other.kind),
  );
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let index = 0; index < one.length; index++) {
    const difference = one[index]! - other[index]!;
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return 0;
}
