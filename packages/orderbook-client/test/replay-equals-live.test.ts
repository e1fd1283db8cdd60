// What a client tells live, and what the replay of its recording tells: the same events with the same books, whatever went wrong.
import fc from '@trader/testkit/fast-check';
import { expect, test } from 'vitest';
import { createOrderbookClient, type EventType, type OrderbookClient, type OrderbookEvent } from '../src/index.ts';
import { eventToRecord, recordToEvent, RECORDED_EVENTS, type FeedRecord } from '../src/records.ts';
import { createReplayClient } from '../src/replay/index.ts';
import { createTestExchange } from '../src/testing/index.ts';

const MARKETS = ['KXTEST-26NOV22-A', 'KXTEST-26NOV22-B', 'KXTEST-26NOV22-C'] as const;
const [A] = MARKETS;

/** Everything that both tell. A recording has no problems, and its connections are not dialled. */
const TOLD: readonly EventType[] = [...RECORDED_EVENTS, 'stale', 'verified'];

/** An event as both tell it, with each book as it then was. */
function seenBy(client: OrderbookClient, event: OrderbookEvent): unknown {
  const books = MARKETS.map((market) => {
    const book = client.book(market)!;
    return [book.synced, book.staleReason, book.checksum()];
  });
  // A stale event has the time of what made it so: a cut, of which the recording has no time.
  if (event.type === 'stale') return { ...event, atMs: 0, markets: event.markets.toSorted(), books };
  if (event.type === 'verified') return { ...event, markets: event.markets.toSorted(), books };
  const record = eventToRecord(event as Parameters<typeof eventToRecord>[0]);
  const told = recordToEvent(record, {
    ...('applied' in event && { applied: event.applied }),
    ...(event.type === 'gap' && { channel: event.channel }),
  });
  return { ...told, books };
}

function watch(client: OrderbookClient): unknown[] {
  const seen: unknown[] = [];
  client.on('problem', () => undefined);
  for (const type of TOLD) client.on(type, (event) => void seen.push(seenBy(client, event)));
  return seen;
}

/** As a store gives them: each hole where it begins, before the first record that came after that. */
function asStored(records: readonly FeedRecord[]): FeedRecord[] {
  const stored = records.filter(({ kind }) => kind !== 'gap');
  for (const gap of records) {
    if (gap.kind !== 'gap') continue;
    const isBehind = (record: FeedRecord): boolean =>
      record.kind !== 'gap' &&
      (record.epoch === gap.epoch && record.sid === gap.sid && record.seq !== null
        ? record.seq >= gap.firstSeq!
        : record.receivedAtMs > gap.fromAtMs);
    const at = stored.findIndex(isBehind);
    stored.splice(at < 0 ? stored.length : at, 0, gap);
  }
  return stored;
}

const market = fc.constantFrom(...MARKETS);
const move = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('delta' as const),
      market,
      side: fc.constantFrom('yes' as const, 'no' as const),
      at: fc.integer({ min: 10, max: 40 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('trade' as const), market }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('snapshot' as const), market }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('unreadable price' as const), market }) },
  fc.constantFrom(
    { do: 'gap' as const },
    { do: 'cut' as const },
    { do: 'garbage' as const },
    { do: 'ticker' as const },
    { do: 'impossible' as const },
  ),
);

test('each event and each book of a replay is that of the live client', async () => {
  const seenTypes = new Set<unknown>();
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 10, maxLength: 80 }), async (moves) => {
      const exchange = createTestExchange();
      for (const one of MARKETS) exchange.book(one, { yes: [['0.40', '10000']], no: [['0.55', '10000']] });
      const options = {
        ...exchange.options,
        markets: [...MARKETS],
        channels: { trade: 'all', ticker: 'all' },
      } as const;
      await using live = createOrderbookClient({ ...options, auditIntervalMs: Infinity });
      const records: FeedRecord[] = [];
      for (const type of RECORDED_EVENTS)
        live.on(type, (event) => void records.push(structuredClone(eventToRecord(event))));
      const seenLive = watch(live);
      live.start();
      await exchange.connected();
      let number = 0;
      for (const one of moves) {
        await exchange.advance(1);
        const { sid, seq } = live.status().connections[0]!;
        switch (one.do) {
          case 'delta':
            exchange.delta(one.market, one.side, `0.${one.at}`, '1');
            break;
          case 'trade':
            exchange.trade(one.market, 'no', '0.40', '0.01');
            break;
          case 'snapshot':
            exchange.snapshot(one.market);
            break;
          case 'unreadable price':
            exchange.gap();
            exchange.send({
              type: 'orderbook_delta',
              sid,
              seq: seq! + 1,
              msg: { market_ticker: one.market, side: 'yes', delta_fp: '1.00' },
            });
            break;
          case 'impossible':
            exchange.gap();
            exchange.send({
              type: 'orderbook_delta',
              sid,
              seq: seq! + 1,
              msg: { market_ticker: A, side: 'yes', price_dollars: '0.9900', delta_fp: '1.00' },
            });
            break;
          case 'gap':
            exchange.gap(1 + (number++ % 3));
            break;
          case 'garbage':
            exchange.send('not a frame');
            break;
          case 'ticker':
            exchange.publish({ type: 'something_else', msg: {} } as never);
            break;
          case 'cut':
            exchange.disconnect();
            await exchange.advance(1_000);
        }
      }
      const count = seenLive.length;
      const replay = createReplayClient({ source: asStored(records), markets: [...MARKETS] });
      const seen = watch(replay);
      replay.start();
      await replay.finished;
      expect(seen).toEqual(seenLive.slice(0, count));
      for (const event of seen) seenTypes.add((event as { type: unknown }).type);
    }),
    { numRuns: 200 },
  );
  expect([...seenTypes]).toEqual(
    expect.arrayContaining(['delta', 'snapshot', 'gap', 'stale', 'verified', 'trade', 'unrecognized', 'control']),
  );
});
