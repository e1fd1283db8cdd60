// The queries that come with a dataset, run by DuckDB, against a computation that looks at one instant after the other.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom, temporaryFolder, testSeed } from '@trader/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createSessionStore,
  type CoverageInterval,
  type DeltaRecord,
  type FactRecord,
  type GapRecord,
  type SessionStore,
  type SnapshotRecord,
  type StoreRecord,
  type TradeRecord,
} from '../src/index.ts';
import { askDuckdb } from './ask-duckdb.ts';
import { newDatabase } from './databases.ts';
import * as aFact from './made-facts.ts';
import { feedWithHoles, feedMarkets as markets } from './feed-with-holes.ts';

const folder = temporaryFolder('session-store-dataset-queries-');
const random = seededRandom(testSeed());
const draw = (below: number) => Math.floor(random() * below);
const startMs = Date.UTC(2026, 7, 10, 23, 59, 40);
const priceSum = 10_000;
let store: SessionStore;
/** By session. */
const recorded = new Map<string, readonly StoreRecord[]>();
const coverage = new Map<string, readonly CoverageInterval[]>();

beforeAll(async () => {
  store = await createSessionStore({ url: await newDatabase() });
  for (const [recorder, fromMs] of [
    ['one', startMs],
    ['two', startMs + 45_000],
  ] as const) {
    const session = await store.openSession({ recorder });
    const records = feedWithHoles(fromMs, random);
    for (const record of records) session.append(record);
    recorded.set((await session.close({ status: 'closed', reason: 'test' })).id, records);
  }
  for (const market of markets) coverage.set(market, await store.coverage(market, startMs - 1_000, startMs + 200_000));
  const session = await store.openSession({ recorder: 'facts' });
  for (const fact of facts) session.append(fact);
  await session.close({ status: 'closed', reason: 'test' });
  await store.exportDataset({ folder: folder.path });
  await runQueries(folder.path);
});
afterAll(async () => {
  await store?.close();
  folder.remove();
});

/** Each that is there, `open.sql` first. */
async function runQueries(at: string): Promise<readonly string[]> {
  await askDuckdb(`set file_search_path = '${at}'`);
  const names = ['open.sql', ...readdirSync(join(at, 'queries')).filter((name) => name !== 'open.sql')];
  for (const name of names) await askDuckdb(readFileSync(join(at, 'queries', name), 'utf8'));
  return names.toSorted();
}

/** What is said of outcomes, some of it again, some of it otherwise, some of it twice in a millisecond. */
const facts = Array.from({ length: 60 }, (_, index): FactRecord => {
  const maybe = <T>(value: T) => (draw(2) === 0 ? value : null);
  const said = {
    receivedAtMs: startMs + Math.floor(index / 2),
    result: maybe(draw(4) === 0 ? 'no' : 'yes'),
    settlementValue: maybe(draw(3) * 5_000),
    settledAtMs: maybe(startMs + draw(100_000)),
  };
  const market = `${markets[draw(3)]!}-${draw(4)}`;
  if (index % 2 === 0) return aFact.market(market, said);
  return aFact.lifecycle(null, { ...said, market, change: 'determined', determinedAtMs: maybe(startMs + draw(9)) });
});

const recordsOf = (market: string) =>
  [...recorded].flatMap(([session, records]) =>
    records.flatMap((record) => (record.kind !== 'raw' && record.market === market ? [{ session, record }] : [])),
  );
/** When something came of a market's book: from the first snapshot on. */
const bookTimes = (market: string) =>
  recordsOf(market).flatMap(({ record }) =>
    record.kind === 'delta' || record.kind === 'snapshot' ? [record.receivedAtMs] : [],
  );

type Sides = Readonly<Record<'yes' | 'no', ReadonlyMap<number, number>>>;

/** The book after all that had arrived at a time, from the session that covers it; `null` in a hole. */
function bookAt(market: string, atMs: number): Sides | null {
  const interval = coverage.get(market)!.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
  if (!interval?.covered) return null;
  const mine = recordsOf(market).flatMap(({ session, record }) => (session === interval.session ? [record] : []));
  const arrived = (record: SnapshotRecord | DeltaRecord) => record.receivedAtMs <= atMs;
  const base = mine
    .filter((record) => record.kind === 'snapshot')
    .filter(arrived)
    .toSorted((one, other) => one.receivedAtMs - other.receivedAtMs || one.epoch - other.epoch || one.seq - other.seq)
    .at(-1)!;
  const sides = { yes: new Map(base.yes), no: new Map(base.no) };
  const later = mine
    .filter((record) => record.kind === 'delta')
    .filter(({ epoch, sid, seq }) => epoch === base.epoch && sid === base.sid && seq > base.seq);
  // By number: where a clock stepped back, what came later counts as having arrived at the time before.
  const next = later.findIndex((record) => !arrived(record));
  for (const { side, price, delta: change } of later.slice(0, next === -1 ? later.length : next))
    sides[side].set(price, (sides[side].get(price) ?? 0) + change);
  return sides;
}

const best = (side: ReadonlyMap<number, number>): readonly [price: number, size: number] | null =>
  [...side].filter(([, size]) => size > 0).toSorted(([one], [other]) => other - one)[0] ?? null;
const isoOf = (ms: number) => new Date(ms).toISOString();

test('spread over time is the book at each instant, and null in each hole', async () => {
  for (const step of [1, 7]) {
    const rows = await askDuckdb(
      `select market, epoch_ms(instant)::double as ms, covered, yes_bid, no_bid, spread from spread_over_time(${step}, ${priceSum}) order by market, instant`,
    );
    const expected = [];
    for (const market of markets) {
      const times = bookTimes(market);
      const [first, last] = [Math.min(...times), Math.max(...times)];
      for (let ms = Math.ceil(first / (step * 1000)) * step * 1000; ms <= last; ms += step * 1000) {
        const book = bookAt(market, ms);
        const [yes, no] = [book && best(book.yes), book && best(book.no)];
        const spread = yes && no ? priceSum - yes[0] - no[0] : null;
        expected.push({
          market,
          ms,
          covered: book !== null,
          yes_bid: yes?.[0] ?? null,
          no_bid: no?.[0] ?? null,
          spread,
        });
      }
    }
    expect(rows).toEqual(expected);
    expect(new Set(expected.map(({ covered }) => covered)).size).toBe(2);
  }
});

test('depth over time is the mean of what rested, over the time that is covered', async () => {
  const width = 5_000;
  const rows = await askDuckdb(
    `select market, side, epoch_ms(bar_at)::double as ms, mean_depth, covered_seconds from depth_over_time(${width / 1000}) order by market, side, bar_at`,
  );
  const expected = [];
  for (const market of markets) {
    const times = bookTimes(market);
    const [first, last] = [Math.min(...times), Math.max(...times)];
    const bounds = coverage.get(market)!.flatMap(({ fromMs, toMs }) => [fromMs, toMs]);
    for (const side of ['no', 'yes'] as const) {
      for (let bar = Math.floor(first / width) * width; bar <= last; bar += width) {
        const cuts = [...new Set([bar, bar + width, last, ...times, ...bounds])]
          .filter((ms) => bar <= ms && ms <= bar + width && ms <= last)
          .toSorted((one, other) => one - other);
        let [sum, ms] = [0, 0];
        for (let index = 0; index + 1 < cuts.length; index++) {
          const book = bookAt(market, cuts[index]!);
          if (!book) continue;
          const took = cuts[index + 1]! - cuts[index]!;
          sum += took * [...book[side].values()].reduce((all, size) => all + size, 0);
          ms += took;
        }
        expected.push({ market, side, ms: bar, mean_depth: ms === 0 ? null : sum / ms, covered_seconds: ms / 1000 });
      }
    }
  }
  expect(rows.map((row) => ({ ...row, mean_depth: rounded(row['mean_depth']) }))).toEqual(
    expected.map((row) => ({ ...row, mean_depth: rounded(row.mean_depth) })),
  );
  expect(expected.some(({ mean_depth }) => mean_depth === null)).toBe(true);
});

const rounded = (value: unknown) => (value === null ? null : Number(Number(value).toFixed(6)));

test('bars are those of the trades, and null where a hole touches them', async () => {
  const width = 1_000;
  const rows = await askDuckdb(
    `select market, epoch_ms(bar_at)::double as ms, whole, open, high, low, close, volume::double as volume, trades::int as trades
     from ohlc_bars(${width / 1000}) order by market, bar_at`,
  );
  const holes = [...recorded.values()].flat().filter((record): record is GapRecord => record.kind === 'gap');
  const expected = [];
  for (const market of markets) {
    // Both sessions have all trades: the first to have it counts.
    const byId = new Map<string, TradeRecord>();
    for (const { record } of recordsOf(market).toReversed())
      if (record.kind === 'trade') byId.set(record.tradeId, record);
    const all = [...byId.values()].toSorted(
      (one, other) => one.receivedAtMs - other.receivedAtMs || one.seq! - other.seq!,
    );
    const [first, last] = [all[0]!.receivedAtMs, all.at(-1)!.receivedAtMs];
    for (let bar = Math.floor(first / width) * width; bar <= last; bar += width) {
      const end = bar + width;
      const whole =
        coverage.get(market)!.every(({ fromMs, toMs, covered }) => covered || toMs <= bar || fromMs >= end) &&
        !holes.some(
          (hole) => (hole.market ?? market) === market && hole.fromAtMs < end && (hole.toAtMs ?? hole.fromAtMs) >= bar,
        );
      const mine = all.filter(({ receivedAtMs }) => bar <= receivedAtMs && receivedAtMs < end);
      const prices = mine.map(({ yesPrice }) => yesPrice);
      const figures =
        mine.length === 0
          ? { open: null, high: null, low: null, close: null, volume: 0, trades: 0 }
          : {
              open: prices[0]!,
              high: Math.max(...prices),
              low: Math.min(...prices),
              close: prices.at(-1)!,
              volume: mine.reduce((sum, { size }) => sum + size, 0),
              trades: mine.length,
            };
      const none = { open: null, high: null, low: null, close: null, volume: null, trades: null };
      expected.push({ market, ms: bar, whole, ...(whole ? figures : none) });
    }
  }
  expect(rows).toEqual(expected);
  expect(expected.some(({ trades }) => trades !== null && trades > 0)).toBe(true);
  expect(expected.some(({ whole }) => !whole)).toBe(true);
});

test('each trade has the book before it, or null where that was not known', async () => {
  const rows = await askDuckdb(
    `select session_id, market, trade_id, received_at::text as at, covered, yes_bid, yes_bid_size::double as yes_bid_size, no_bid, no_bid_size::double as no_bid_size
     from trades_with_book order by market, trade_id, session_id`,
  );
  const expected = markets
    .flatMap((market) =>
      recordsOf(market).flatMap(({ session, record }) => {
        if (record.kind !== 'trade') return [];
        const book = bookAt(market, record.receivedAtMs - 1);
        const [yes, no] = [book && best(book.yes), book && best(book.no)];
        return [
          {
            session_id: session,
            market,
            trade_id: record.tradeId,
            at: isoOf(record.receivedAtMs)
              .replace('T', ' ')
              .replace(/\.?0*Z$/, '+00'),
            covered: book !== null,
            yes_bid: yes?.[0] ?? null,
            yes_bid_size: yes?.[1] ?? null,
            no_bid: no?.[0] ?? null,
            no_bid_size: no?.[1] ?? null,
          },
        ];
      }),
    )
    .toSorted((one, other) => keyOf(one).localeCompare(keyOf(other), 'en'));
  const sorted = rows.toSorted((one, other) => keyOf(one).localeCompare(keyOf(other), 'en'));
  expect(sorted).toEqual(expected);
  expect(new Set(expected.map(({ covered }) => covered)).size).toBe(2);
});

test('a market’s settlement is the last that was said of each', async () => {
  const rows = await askDuckdb(
    `select market, result, settlement_value, epoch_ms(determined_at)::double as determined, epoch_ms(settled_at)::double as settled,
       outcomes::int as outcomes, epoch_ms(known_at)::double as known from settlement_per_market order by market`,
  );
  const saying = facts.flatMap((fact) => {
    if (fact.kind !== 'market' && fact.kind !== 'lifecycle') return [];
    const { market, result, settlementValue: value, settledAtMs: settled, receivedAtMs: ms, kind } = fact;
    const determined = kind === 'lifecycle' ? fact.determinedAtMs : null;
    return [{ market: market!, result, value, settled, determined, ms, kind }];
  });
  const inOrder = saying.toSorted((one, other) => one.ms - other.ms || (one.kind < other.kind ? -1 : 1));
  const expected = [...Map.groupBy(inOrder, ({ market }) => market)].flatMap(([market, said]) => {
    const last = (name: 'result' | 'value' | 'settled' | 'determined') =>
      said.map((each) => each[name]).findLast((value) => value !== null) ?? null;
    const known = said.find(({ result, value }) => result !== null || value !== null);
    const outcomes = new Set(said.flatMap(({ result }) => result ?? [])).size;
    const [determined, settled] = [last('determined'), last('settled')];
    if (!known && determined === null && settled === null) return [];
    const of = { result: last('result'), settlement_value: last('value'), determined, settled };
    return [{ market, ...of, outcomes, known: known?.ms ?? null }];
  });
  expect(rows).toEqual(expected.toSorted((one, other) => (one.market < other.market ? -1 : 1)));
  expect(expected.some(({ outcomes }) => outcomes > 1)).toBe(true);
});

test('a dataset has the queries of its tables, and each of them runs', async () => {
  for (const [what, queries] of [
    [['settlements'], ['settlement-per-market.sql']],
    [
      ['deltas', 'snapshots'],
      ['depth-over-time.sql', 'spread-over-time.sql'],
    ],
    [['trades', 'gaps'], []],
  ] as const) {
    const at = join(folder.path, what.join('-'));
    await store.exportDataset({ folder: at, what });
    expect(await runQueries(at)).toEqual([...queries, 'open.sql'].toSorted());
  }
});

const keyOf = (row: object) => {
  const { market, trade_id: id, session_id: session } = row as Record<string, string>;
  return `${market} ${id} ${session}`;
};
