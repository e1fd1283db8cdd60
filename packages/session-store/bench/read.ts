// Reading back. node --conditions=@trader/source read.ts
import { seededRandom } from '@trader/testkit';
import { createSessionStore, type DeltaRecord, type SessionId, type StoreRecord } from '../src/index.ts';
import { Checksum, requireSame, sumsOf, type Sums } from './checksum.ts';
import { collectGarbage } from './garbage.ts';
import { nodeTime, nodeTimeSince } from './processor.ts';
import { appendAll } from './recording.ts';
import { atLeast, atMost, print, round, times, type Row } from './report.ts';
import { interleave, median, quantile } from './rounds.ts';
import { startServer } from './server.ts';
import { startMs, tickerOf, Traffic, type TrafficOptions } from './traffic.ts';

await using server = await startServer();
await using store = await createSessionStore({ url: server.url, compaction: false });

/** The pace of a busy market for as long as this is bearable: how far a book is from its keyframe depends on the pace alone. */
const busy = { deltas: 1_200_000, perSecond: 220 } as const;
const hourMs = 3_600_000;
/** A market with 25 deltas a second among 999 that have 0.18 each, for ten minutes more than the hour that is read. */
const crowd = { markets: 1000, perSecond: 200, firstShare: 0.125, seed: 2 } as const;
const crowdDeltas = crowd.perSecond * 4300;

const alone = await recordBusy();
print({
  title: 'Replay',
  input: `${round(busy.deltas)} deltas of one market, as an async iterable`,
  rows: await measureReplay(),
});
print(await measureBooks());
print(await measureHour());

async function recordBusy(): Promise<SessionId> {
  const traffic = new Traffic({ markets: 1, perSecond: busy.perSecond });
  return keep('busy', function* () {
    yield traffic.snapshots();
    for (let made = 0; made < busy.deltas; made += 50_000) yield traffic.take(50_000);
  });
}

async function keep(recorder: string, blocks: () => Iterable<StoreRecord[]>): Promise<SessionId> {
  const session = await store.openSession({ recorder });
  for (const block of blocks()) {
    await appendAll(session, block);
    await session.drained();
  }
  await session.close({ status: 'closed', reason: 'recorded' });
  return session.id;
}

async function replayed(session: SessionId, options: Parameters<typeof store.replay>[1] = {}) {
  collectGarbage();
  let deltas = 0;
  let records = 0;
  const node = nodeTime();
  const started = performance.now();
  for await (const { kind } of store.replay(session, options)) {
    records++;
    if (kind === 'delta') deltas++;
  }
  const ms = performance.now() - started;
  return { deltas, records, ms, nodeUs: nodeTimeSince(node).thread };
}

async function requireReplayed(session: SessionId, given: Sums, market?: string): Promise<void> {
  const checksum = new Checksum();
  const options = market === undefined ? {} : { markets: [market] };
  for await (const record of store.replay(session, options)) if (record.kind === 'delta') checksum.add(record);
  requireSame('replay', given, checksum.sums);
}

async function measureReplay(): Promise<Row[]> {
  const given = new Checksum();
  for (const record of busyRecords()) given.add(record);
  await requireReplayed(alone, given.sums);
  const measure = async (what: string): Promise<Row> => {
    const turns = [await replayed(alone), await replayed(alone), await replayed(alone)];
    const perSecond = median(turns.map(({ deltas, ms }) => (deltas * 1000) / ms));
    const nodeUs = median(turns.map(({ deltas, nodeUs }) => nodeUs / deltas));
    return {
      what,
      figure: `${round(perSecond)} deltas/s`,
      beside: `thread ${round(nodeUs)} µs a delta`,
      goal: atLeast(perSecond, 1_000_000, '/s'),
    };
  };
  const fresh = await measure('fresh');
  await store.compact();
  await requireReplayed(alone, given.sums);
  return [fresh, await measure('compacted')];
}

function* busyRecords(): Generator<DeltaRecord> {
  const traffic = new Traffic({ markets: 1, perSecond: busy.perSecond });
  traffic.snapshots();
  for (let made = 0; made < busy.deltas; made += 50_000)
    for (const record of traffic.take(50_000)) if (record.kind === 'delta') yield record;
}

async function measureBooks() {
  const random = seededRandom(3);
  const spanMs = (busy.deltas * 1000) / busy.perSecond;
  const times = Array.from({ length: 200 }, () => startMs + Math.floor(random() * spanMs));
  const books = trueBooks(times.slice(0, 40));
  for (const [atMs, levels] of books) {
    const book = await store.bookAt(tickerOf(0), atMs);
    const found = JSON.stringify([book.yes, book.no]);
    if (!book.synced || found !== levels) throw new Error(`The book at ${atMs} is wrong.`);
  }
  const node = nodeTime();
  const tookMs: number[] = [];
  for (const atMs of times) {
    const started = performance.now();
    await store.bookAt(tickerOf(0), atMs);
    tookMs.push(performance.now() - started);
  }
  const nodeMs = nodeTimeSince(node).thread / 1000 / times.length;
  const p99 = quantile(tookMs, 0.99);
  return {
    title: 'A book at a time',
    input: `${times.length} seeded times in ${round(spanMs / hourMs)} h of a market at ${busy.perSecond} deltas a second (${round(busy.deltas)} deltas), keyframes every minute or 4,096 deltas; ${books.size} of the books compared level by level`,
    rows: [
      { what: 'p50', figure: `${round(quantile(tookMs, 0.5))} ms`, beside: `thread ${round(nodeMs)} ms a book` },
      { what: 'p99', figure: `${round(p99)} ms`, goal: atMost(p99, 20, ' ms') },
    ],
  };
}

/** Folded from the beginning, apart from the store's code. */
function trueBooks(at: readonly number[]): Map<number, string> {
  const [snapshot] = new Traffic({ markets: 1, perSecond: busy.perSecond }).snapshots();
  const sides = { yes: new Map(snapshot!.yes), no: new Map(snapshot!.no) };
  const levels = (side: Map<number, number>) =>
    [...side].filter(([, size]) => size !== 0).toSorted(([one], [other]) => one - other);
  const times = at.toSorted((one, other) => one - other);
  const books = new Map<number, string>();
  let next = 0;
  for (const { side, price, delta, receivedAtMs } of busyRecords()) {
    for (; next < times.length && times[next]! < receivedAtMs; next++)
      books.set(times[next]!, JSON.stringify([levels(sides.yes), levels(sides.no)]));
    sides[side].set(price, (sides[side].get(price) ?? 0) + delta);
  }
  return books;
}

async function measureHour() {
  const market = tickerOf(0);
  const traffic = new Traffic(crowd satisfies TrafficOptions);
  const all: StoreRecord[] = [...traffic.snapshots(), ...traffic.take(crowdDeltas)];
  const mine = all.filter((record) => record.kind !== 'raw' && record.kind !== 'gap' && record.market === market);
  const among = await keep('crowd', () => [all]);
  const single = await keep('alone', () => [mine]);
  // What cannot be compacted is read as it is, and the report says so.
  const state = await store.compact().then(
    () => 'compacted',
    (error: unknown) => `NOT COMPACTED (${(error as Error).message})`,
  );
  await server.sql`vacuum (analyze)`;
  await requireReplayed(among, sumsOf(mine), market);
  const options = { markets: [market], fromMs: startMs + 300_000, toMs: startMs + 300_000 + hourMs };
  const contenders = [single, among];
  const results = await interleave(contenders, 9, async (session) => replayed(session, options));
  const counts = contenders.map((session) => results.get(session)![0]!.records);
  if (counts[0] !== counts[1]) throw new Error(`An hour has ${counts[0]} records alone and ${counts[1]} among others.`);
  const took = contenders.map((session) => median(results.get(session)!.map(({ ms }) => ms)));
  const ratio = took[1]! / took[0]!;
  const shown = (index: number) => ({
    figure: `${round(took[index]!)} ms`,
    beside: `thread ${round(median(results.get(contenders[index]!)!.map(({ nodeUs }) => nodeUs)) / 1000)} ms`,
  });
  return {
    title: 'An hour of one market',
    input: `${round(counts[0]!)} records, ${state}; out of a recording of ${round(crowdDeltas)} deltas of 1,000 markets, and out of one of that market alone; median of 9 rounds`,
    rows: [
      { what: 'recorded alone', ...shown(0), ratio: times(1) },
      { what: 'out of 1,000 markets', ...shown(1), ratio: times(ratio), goal: atMost(ratio, 2, 'x') },
    ],
  };
}
