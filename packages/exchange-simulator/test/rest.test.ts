import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualRuntime, temporaryFolder } from '@trader/testkit';
import { createExchange, type Exchange } from '../src/index.ts';
import { type Handshake, signedHeaders } from './client.ts';
import { at, deltaOf, snapshotOf, writeTape } from './tape.ts';

type Reply = { status: number; headers: Headers; body: any }; // oxlint-disable-line typescript/no-explicit-any

async function get(exchange: Exchange, path: string, headers: Record<string, string> = {}): Promise<Reply> {
  const response = await fetch(exchange.restUrl + path, { headers });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const signedFor = (exchange: Exchange, path: string, handshake: Handshake = {}) =>
  signedHeaders(exchange, { signedPath: `/trade-api/v2${path.split('?')[0]}`, ...handshake });

const getSigned = (exchange: Exchange, path: string) => get(exchange, path, signedFor(exchange, path));

describe('REST', () => {
  const folder = temporaryFolder();
  let exchange: Exchange;

  beforeAll(async () => {
    const tape = writeTape(folder, 'rest.ndjson', [
      at(
        1_786_000_000_000,
        snapshotOf(
          'KXA-1-B',
          [
            ['0.4000', '10.00'],
            ['0.4200', '3.50'],
          ],
          [['0.5500', '7.00']],
        ),
      ),
      at(1_786_000_000_000, snapshotOf('KXA-1-C')),
      at(1_786_000_000_000, snapshotOf('KXA-2-D', [], [['0.0100', '1.00']])),
      at(1_786_000_000_000, snapshotOf('KXB-1', [['0.9900', '1.00']])),
      at(1_786_000_060_000, deltaOf('KXB-1', 'yes', '0.9900', '1.00')),
    ]);
    exchange = await createExchange({ tapes: [tape], playback: 'on-play', readTokensPerSecond: 1_000_000 });
  });

  afterAll(async () => {
    await exchange.close();
    folder.remove();
  });

  it('shows a market with its quotes, an empty side as nothing bid and a dollar asked', async () => {
    const { status, body } = await get(exchange, '/markets/KXA-1-B');
    expect(status).toBe(200);
    expect(body.market).toMatchObject({
      ticker: 'KXA-1-B',
      event_ticker: 'KXA-1',
      yes_bid_dollars: '0.4200',
      yes_bid_size_fp: '3.50',
      yes_ask_dollars: '0.4500',
      yes_ask_size_fp: '7.00',
      no_bid_dollars: '0.5500',
      no_ask_dollars: '0.5800',
    });
    const empty = await get(exchange, '/markets/KXA-1-C');
    expect(empty.body.market).toMatchObject({
      yes_bid_dollars: '0.0000',
      yes_bid_size_fp: '0.00',
      yes_ask_dollars: '1.0000',
      yes_ask_size_fp: '0.00',
    });
  });

  it('leads through all markets page by page, and ends with an empty cursor', async () => {
    const pages: string[][] = [];
    for (let cursor = '', more = true; more; more = cursor !== '') {
      const { body } = await get(exchange, `/markets?limit=3&cursor=${cursor}`);
      pages.push(body.markets.map(({ ticker }: { ticker: string }) => ticker));
      cursor = body.cursor;
    }
    expect(pages).toEqual([['KXA-1-B', 'KXA-1-C', 'KXA-2-D'], ['KXB-1']]);
  });

  it.each([
    ['event_ticker=KXA-1', ['KXA-1-B', 'KXA-1-C']],
    ['series_ticker=KXA', ['KXA-1-B', 'KXA-1-C', 'KXA-2-D']],
    ['tickers=KXB-1,KXA-2-D,NOPE', ['KXA-2-D', 'KXB-1']],
    ['status=unopened', []],
    ['mve_filter=only', []],
    ['limit=0', ['KXA-1-B', 'KXA-1-C', 'KXA-2-D', 'KXB-1']],
  ])('lists the markets of %s', async (query, tickers) => {
    const { body } = await get(exchange, `/markets?${query}`);
    expect(body.markets.map(({ ticker }: { ticker: string }) => ticker)).toEqual(tickers);
    expect(body.cursor).toBe('');
  });

  it.each([
    ['/markets?limit=1001', 'limit must be an integer from 0 to 1000'],
    ['/markets?limit=ten', 'limit must be an integer from 0 to 1000'],
    ['/markets?status=active', 'status must be one of unopened, open, paused, closed, settled'],
    ['/markets?cursor=abc', 'cursor is not one of ours'],
    ['/markets?min_close_ts=1&min_created_ts=1', 'created and close times cannot be combined'],
    ['/markets?min_settled_ts=1&status=open', 'settled times cannot be combined with status=open'],
    ['/markets?min_updated_ts=1&tickers=A', 'min_updated_ts cannot be combined with tickers'],
    ['/markets/trades?is_block_trade=1', 'is_block_trade must be one of true, false'],
    ['/events?limit=201', 'limit must be an integer from 1 to 200'],
  ])('refuses %s with a 400 that says why', async (path, details) => {
    const { status, body } = await get(exchange, path);
    expect(status).toBe(400);
    expect(body).toEqual({ error: { code: 'bad_request', message: 'bad request', details } });
  });

  it('shows order books ascending, with empty lists for empty sides, cut from the far end by depth', async () => {
    expect((await getSigned(exchange, '/markets/KXA-1-B/orderbook')).body).toEqual({
      orderbook_fp: {
        yes_dollars: [
          ['0.4000', '10.00'],
          ['0.4200', '3.50'],
        ],
        no_dollars: [['0.5500', '7.00']],
      },
    });
    expect((await getSigned(exchange, '/markets/KXA-1-B/orderbook?depth=1')).body.orderbook_fp.yes_dollars).toEqual([
      ['0.4200', '3.50'],
    ]);
    const { body } = await getSigned(exchange, '/markets/orderbooks?tickers=KXA-2-D&tickers=NOPE&tickers=KXA-1-C');
    expect(body).toEqual({
      orderbooks: [
        { ticker: 'KXA-2-D', orderbook_fp: { yes_dollars: [], no_dollars: [['0.0100', '1.00']] } },
        { ticker: 'KXA-1-C', orderbook_fp: { yes_dollars: [], no_dollars: [] } },
      ],
    });
    const tooMany = Array.from({ length: 101 }, (_, index) => `tickers=T${index}`).join('&');
    expect((await getSigned(exchange, `/markets/orderbooks?${tooMany}`)).status).toBe(400);
  });

  it('groups markets to events and series', async () => {
    const { body } = await get(exchange, '/events?with_nested_markets=true&series_ticker=KXA');
    const nested = body.events.map((event: { event_ticker: string; markets: { ticker: string }[] }) => [
      event.event_ticker,
      event.markets.map(({ ticker }) => ticker),
    ]);
    expect(nested).toEqual([
      ['KXA-1', ['KXA-1-B', 'KXA-1-C']],
      ['KXA-2', ['KXA-2-D']],
    ]);
    const one = await get(exchange, '/events/KXA-1');
    expect(one.body.event).toMatchObject({ event_ticker: 'KXA-1', series_ticker: 'KXA' });
    expect(one.body.event).not.toHaveProperty('markets');
    expect(one.body.markets).toHaveLength(2);
    const series = await get(exchange, '/series?include_volume=true');
    expect(series.body.series).toMatchObject([{ ticker: 'KXA', volume_fp: '0.00' }, { ticker: 'KXB' }]);
    expect((await get(exchange, '/series/KXB')).body.series.ticker).toBe('KXB');
  });

  it('tells the state and the hours of the exchange', async () => {
    expect((await get(exchange, '/exchange/status')).body).toMatchObject({
      exchange_active: true,
      trading_active: true,
    });
    const { body } = await get(exchange, '/exchange/schedule');
    expect(body.schedule.standard_hours[0].thursday).toHaveLength(2);
    expect(body.schedule.maintenance_windows).toEqual([]);
  });

  it.each(['/markets/NOPE', '/events/NOPE', '/series/NOPE', '/nothing', '/markets/', '/markets/%ff'])(
    'answers %s with a 404',
    async (path) => {
      const { status, body } = await get(exchange, path);
      expect(status).toBe(404);
      expect(body).toEqual({ error: { code: 'not_found', message: 'not found' } });
    },
  );

  it('answers another method on a known path with a 405', async () => {
    const response = await fetch(`${exchange.restUrl}/markets`, { method: 'POST', body: '{"much":1}' });
    expect(response.status).toBe(405);
  });

  it('asks for a signature where Kalshi does, and refuses a wrong one anywhere', async () => {
    const unsigned = await get(exchange, '/account/limits');
    expect(unsigned.status).toBe(401);
    expect(unsigned.body.error.code).toBe('authentication_error');
    expect((await getSigned(exchange, '/account/limits')).status).toBe(200);
    const path = '/exchange/status';
    expect((await getSigned(exchange, path)).status).toBe(200);
    const codeOf = async (handshake: Handshake) =>
      (await get(exchange, path, signedFor(exchange, path, handshake))).body.error;
    expect(await codeOf({ signedPath: '/trade-api/v2/markets' })).toMatchObject({ code: 'authentication_error' });
    expect(await codeOf({ keyId: 'somebody' })).toMatchObject({ code: 'authentication_error', details: 'NOT_FOUND' });
    expect(await codeOf({ atMs: Date.now() - 60_000 })).toMatchObject({ code: 'header_timestamp_expired' });
  });

  it('dates every answer and counts it by status', async () => {
    const before = exchange.totals().restReplies[404] ?? 0;
    const { headers } = await get(exchange, '/nothing');
    expect(Math.abs(Date.parse(headers.get('date')!) - Date.now())).toBeLessThan(10_000);
    expect(exchange.totals().restReplies[404]).toBe(before + 1);
  });
});

describe('REST of a market that lives', () => {
  it('shows a pause of trading and of a market, a market that is closed, and trades newest first', async () => {
    const runtime = new ManualRuntime();
    await using exchange = await createExchange({ markets: 3, runtime });
    const { orders, markets } = exchange.control;
    const [first = '', second = '', third = ''] = exchange.markets;
    const statusOf = async (ticker: string) => (await get(exchange, `/markets/${ticker}`)).body.market.status;

    for (const size of [100, 200, 300]) {
      const [price = 0] = exchange.book(first)?.no.at(-1) ?? [];
      orders.place({ ticker: first, side: 'yes', price: 10_000 - price, size, timeInForce: 'immediate_or_cancel' });
      runtime.advance(1);
    }
    const { body } = await get(exchange, `/markets/trades?ticker=${first}&limit=2`);
    const times = body.trades.map((trade: { created_time: string }) => trade.created_time);
    expect(times).toHaveLength(2);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(body.cursor).not.toBe('');
    const older = await get(exchange, `/markets/trades?ticker=${first}&limit=1000&cursor=${body.cursor}`);
    expect(older.body.trades.length).toBeGreaterThan(0);
    expect(older.body.cursor).toBe('');

    markets.pause(second);
    expect(await statusOf(second)).toBe('inactive');
    expect((await get(exchange, '/markets?status=paused')).body.markets).toHaveLength(1);
    markets.close(third);
    expect(await statusOf(third)).not.toBe('active');
    markets.pauseTrading();
    expect((await get(exchange, '/exchange/status')).body).toMatchObject({
      exchange_active: true,
      trading_active: false,
    });
  });
});

describe('the rate limit', () => {
  it('lets each key have two seconds of its budget at once, then 429 with a text and no advice, and refills', async () => {
    const other = generateKeyPairSync('ed25519');
    const keys = [{ keyId: 'other', publicKeyPem: other.publicKey.export({ type: 'spki', format: 'pem' }) }];
    const runtime = new ManualRuntime();
    await using exchange = await createExchange({ readTokensPerSecond: 20, keys, runtime });
    const path = '/account/limits';
    const status = async (handshake: Handshake = {}) =>
      (await get(exchange, path, signedFor(exchange, path, { atMs: runtime.nowMs(), ...handshake }))).status;

    expect([await status(), await status(), await status(), await status(), await status()]).toEqual([
      200, 200, 200, 200, 429,
    ]);
    const refused = await get(exchange, path, signedFor(exchange, path, { atMs: runtime.nowMs() }));
    expect(refused.body).toEqual({ error: 'too many requests' });
    expect(refused.headers.get('retry-after')).toBeNull();
    const asOther = {
      keyId: 'other',
      privateKeyPem: other.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    };
    expect(await status(asOther)).toBe(200);
    expect((await get(exchange, '/markets')).status).toBe(200);

    runtime.advance(500);
    expect([await status(), await status()]).toEqual([200, 429]);
  });

  it('is told to the account', async () => {
    await using exchange = await createExchange();
    expect((await getSigned(exchange, '/account/limits')).body).toEqual({
      usage_tier: 'basic',
      read: { refill_rate: 240, bucket_capacity: 480 },
      write: { refill_rate: 120, bucket_capacity: 120 },
      grants: [],
    });
  });
});
