// A recording, its tape, and the recording that playing the tape makes: the second equals the first, hole by hole.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createExchange } from '@trader/exchange-simulator';
import { createOrderbookClient, type OrderbookClient } from '@trader/orderbook-client';
import { eventToRecord, RECORDED_EVENTS, TapeWriter, type FeedRecord } from '@trader/orderbook-client/records';
import { createReplayClient } from '@trader/orderbook-client/replay';
import { createTestExchange } from '@trader/orderbook-client/testing';
import { seededRandom, temporaryFolder, testSeed } from '@trader/testkit';
import { expect, test } from 'vitest';

const MARKETS = ['KXTEST-26NOV22-A', 'KXTEST-26NOV22-B', 'KXTEST-26NOV22-C'] as const;

function recordsOf(client: OrderbookClient): FeedRecord[] {
  const records: FeedRecord[] = [];
  for (const type of RECORDED_EVENTS) client.on(type, (event) => void records.push(eventToRecord(event)));
  client.on('problem', () => undefined);
  return records;
}

const own = { channels: { trade: 'markets' }, markets: MARKETS, auditIntervalMs: Infinity } as const;

/** Numbers that are lost, frames that nobody can read, connections that end. */
async function firstRecording(): Promise<readonly FeedRecord[]> {
  const random = seededRandom(testSeed());
  const exchange = createTestExchange();
  for (const market of MARKETS) exchange.book(market, { yes: [['0.40', '10000']], no: [['0.55', '10000']] });
  await using client = createOrderbookClient({ ...exchange.options, ...own });
  const records = recordsOf(client);
  client.start();
  await exchange.connected();
  for (let step = 1; step <= 600; step++) {
    await exchange.advance(1);
    const market = MARKETS[Math.floor(random() * MARKETS.length)]!;
    const what = random();
    if (step % 200 === 0) {
      exchange.disconnect();
      await exchange.advance(2_000);
    } else if (what < 0.75)
      exchange.delta(market, random() < 0.5 ? 'yes' : 'no', `0.${10 + Math.floor(random() * 30)}`, '1.25');
    else if (what < 0.9) exchange.trade(market, 'no', '0.40', '0.01');
    else if (what < 0.94) exchange.snapshot(market);
    else if (what < 0.96) exchange.gap(1 + Math.floor(random() * 3));
    else if (what < 0.98) exchange.send('not a frame');
    else {
      const { sid, seq } = client.status().connections[0]!;
      exchange.gap();
      const msg = { market_ticker: market, side: 'yes', delta_fp: '1.00' };
      exchange.send({ type: 'orderbook_delta', sid, seq: seq! + 1, msg });
    }
  }
  await exchange.advance(5_000);
  const count = records.length;
  await client.close();
  return records.slice(0, count);
}

async function playedInto(tape: string): Promise<readonly FeedRecord[]> {
  await using exchange = await createExchange({ tapes: [tape], speed: 'max', playback: 'on-play' });
  const { url, credentials } = exchange;
  await using client = createOrderbookClient({ url, credentials, ...own });
  const records = recordsOf(client);
  client.start();
  await client.whenSynced();
  exchange.play();
  await exchange.finished;
  expect(exchange.failure).toBeUndefined();
  await client.barrier();
  await client.whenSynced();
  return [...records];
}

type Of<K extends FeedRecord['kind']> = Extract<FeedRecord, { kind: K }>;
const of = <K extends FeedRecord['kind']>(records: readonly FeedRecord[], kind: K): Of<K>[] =>
  records.filter((record): record is Of<K> => record.kind === kind);

const deltasOf = (records: readonly FeedRecord[]) =>
  of(records, 'delta').map(({ market, side, price, delta, exchangeAtMs }) => [
    market,
    side,
    price,
    delta,
    exchangeAtMs,
  ]);
const tradesOf = (records: readonly FeedRecord[]) =>
  of(records, 'trade').map(({ epoch: _e, sid: _s, seq: _q, receivedAtMs: _r, ...trade }) => trade);

/**
 * Behind which delta each hole of the books is, and how many numbers it has; those between the same deltas are one. Numbers that are missing
 * right before the connection is lost no frame shows any more: they are of that hole.
 */
function holesOf(records: readonly FeedRecord[]): ReadonlyMap<string, number> {
  const holes = new Map<string, number>();
  const sids = new Set(of(records, 'snapshot').map(({ epoch, sid }) => `${epoch}/${sid}`));
  let deltas = 0;
  for (const record of records) {
    if (record.kind === 'delta') deltas++;
    if (record.kind !== 'gap' || !sids.has(`${record.epoch}/${record.sid}`)) continue;
    const isOpen = record.lastSeq === null;
    const at = `${isOpen ? 'connection lost' : 'numbers missing'} behind delta ${deltas}`;
    holes.set(at, (holes.get(at) ?? 0) + (isOpen ? 0 : record.lastSeq - record.firstSeq! + 1));
  }
  for (const hole of holes.keys())
    if (hole.startsWith('connection lost')) holes.delete(hole.replace('connection lost', 'numbers missing'));
  return holes;
}

/** Each snapshot of the one is in the other, in its order, which has more: its own client has asked as well. */
function missingSnapshots(of1: readonly FeedRecord[], of2: readonly FeedRecord[]): unknown[] {
  const missing: unknown[] = [];
  for (const market of MARKETS) {
    const textsOf = (records: readonly FeedRecord[]) =>
      of(records, 'snapshot').flatMap((one) => (one.market === market ? [JSON.stringify([one.yes, one.no])] : []));
    const there = textsOf(of2);
    let from = 0;
    for (const text of textsOf(of1)) {
      const at = there.indexOf(text, from);
      if (at < 0) missing.push([market, text]);
      else from = at + 1;
    }
  }
  return missing;
}

async function booksOf(records: readonly FeedRecord[]): Promise<unknown[]> {
  const replay = createReplayClient({ source: records, markets: MARKETS });
  replay.start();
  await replay.finished;
  return MARKETS.map((market) => [
    replay.book(market)!.synced,
    replay.book(market)!.levels('yes'),
    replay.book(market)!.levels('no'),
  ]);
}

test('a recording made of playing a recording’s tape equals it: deltas, trades, snapshots, holes and books', async () => {
  using folder = temporaryFolder('as-tape-');
  const first = await firstRecording();
  const writer = new TapeWriter();
  const lines = first.map((record) => writer.line(record)).filter((line) => line !== null);
  const tape = join(folder.path, 'tape.ndjson');
  writeFileSync(tape, `${lines.join('\n')}\n`);
  const second = await playedInto(tape);

  expect(deltasOf(second)).toEqual(deltasOf(first));
  expect(tradesOf(second)).toEqual(tradesOf(first));
  expect(holesOf(second)).toEqual(holesOf(first));
  expect(missingSnapshots(first, second)).toEqual([]);
  expect(await booksOf(second)).toEqual(await booksOf(first));
  const kinds = [...holesOf(first).keys()].map((hole) => hole.split(' behind')[0]);
  expect(new Set(kinds)).toEqual(new Set(['numbers missing', 'connection lost']));
});
