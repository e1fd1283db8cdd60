// What a client records of a conversation in which much goes wrong, as a tape, and what comes back from that.
import { Readable } from 'node:stream';
import { seededRandom, testSeed } from '@trader/testkit';
import { expect, test } from 'vitest';
import { createOrderbookClient, type OpenSocket, type OrderbookClient } from '../src/index.ts';
import {
  eventToRecord,
  RECORDED_EVENTS,
  recordToFrame,
  tapeToRecords,
  TapeWriter,
  type FeedRecord,
} from '../src/recordings.ts';
import { createReplayClient } from '../src/replay/index.ts';
import { createTestExchange } from '../src/testing/index.ts';

const MARKETS = ['KXTEST-26NOV22-A', 'KXTEST-26NOV22-B'] as const;
const [A] = MARKETS;

type Conversation = {
  readonly live: OrderbookClient;
  readonly records: readonly FeedRecord[];
  /** Each frame as it came. */
  readonly tape: readonly string[];
};

/** Deltas, trades, snapshots; numbers that are missing, frames that cannot be read, sockets that are lost. */
async function converse(): Promise<Conversation> {
  const random = seededRandom(testSeed());
  const exchange = createTestExchange();
  for (const market of MARKETS) exchange.book(market, { yes: [['0.40', '10000']], no: [['0.55', '10000']] });
  const tape: string[] = [];
  const tapped: OpenSocket = (url, headers, listener) =>
    exchange.options.openSocket(url, headers, {
      serverTime: (atMs) => listener.serverTime(atMs),
      opened: () => listener.opened(),
      frame: (bytes) => {
        tape.push(`{"recv_ms":${exchange.nowMs},"event":${new TextDecoder().decode(bytes)}}`);
        listener.frame(bytes);
      },
      ping: () => listener.ping(),
      pong: () => listener.pong(),
      closed: (error) => listener.closed(error),
    });
  const channels = { trade: 'all', ticker: 'all' } as const;
  const live = createOrderbookClient({ ...exchange.options, openSocket: tapped, markets: [...MARKETS], channels });
  const records: FeedRecord[] = [];
  for (const type of RECORDED_EVENTS) live.on(type, (event) => void records.push(eventToRecord(event)));
  live.on('problem', () => undefined);
  live.start();
  await exchange.connected();
  for (let step = 0; step < 400; step++) {
    await exchange.advance(1);
    const market = MARKETS[Math.floor(random() * 2)]!;
    const what = random();
    if (step % 150 === 99) {
      exchange.disconnect();
      await exchange.advance(2_000);
    } else if (what < 0.7)
      exchange.delta(market, random() < 0.5 ? 'yes' : 'no', `0.${10 + Math.floor(random() * 30)}`, '1.25');
    else if (what < 0.78) exchange.trade(market, 'yes', '0.45', '0.01');
    else if (what < 0.85) exchange.trade(market, 'no', '0.40', '0.01');
    else if (what < 0.9) exchange.snapshot(market);
    else if (what < 0.93) exchange.gap(2);
    else if (what < 0.95) exchange.send('not a frame');
    else if (what < 0.97) {
      const { sid, seq } = live.status().connections[0]!;
      const msg = { market_ticker: market, side: 'yes', delta_fp: '1.00' };
      exchange.gap();
      exchange.send({ type: 'orderbook_delta', sid, seq: seq! + 1, msg });
    } else exchange.publish({ type: 'something_new', msg: { n: step } } as never);
  }
  await exchange.advance(5_000);
  return { live, records, tape };
}

async function all(records: Iterable<FeedRecord> | AsyncIterable<FeedRecord>): Promise<FeedRecord[]> {
  const list: FeedRecord[] = [];
  for await (const record of records) list.push(record);
  return list;
}

/** A hole and the frame that shows it are told at once; a lost socket is seen by a tape only when the next has begun. */
const inOrder = (records: readonly FeedRecord[]) => ({
  frames: records.filter(({ kind }) => kind !== 'gap'),
  holes: records.filter(({ kind }) => kind === 'gap'),
});

test('the frames of a tape are the records that the client made of them, holes and lost sockets among them', async () => {
  const { live, records, tape } = await converse();
  const read = await all(tapeToRecords(tape));
  expect(await all(tapeToRecords(Readable.from(tape)))).toEqual(read);
  expect(inOrder(read)).toEqual(inOrder(records));
  expect(new Set(records.map(({ kind }) => kind)).size).toBe(5);
  expect(live.status().epoch).toBeGreaterThan(2);

  const replay = createReplayClient({ source: tapeToRecords(tape), markets: [...MARKETS] });
  replay.start();
  await replay.finished;
  for (const market of MARKETS) {
    expect(replay.book(market)).toMatchObject({ synced: true });
    expect(replay.book(market)!.checksum()).toBe(live.book(market)!.checksum());
  }
  expect(replay.status().counters.gaps).toBe(live.status().counters.gaps);
  await live.close();
});

test('records become a tape and the same records again, but for frames that nobody can read', async () => {
  const { live, records } = await converse();
  await live.close();
  const writer = new TapeWriter();
  const lines = records.map((record) => writer.line(record));
  const onTape = records.filter((_, at) => lines[at] !== null);
  expect(await all(tapeToRecords(lines.filter((line) => line !== null)))).toEqual(onTape);
  const leftOut = records.filter((_, at) => lines[at] === null);
  expect(leftOut.length).toBeGreaterThan(0);
  expect(leftOut.filter((record) => record.kind !== 'raw')).toEqual([]);
});

test('a record is the frame in the exchange’s spelling, without what no record has', () => {
  const at = { epoch: 1, sid: 1, seq: 2, market: A, receivedAtMs: 1_786_405_577_252 };
  const delta = { kind: 'delta', ...at, side: 'no', price: 55, delta: -10_050, exchangeAtMs: null } as const;
  const id = /"market_id":"([0-9a-f-]{36})"/.exec(recordToFrame(delta)!)![1];
  const names = `"market_ticker":"${A}","market_id":"${id}"`;
  expect(recordToFrame(delta)).toBe(
    `{"type":"orderbook_delta","sid":1,"seq":2,"msg":{${names},"price_dollars":"0.0055","delta_fp":"-100.50","side":"no"}}`,
  );
  expect(recordToFrame({ kind: 'snapshot', ...at, yes: [[4000, 100]], no: [] })).toBe(
    `{"type":"orderbook_snapshot","sid":1,"seq":2,"msg":{${names},"yes_dollars_fp":[["0.4000","1.00"]]}}`,
  );
  expect(recordToFrame({ kind: 'raw', epoch: 1, sid: null, seq: null, receivedAtMs: 1, text: '' })).toBeNull();
});
