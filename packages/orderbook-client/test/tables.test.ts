// Rows of an export as readers give them, each with its own numbers and times, as records in the order of a replay.
import { expect, test } from 'vitest';
import { tablesToRecords, type FeedRecord, type TableRow } from '../src/recordings.ts';
import { createReplayClient } from '../src/replay/index.ts';

const START_MS = 1_800_000_000_000;

/** What a reader gives for whole numbers and times. */
type Reader = { readonly number: (value: number) => unknown; readonly time: (ms: number) => unknown };
const readers: Readonly<Record<string, Reader>> = {
  'numbers and ms': { number: (value) => value, time: (ms) => ms },
  'BigInt and Date': { number: BigInt, time: (ms) => new Date(ms) },
  'text and microseconds': { number: String, time: (ms) => BigInt(ms) * 1_000n },
  'timestamps with micros': { number: BigInt, time: (ms) => ({ micros: BigInt(ms) * 1_000n }) },
  nanoseconds: { number: Number, time: (ms) => BigInt(ms) * 1_000_000n },
  'text of a database': { number: String, time: (ms) => new Date(ms).toISOString().replace('T', ' ').replace('Z', '') },
  'text of a file': { number: String, time: (ms) => new Date(ms).toISOString() },
};

const A = 'KXTEST-A';
const B = 'KXTEST-B';
const at = (epoch: number, seq: number, ms: number) => ({ epoch, sid: 1, seq, receivedAtMs: START_MS + ms });
const change = { kind: 'delta', side: 'yes', price: 4100, delta: 100 } as const;
const hole = { kind: 'gap', sid: 1, cause: 'sequence' } as const;

/** Two connections at a time, an empty book, and what has no number. */
const records: readonly FeedRecord[] = [
  {
    kind: 'snapshot',
    ...at(1, 1, 1),
    market: A,
    yes: [[4000, 1000]],
    no: [
      [5000, 100],
      [5500, 500],
    ],
  },
  { kind: 'snapshot', ...at(2, 1, 2), market: B, yes: [], no: [] },
  { ...change, ...at(2, 2, 3), market: B, exchangeAtMs: null },
  // One hole of the whole connection, and one that begins at a record's time.
  {
    kind: 'gap',
    epoch: 2,
    sid: null,
    firstSeq: null,
    lastSeq: null,
    fromAtMs: START_MS + 3,
    toAtMs: START_MS + 4,
    cause: 'paused',
    market: null,
  },
  { ...change, ...at(1, 2, 4), market: A, exchangeAtMs: START_MS },
  { ...hole, epoch: 1, firstSeq: 3, lastSeq: 4, fromAtMs: START_MS + 4, toAtMs: START_MS + 5, market: A },
  { ...change, ...at(1, 5, 5), market: A, exchangeAtMs: START_MS },
  {
    ...at(1, 1, 6),
    sid: 2,
    kind: 'trade',
    market: A,
    tradeId: 't1',
    yesPrice: 4000,
    size: 100,
    takerSide: 'no',
    isBlockTrade: false,
    exchangeAtMs: START_MS,
  },
  { kind: 'snapshot', ...at(1, 6, 6), market: A, yes: [], no: [[5500, 500]] },
  {
    ...at(1, 1, 7),
    sid: 2,
    seq: null,
    kind: 'trade',
    market: A,
    tradeId: 't2',
    yesPrice: 4000,
    size: 100,
    takerSide: null,
    isBlockTrade: null,
    exchangeAtMs: null,
  },
].toSorted((a, b) => timeOf(a as FeedRecord) - timeOf(b as FeedRecord)) as readonly FeedRecord[];

function timeOf(record: FeedRecord): number {
  return record.kind === 'gap' ? record.fromAtMs : record.receivedAtMs;
}

function rowsOf(
  of: readonly FeedRecord[],
  { number, time }: Reader,
  session = 's1',
): Record<'deltas' | 'snapshots' | 'trades' | 'gaps', TableRow[]> {
  const tables: ReturnType<typeof rowsOf> = { deltas: [], snapshots: [], trades: [], gaps: [] };
  const orNull = (value: number | null, as: (value: number) => unknown): unknown => (value === null ? null : as(value));
  for (const record of of) {
    const place = { session_id: session, epoch: record.epoch, sid: orNull(record.sid, number) };
    if (record.kind === 'raw' || record.kind === 'lifecycle' || record.kind === 'ticker') continue;
    if (record.kind === 'gap') {
      const { firstSeq, lastSeq, fromAtMs, toAtMs, cause, market } = record;
      const numbers = { first_seq: orNull(firstSeq, number), last_seq: orNull(lastSeq, number) };
      tables.gaps.push({ ...place, ...numbers, from_at: time(fromAtMs), to_at: orNull(toAtMs, time), cause, market });
      continue;
    }
    const told = {
      ...place,
      seq: orNull(record.seq, number),
      market: record.market,
      received_at: time(record.receivedAtMs),
    };
    if (record.kind === 'snapshot') {
      const level = (side: 'yes' | 'no') => (one: readonly [number, number]) => ({
        ...told,
        side,
        price: one[0],
        size: number(one[1]),
      });
      const levels = [...record.yes.map(level('yes')), ...record.no.map(level('no'))];
      tables.snapshots.push(...(levels.length > 0 ? levels : [{ ...told, side: null, price: null, size: null }]));
    } else if (record.kind === 'delta') {
      const { side, price, delta, exchangeAtMs } = record;
      tables.deltas.push({ ...told, side, price, delta: number(delta), exchange_at: orNull(exchangeAtMs, time) });
    } else {
      const { tradeId, yesPrice, size, takerSide, isBlockTrade, exchangeAtMs } = record;
      const trade = {
        trade_id: tradeId,
        yes_price: yesPrice,
        size: number(size),
        taker_side: takerSide,
        is_block_trade: isBlockTrade,
      };
      tables.trades.push({ ...told, ...trade, exchange_at: orNull(exchangeAtMs, time) });
    }
  }
  return tables;
}

async function all(source: AsyncIterable<FeedRecord>): Promise<FeedRecord[]> {
  const list: FeedRecord[] = [];
  for await (const record of source) list.push(record);
  return list;
}

/** Of equal times: by epoch, then what has a number by its sid, then what has none. */
const inOrder = (): readonly FeedRecord[] => {
  const [first, second, delta, paused, change4, missing, change5, trade, snapshot, loose] = records;
  return [first!, second!, delta!, paused!, change4!, missing!, change5!, snapshot!, trade!, loose!];
};

test.each(Object.keys(readers))('tables read as %s are the records that were exported', async (name) => {
  const tables = rowsOf(records, readers[name]!);
  expect(await all(tablesToRecords(tables))).toEqual(inOrder());
  // In several files, as of days.
  const halves = [tables.deltas.slice(0, 2), tables.deltas.slice(2)];
  expect(await all(tablesToRecords({ ...tables, deltas: halves }))).toEqual(inOrder());
});

test.each([
  ['µs', BigInt(START_MS) * 1_000n + 123n, 123],
  ['µs of a whole ms, which may be ms alone', BigInt(START_MS) * 1_000n, null],
  ['timestamps with micros', { micros: BigInt(START_MS) * 1_000n + 123n }, 123],
  ['nanoseconds', BigInt(START_MS) * 1_000_000n + 123_456n, 123],
  ['text of six digits', '2027-01-15T08:00:00.000123Z', 123],
  ['text of six digits, of a whole ms', '2027-01-15T08:00:00.000000Z', 0],
  ['text of three digits', '2027-01-15T08:00:00.000Z', null],
  ['a Date', new Date(START_MS), null],
])('a delta has the microseconds of %s', async (_, cell, micros) => {
  const [row] = rowsOf(records, readers['numbers and ms']!).deltas;
  const [record] = await all(tablesToRecords({ deltas: [{ ...row, exchange_at: cell }] }));
  expect(record).toMatchObject({ exchangeAtMs: START_MS });
  expect((record as { exchangeAtUs?: number }).exchangeAtUs).toBe(
    micros === null ? undefined : START_MS * 1000 + micros,
  );
});

test('sessions follow each other, with the loss of their connections between them', async () => {
  const reader = readers['numbers and ms']!;
  const later = records.map((record) =>
    record.kind === 'gap'
      ? { ...record, fromAtMs: record.fromAtMs + 1_000, toAtMs: record.toAtMs! + 1_000 }
      : { ...record, receivedAtMs: record.receivedAtMs + 1_000 },
  );
  const [one, other] = [rowsOf(records, reader), rowsOf(later, reader, 's2')];
  const both = await all(
    tablesToRecords({ deltas: [...one.deltas, ...other.deltas], snapshots: [...one.snapshots, ...other.snapshots] }),
  );
  const between = both.filter(({ kind }) => kind === 'gap');
  expect(between).toMatchObject([
    { epoch: 1, sid: 1, firstSeq: 7, lastSeq: null, cause: 'disconnected' },
    { epoch: 2, sid: 1, firstSeq: 3, lastSeq: null, cause: 'disconnected' },
  ]);
  expect(new Set(both.map(({ epoch }) => epoch))).toEqual(new Set([1, 2, 3, 4]));
});

test('rows in another order are refused by name, and a cell that cannot be read costs its market', async () => {
  const tables = rowsOf(records, readers['numbers and ms']!);
  const byEpoch = tables.deltas.toSorted((a, b) => Number(a['epoch']) - Number(b['epoch']));
  await expect(all(tablesToRecords({ deltas: byEpoch }))).rejects.toThrow(
    'Rows are not in the order of their arrival: a delta of 2027-',
  );

  const broken = tables.deltas.map((row) => (row['epoch'] === 1 ? { ...row, price: 'cheap' } : row));
  const client = createReplayClient({ source: tablesToRecords({ ...tables, deltas: broken }) });
  const problems: string[] = [];
  client.on('problem', ({ error }) => void problems.push(error.code));
  client.start();
  await client.finished;
  expect(problems).toEqual(['RECORD_UNREADABLE', 'RECORD_UNREADABLE']);
});
