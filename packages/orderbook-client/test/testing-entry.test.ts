// The entry `@trader/orderbook-client/testing`, used as somebody would who tests a bot of their own with it.
import {
  createOrderbookClient,
  formatPrice,
  type OrderbookClient,
  type OrderbookClientOptions,
} from '@trader/orderbook-client';
import { createTestExchange, type TestExchange } from '@trader/orderbook-client/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const A = 'KXTEST-26NOV22-A';
const B = 'KXTEST-26NOV22-B';

/** The bot under test: it quotes one cent above the best YES bid, and only on a book that is right. */
class Quoter {
  readonly log: string[] = [];
  readonly client: OrderbookClient;

  constructor(client: OrderbookClient) {
    this.client = client;
    client.on('snapshot', ({ market }) => this.#quote(market));
    client.on('delta', ({ market }) => this.#quote(market));
    client.on('stale', ({ markets, reason }) => {
      for (const market of markets) this.log.push(`${market} cancel: ${reason}`);
    });
  }

  #quote(market: string): void {
    const book = this.client.book(market);
    if (book?.synced) this.log.push(`${market} bid ${book.bestBidPrice('yes') + 100}`);
  }
}

let exchange: TestExchange;
let client: OrderbookClient;

const connect = async (options: Partial<OrderbookClientOptions> = {}): Promise<void> => {
  client = createOrderbookClient({ ...exchange.options, markets: [A, B], ...options });
  client.start();
  await exchange.connected();
};

/** What the client has asked for. */
const commandNames = (): string[] =>
  exchange.commands.map((command) => (command.cmd === 'update_subscription' ? command.params.action : command.cmd));

beforeEach(() => {
  exchange = createTestExchange();
  exchange.book(A, { yes: [['0.40', '10']], no: [['0.55', '5']] });
  exchange.book(B, { yes: [['0.2', '3.5']] });
});

afterEach(async () => {
  await client.close();
  const { connections, timers } = exchange;
  if (connections + timers > 0) throw new Error(`close() left ${connections} connections and ${timers} timers`);
});

describe('a bot on a test exchange', () => {
  test('has its books as soon as it is connected', async () => {
    await connect();
    expect(client.status()).toMatchObject({ phase: 'live', wanted: 2, synced: 2, epoch: 1 });
    expect(client.book(A)!.levels('yes')).toEqual([[4000, 1000]]);
    expect(client.book(B)!.bestBid('yes')).toEqual([2000, 350]);
    expect(client.book(B)!.depth('no')).toBe(0);
    expect(commandNames()).toEqual(['subscribe']);
  });

  test('follows deltas, of the exact exchange time', async () => {
    await connect();
    const bot = new Quoter(client);
    await exchange.advance(1500);
    const times: (number | null)[] = [];
    client.on('delta', ({ exchangeAtMs }) => times.push(exchangeAtMs));
    exchange.delta(A, 'yes', '0.41', '2');
    exchange.delta(A, 'yes', '0.41', '-2');
    expect(bot.log).toEqual([`${A} bid 4200`, `${A} bid 4100`]);
    expect(times).toEqual([1_800_000_001_500, 1_800_000_001_500]);
    expect(exchange.nowMs).toBe(1_800_000_001_500);
  });

  test('cancels at a gap and quotes again on the repaired book', async () => {
    await connect();
    const bot = new Quoter(client);
    exchange.holdReplies();
    exchange.book(A, { yes: [['0.45', '1']] });
    exchange.gap(3);
    exchange.delta(B, 'yes', '0.21', '1');
    expect(bot.log).toEqual([`${A} cancel: gap`, `${B} cancel: gap`]);
    expect(client.book(A)!.staleReason).toBe('gap');

    bot.log.length = 0;
    exchange.sendReplies();
    expect(bot.log).toEqual([`${A} bid 4600`, `${B} bid 2200`]);
    expect(client.status().counters).toMatchObject({ gaps: 1, repairs: 1 });
  });

  test('cancels at a cut, and quotes the new book after the first redial, which needs no time', async () => {
    await connect();
    const bot = new Quoter(client);
    exchange.disconnect();
    exchange.book(A, { yes: [['0.30', '1']] });
    expect(bot.log).toEqual([`${A} cancel: disconnected`, `${B} cancel: disconnected`]);
    expect(client.book(A)!.bestBidPrice('yes')).toBe(4000);

    bot.log.length = 0;
    await exchange.connected();
    expect(bot.log).toEqual([`${A} bid 3100`, `${B} bid 2100`]);
    expect(client.status()).toMatchObject({ phase: 'live', epoch: 2 });
    expect(exchange.nowMs).toBe(1_800_000_000_000);
  });

  test('keeps quoting through six quiet hours', async () => {
    await connect();
    const bot = new Quoter(client);
    const statuses: string[] = [];
    client.on('status', ({ to }) => statuses.push(to));
    client.on('problem', ({ error }) => statuses.push(error.code));
    await exchange.advance(6 * 3_600_000);
    expect(statuses).toEqual([]);
    expect(bot.log.every((line) => line.includes('bid'))).toBe(true);
    const { phase, epoch, counters } = client.status();
    expect({ phase, epoch, serverPings: counters.serverPings }).toEqual({ phase: 'live', epoch: 1, serverPings: 2160 });
    expect(counters.audited).toBeGreaterThan(1000);
  });

  test('waits through refused handshakes', async () => {
    exchange.refuse(503, { retryAfterMs: 5000 });
    client = createOrderbookClient({ ...exchange.options, markets: [A] });
    const problems: string[] = [];
    client.on('problem', ({ error, retryInMs }) => problems.push(`${error.code} ${error.httpStatus} ${retryInMs}`));
    client.start();
    await expect(exchange.connected()).rejects.toThrow('refused with HTTP 503');
    expect(problems).toMatchObject([expect.stringMatching(/^EXCHANGE_UNAVAILABLE 503 5[0-4]\d\d$/)]);

    exchange.accept();
    await exchange.advance(4999);
    expect(client.status().phase).toBe('waiting');
    // The jitter comes on top.
    await exchange.advance(501);
    expect(client.book(A)!.synced).toBe(true);
  });

  test.each([
    [401, 'AUTH_REJECTED'],
    [403, 'ACCESS_DENIED'],
    [404, 'HANDSHAKE_REJECTED'],
    [429, 'RATE_LIMITED'],
    [500, 'EXCHANGE_UNAVAILABLE'],
  ])('is refused twice with HTTP %i, as %s, and then let in', async (httpStatus, code) => {
    exchange.refuse(httpStatus, { times: 2 });
    client = createOrderbookClient({ ...exchange.options, markets: [A] });
    const problems: unknown[] = [];
    client.on('problem', ({ error }) => problems.push([error.code, error.httpStatus]));
    client.start();
    await exchange.advance(200_000);
    expect(problems).toEqual([
      [code, httpStatus],
      [code, httpStatus],
    ]);
    expect(client.status().phase).toBe('live');
  });
});

describe('the test exchange', () => {
  test('keeps quiet about a book that is set behind the client, which an audit then finds', async () => {
    await connect({ auditIntervalMs: 1000 });
    const problems: string[] = [];
    client.on('problem', ({ error }) => problems.push(`${error.code} ${error.market}`));
    exchange.book(A, { yes: [['0.39', '10']] });
    expect(client.book(A)!.bestBidPrice('yes')).toBe(4000);
    await exchange.advance(5000);
    expect(client.book(A)!.bestBidPrice('yes')).toBe(3900);
    expect(problems).toEqual([`BOOK_DESYNCED ${A}`]);
  });

  test('ends a connection whose pings it does not answer', async () => {
    await connect();
    const codes: string[] = [];
    client.on('problem', ({ error }) => codes.push(error.code));
    exchange.holdPongs();
    await exchange.advance(20_000);
    exchange.sendPongs();
    await exchange.advance(60_000);
    expect(codes).toEqual(['PONG_TIMEOUT']);
    expect(client.status()).toMatchObject({ phase: 'live', epoch: 2 });
  });

  test('adds and deletes markets, and tells nobody of what was deleted', async () => {
    await connect();
    const seen: string[] = [];
    client.on('delta', ({ market }) => seen.push(market));
    client.removeMarkets([A]);
    client.addMarkets(['KXNEW']);
    await exchange.advance(100);
    expect(commandNames()).toEqual(['subscribe', 'delete_markets', 'add_markets']);
    exchange.delta(A, 'yes', '0.1', '1');
    exchange.delta(B, 'yes', '0.1', '1');
    exchange.delta('KXNEW', 'no', '0.1', '1');
    expect(seen).toEqual([B, 'KXNEW']);
    expect(client.book('KXNEW')!.bestAsk('yes')).toEqual([9000, 100]);
  });

  test('answers a barrier, held or not', async () => {
    await connect();
    await client.barrier();
    exchange.holdReplies();
    let passed = false;
    const barrier = client.barrier().then(() => (passed = true));
    await exchange.advance(1000);
    expect(passed).toBe(false);
    exchange.sendReplies();
    await barrier;
    expect(commandNames()).toEqual(['subscribe', 'list_subscriptions', 'list_subscriptions']);
  });

  test('sends an empty book unasked, as at the close of a market', async () => {
    await connect();
    exchange.book(A, {});
    exchange.snapshot(A);
    expect(client.book(A)!.depth('yes')).toBe(0);
    expect(client.status()).toMatchObject({ synced: 2, counters: { gaps: 0, desyncs: 0 } });
  });

  test('takes a trade off the maker, and prints it to whoever follows trades', async () => {
    await connect({ channels: { trade: 'markets', fill: 'all' } });
    const seen: unknown[] = [];
    client.on('trade', ({ market, yesPrice, size, takerSide, seq }) =>
      seen.push({ market, yesPrice, size, takerSide, seq }),
    );
    exchange.trade(A, 'yes', '0.45', '2');
    exchange.trade(A, 'no', '0.40', '10');
    expect(client.book(A)!.levels('no')).toEqual([[5500, 300]]);
    expect(client.book(A)!.depth('yes')).toBe(0);
    expect(seen).toEqual([
      { market: A, yesPrice: 4500, size: 200, takerSide: 'yes', seq: 1 },
      { market: A, yesPrice: 4000, size: 1000, takerSide: 'no', seq: 2 },
    ]);
  });

  test('publishes on the channels that are subscribed to, and on no other', async () => {
    await connect({ channels: { market_lifecycle_v2: 'all', ticker: 'all' } });
    const seen: unknown[] = [];
    client.on('market-lifecycle', ({ market, change, seq }) => seen.push({ market, change, seq }));
    client.on('order-group', () => seen.push('order group'));
    exchange.publish({ type: 'market_lifecycle_v2', msg: { market_ticker: 'KXNEW', event_type: 'created' } });
    exchange.publish({
      type: 'order_group_updates',
      msg: { event_type: 'reset', order_group_id: 'group', ts_ms: exchange.nowMs },
    });
    expect(seen).toEqual([{ market: 'KXNEW', change: 'created', seq: 1 }]);
  });

  test('keeps for a paused client what it has not read, in order', async () => {
    await connect();
    const seen: number[] = [];
    client.on('delta', ({ price }) => seen.push(price));
    client.pause();
    exchange.delta(A, 'yes', '0.11', '1');
    exchange.delta(A, 'yes', '0.12', '1');
    await exchange.advance(30_000);
    expect(seen).toEqual([]);
    client.resume();
    await exchange.advance(0);
    expect(seen).toEqual([1100, 1200]);
    expect(client.status()).toMatchObject({ synced: 2, epoch: 1 });
  });

  test('feeds a bot that reads with for await', async () => {
    await connect();
    const prices: number[] = [];
    const bot = (async () => {
      for await (const event of client.events({ maxQueued: 4, overflow: 'pause' })) {
        if (event.type === 'delta') prices.push(event.price);
      }
    })();
    const expected = Array.from({ length: 300 }, (_, at) => at + 1);
    for (const price of expected) exchange.delta(A, 'yes', formatPrice(price), '1');
    await exchange.advance(0);
    expect(prices).toEqual(expected);
    await client.close();
    await bot;
  });

  test('serves several connections, each with numbers of its own', async () => {
    await connect({ connections: 2 });
    expect(exchange.connections).toBe(2);
    exchange.delta(A, 'yes', '0.1', '1');
    exchange.delta(B, 'yes', '0.1', '1');
    expect(client.status()).toMatchObject({ synced: 2, counters: { deltas: 2, gaps: 0 } });
    expect(client.status().connections.map(({ sid, seq }) => ({ sid, seq }))).toEqual([
      { sid: 1, seq: 2 },
      { sid: 1, seq: 2 },
    ]);
  });

  test('sends anything as it is', async () => {
    await connect();
    const seen: string[] = [];
    client.on('unrecognized', ({ frameType, text, reason }) => seen.push(`${frameType}|${text}|${reason}`));
    exchange.send({ type: 'news', sid: 9 });
    exchange.send('not JSON');
    exchange.send(Uint8Array.of(255));
    expect(seen).toEqual(['news|{"type":"news","sid":9}|null', '|not JSON|not JSON', '||not UTF-8']);
  });

  test('comes out the same each time, and otherwise with another seed', async () => {
    const retries = async (seed: number): Promise<(number | null)[]> => {
      const world = createTestExchange({ seed });
      const seen: (number | null)[] = [];
      world.refuse(500);
      await using one = createOrderbookClient({ ...world.options, markets: [A] });
      one.on('problem', ({ retryInMs }) => seen.push(retryInMs));
      one.start();
      await world.advance(300_000);
      return seen;
    };
    const first = await retries(7);
    expect(first.length).toBeGreaterThan(10);
    expect(await retries(7)).toEqual(first);
    expect(await retries(8)).not.toEqual(first);
    await connect();
  });

  test.each([
    ['a price that is none', () => exchange.delta(A, 'yes', '40', '1'), TypeError],
    ['a size that is none', () => exchange.book(A, { yes: [['0.4', 'ten']] }), TypeError],
    ['a level of nothing', () => exchange.book(A, { yes: [['0.4', '0']] }), RangeError],
    ['taking away more than rests', () => exchange.delta(A, 'yes', '0.40', '-10.01'), RangeError],
    ['a change of nothing', () => exchange.delta(A, 'yes', '0.40', '0'), RangeError],
    ['crossed sides', () => exchange.delta(A, 'yes', '0.45', '1'), RangeError],
    ['a book with crossed sides', () => exchange.book(A, { yes: [['0.5', '1']], no: [['0.5', '1']] }), RangeError],
    ['a trade with nobody', () => exchange.trade(A, 'yes', '0.44', '1'), RangeError],
    ['a trade of nothing', () => exchange.trade(A, 'yes', '0.45', '0'), RangeError],
    ['a gap of nothing', () => exchange.gap(0), RangeError],
    ['a refusal that is none', () => exchange.refuse(200), RangeError],
    ['a refusal of no handshake', () => exchange.refuse(500, { times: 0 }), RangeError],
  ])('says that the test is wrong about %s, and changes nothing', async (_what, act, error) => {
    await connect();
    expect(act).toThrow(error);
    exchange.snapshot(A);
    expect(client.book(A)!.levels('yes')).toEqual([[4000, 1000]]);
    expect(client.book(A)!.levels('no')).toEqual([[5500, 500]]);
  });

  test('says that a client was never started', async () => {
    client = createOrderbookClient({ ...exchange.options, markets: [A] });
    await expect(exchange.connected()).rejects.toThrow('call start()');
    await expect(exchange.advance(-1)).rejects.toThrow(RangeError);
  });
});

test('wrong options are refused by name', () => {
  expect(() => createTestExchange({ sead: 1 } as never)).toThrow('Did you mean "seed"?');
  expect(() => createTestExchange({ startMs: Number.NaN })).toThrow('startMs must be');
  expect(() => createTestExchange({ seed: '1' as never })).toThrow('seed must be');
});
