// Recordings of several connections, one beside the other and one after the other.
import { expect, test } from 'vitest';
import type { DeltaRecord, FeedRecord, GapRecord, RawRecord, SnapshotRecord, TradeRecord } from '../src/records.ts';
import { createReplayClient, joinRecordings, type RecordSource } from '../src/replay/index.ts';

const [A, B] = ['KXTEST-26NOV22-A', 'KXTEST-26NOV22-B'] as const;
const START_MS = 1_800_000_000_000;

const at = (epoch: number, seq: number, atMs: number, sid = 1) => ({ epoch, sid, seq, receivedAtMs: START_MS + atMs });
const snapshot = (market: string, ...numbers: Parameters<typeof at>): SnapshotRecord => ({
  kind: 'snapshot',
  ...at(...numbers),
  market,
  yes: [[4000, 1000]],
  no: [[5500, 500]],
});
const delta = (market: string, ...numbers: Parameters<typeof at>): DeltaRecord => ({
  kind: 'delta',
  ...at(...numbers),
  market,
  side: 'yes',
  price: 4100,
  delta: 100,
  exchangeAtMs: null,
});
const trade = (market: string, epoch: number, seq: number, atMs: number): TradeRecord => ({
  kind: 'trade',
  ...at(epoch, seq, atMs, 2),
  market,
  tradeId: `t${seq}`,
  yesPrice: 4000,
  size: 100,
  takerSide: 'no',
  isBlockTrade: false,
  exchangeAtMs: null,
});
const lost = (epoch: number, sid: number, firstSeq: number, fromMs: number): GapRecord => ({
  kind: 'gap',
  epoch,
  sid,
  firstSeq,
  lastSeq: null,
  fromAtMs: START_MS + fromMs,
  toAtMs: null,
  cause: 'disconnected',
  market: null,
});
const subscribed = (epoch: number, atMs: number): RawRecord => ({
  kind: 'raw',
  epoch,
  sid: 1,
  seq: null,
  receivedAtMs: START_MS + atMs,
  text: '{"id":1,"type":"subscribed","msg":{"channel":"orderbook_delta","sid":1}}',
});

/** Each event, with the state of both books after it. */
async function replayed(source: RecordSource): Promise<unknown[][]> {
  const client = createReplayClient({ source, markets: [A, B] });
  const stateOf = (market: string) => client.book(market)!.staleReason ?? 'synced';
  const seen: unknown[][] = [];
  const see = (what: string, epoch: number | null) => void seen.push([what, epoch, stateOf(A), stateOf(B)]);
  for (const type of ['snapshot', 'delta', 'trade', 'control'] as const)
    client.on(type, ({ epoch }) => see(type, epoch));
  client.on('gap', ({ epoch, sid, firstSeq, cause }) => see(`${cause} ${sid}/${firstSeq}`, epoch));
  client.on('stale', ({ epoch }) => see('stale', epoch));
  client.on('problem', ({ error }) => see(error.code, null));
  client.on('status', ({ to }) => to === 'closed' || see(to, null));
  client.start();
  await client.finished;
  return seen;
}

test('a lost connection costs the books of the others nothing, and what came last on it came before the loss', async () => {
  const seen = await replayed([
    snapshot(A, 1, 1, 1),
    trade(A, 1, 1, 2),
    snapshot(B, 2, 1, 3),
    delta(A, 1, 2, 4),
    lost(1, 1, 3, 4),
    delta(B, 2, 2, 5),
    trade(A, 1, 2, 6),
    lost(1, 2, 3, 6),
    delta(B, 2, 3, 7),
    snapshot(A, 3, 1, 50),
  ]);
  expect(seen.slice(6)).toEqual(
    [
      ['delta', 1, 'synced', 'synced'],
      ['delta', 2, 'synced', 'synced'],
      ['trade', 1, 'synced', 'synced'],
      ['disconnected 1/3', 1, 'disconnected', 'synced'],
      ['disconnected 2/3', 1, 'disconnected', 'synced'],
      ['stale', 1, 'disconnected', 'synced'],
      ['waiting', null, 'disconnected', 'synced'],
      ['delta', 2, 'disconnected', 'synced'],
      ['connecting', null, 'synced', 'synced'],
      ['subscribing', null, 'synced', 'synced'],
      ['snapshot', 3, 'synced', 'synced'],
      ['live', null, 'synced', 'synced'],
    ].map((row, index) => (index === 3 || index === 4 ? [row[0], row[1], 'disconnected', 'synced'] : row)),
  );
});

test('it is live again when the books of the lost connection are back, whatever the others repair', async () => {
  const seen = await replayed([
    snapshot(A, 1, 1, 1),
    snapshot(B, 2, 1, 2),
    lost(1, 1, 2, 1),
    { ...lost(2, 1, 2, 2), lastSeq: 2, toAtMs: START_MS + 5, cause: 'sequence' },
    delta(B, 2, 3, 5),
    snapshot(A, 3, 1, 50),
  ]);
  expect(seen.at(-1)).toEqual(['live', null, 'synced', 'gap']);
});

test.each([
  ['one behind the other', (one: FeedRecord[], other: FeedRecord[]) => [...one, ...other], 1],
  ['joined', (one: FeedRecord[], other: FeedRecord[]) => joinRecordings([one, other]), 3],
])('a recorder that was restarted: the hole is told before the other recording, %s', async (_, join, epoch) => {
  const first = [subscribed(1, 0), snapshot(A, 1, 1, 1), snapshot(B, 2, 1, 2), delta(A, 1, 2, 3)];
  const second = [subscribed(1, 60_000), snapshot(A, 1, 1, 60_001), snapshot(B, 1, 2, 60_002)];
  const seen = await replayed(join(first, second));
  expect(seen.slice(seen.findIndex(([what]) => what === 'live') + 2)).toEqual([
    ['disconnected 1/3', 1, 'disconnected', 'disconnected'],
    ['disconnected 1/2', 2, 'disconnected', 'disconnected'],
    ['stale', 1, 'disconnected', 'disconnected'],
    ['waiting', null, 'disconnected', 'disconnected'],
    ['stale', 2, 'disconnected', 'disconnected'],
    ['connecting', null, 'disconnected', 'disconnected'],
    ['subscribing', null, 'disconnected', 'disconnected'],
    ['control', epoch, 'disconnected', 'disconnected'],
    ['snapshot', epoch, 'synced', 'disconnected'],
    ['snapshot', epoch, 'synced', 'synced'],
    ['live', null, 'synced', 'synced'],
  ]);
});

test('a recorder that has recorded again over a new connection: that of the other recording is gone, though no hole says so', async () => {
  const first = [subscribed(1, 0), snapshot(A, 1, 1, 1), snapshot(B, 1, 2, 2)];
  const second = [subscribed(2, 60_000), snapshot(B, 2, 1, 60_001), delta(A, 2, 2, 60_002), snapshot(A, 2, 3, 60_003)];
  const hole = [
    ['disconnected 1/3', 1, 'disconnected', 'disconnected'],
    ['stale', 1, 'disconnected', 'disconnected'],
  ];
  const plain = await replayed([...first, ...second]);
  expect(plain.slice(-5)).toEqual([
    ...hole,
    ['snapshot', 2, 'disconnected', 'synced'],
    ['delta', 2, 'disconnected', 'synced'],
    ['snapshot', 2, 'synced', 'synced'],
  ]);
  const joined = await replayed(joinRecordings([first, second]));
  const live = joined.findIndex(([what]) => what === 'live');
  expect(joined.slice(live + 1, live + 4)).toEqual([...hole, ['waiting', null, 'disconnected', 'disconnected']]);
});
