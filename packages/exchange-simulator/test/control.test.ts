// Whatever a program can do with a running exchange can be done over HTTP, too.
import { ManualRuntime, temporaryFolder } from '@trader/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { createExchange, type Exchange, type ExchangeOptions } from '../src/index.ts';
import { TestClient } from './client.ts';
import { at, deltaOf, snapshotOf, writeTape } from './tape.ts';

let exchange: Exchange;
let runtime: ManualRuntime;
afterEach(() => exchange.close());

async function start(options: ExchangeOptions = {}): Promise<void> {
  runtime = new ManualRuntime();
  exchange = await createExchange({ markets: 3, runtime, ...options });
}

type Reply = { status: number; body: any; allow?: string }; // oxlint-disable-line typescript/no-explicit-any

async function ask(method: string, path: string, body?: unknown): Promise<Reply> {
  const { origin } = new URL(exchange.restUrl);
  const text = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const answer = await fetch(`${origin}/control/${path}`, { method, ...text });
  const allow = answer.headers.get('allow');
  return { status: answer.status, body: await answer.json(), ...(allow !== null && { allow }) };
}

const statusOf = async (ticker: string): Promise<unknown> => {
  const answer = await fetch(`${exchange.restUrl}/markets/${ticker}`);
  return ((await answer.json()) as { market: { status: string } }).market.status;
};

describe('/control/', () => {
  it('lists everything that a program has, under the same names', async () => {
    await start();
    const { status, body } = await ask('GET', '');
    expect(status).toBe(200);
    const paths = (body.requests as { request: string }[]).map(({ request }) => request);
    expect(paths).toMatchInlineSnapshot(`
      [
        "GET /control/",
        "GET /control/totals",
        "GET /control/markets",
        "GET /control/markets/*/book",
        "POST /control/markets/*/pause",
        "POST /control/markets/*/resume",
        "POST /control/markets/*/close",
        "POST /control/roll-markets",
        "POST /control/market-lifetime",
        "POST /control/pause-trading",
        "POST /control/resume-trading",
        "POST /control/orders",
        "DELETE /control/orders/*",
        "POST /control/order-groups",
        "GET /control/faults",
        "POST /control/faults",
        "DELETE /control/faults",
        "DELETE /control/faults/*",
        "POST /control/drop-connections",
        "POST /control/play",
        "POST /control/close",
      ]
    `);
  });

  it('shows what was counted, the markets, and a book as it is', async () => {
    await start();
    const [ticker = ''] = exchange.markets;
    expect((await ask('GET', 'totals')).body.totals).toMatchObject({ connections: 0, deltasPlayed: 0 });
    expect((await ask('GET', 'markets')).body).toEqual({ markets: exchange.markets });
    expect((await ask('GET', `markets/${ticker}/book`)).body).toEqual({ book: exchange.book(ticker) });
    expect((await ask('GET', 'markets/NONE/book')).status).toBe(404);
  });

  it('pauses, resumes and closes a market, and all of them', async () => {
    await start();
    const [first = '', second = ''] = exchange.markets;
    expect((await ask('POST', `markets/${first}/pause`)).body).toEqual({ paused: true });
    expect(await statusOf(first)).toBe('inactive');
    expect((await ask('POST', `markets/${first}/resume`)).body).toEqual({ resumed: true });
    expect(await statusOf(first)).toBe('active');
    expect((await ask('POST', `markets/${second}/close`)).body).toEqual({ closed: true });
    expect(await statusOf(second)).toBe('closed');
    expect((await ask('POST', `markets/${second}/close`)).status).toBe(404);
    expect((await ask('POST', 'roll-markets', { gapMs: 60_000 })).body).toEqual({ rolled: true });
    runtime.advance(59_000);
    expect(await statusOf(first)).not.toBe('active');
    expect((await ask('POST', 'roll-markets', { gapMs: -1 })).body.error.message).toMatch(/^gapMs must be from 0/);
    expect((await ask('POST', 'pause-trading')).body).toEqual({ tradingActive: false });
    expect((await ask('POST', 'resume-trading')).body).toEqual({ tradingActive: true });
  });

  it('changes how long markets live that open from now on', async () => {
    await start({ marketLifetimeMs: Infinity });
    expect((await ask('POST', 'market-lifetime', { ms: 500 })).status).toBe(400);
    expect((await ask('POST', 'market-lifetime', { ms: 60_000 })).body).toEqual({ changed: true });
    await ask('POST', 'roll-markets');
    runtime.advance(1);
    const open = async () => {
      const answer = await fetch(`${exchange.restUrl}/markets?status=open`);
      return ((await answer.json()) as { markets: { ticker: string; close_time: string; open_time: string }[] })
        .markets;
    };
    const [market] = await open();
    expect(Date.parse(market!.close_time) - Date.parse(market!.open_time)).toBe(60_000);
    runtime.advance(60_001);
    expect((await open()).map(({ ticker }) => ticker)).not.toContain(market!.ticker);
    expect((await ask('POST', 'market-lifetime', { ms: 'Infinity' })).body).toEqual({ changed: true });
  });

  it('places and cancels orders and changes order groups, and the account is told', async () => {
    await start();
    const [ticker = ''] = exchange.markets;
    await using client = await TestClient.connect(exchange, { atMs: runtime.nowMs() });
    client.send({ id: 1, cmd: 'subscribe', params: { channels: ['user_orders', 'order_group_updates'] } });
    await client.settled();
    expect((await ask('POST', 'order-groups', { event: 'created', orderGroupId: 'g', limit: 500 })).body).toEqual({
      changed: true,
    });
    const order = { ticker, side: 'yes', price: 100, size: 300, clientOrderId: 'mine', orderGroupId: 'g' };
    const placed = await ask('POST', 'orders', order);
    expect(placed).toMatchObject({ status: 201, body: { order: { status: 'resting', remaining: 300, price: 100 } } });
    const { orderId } = placed.body.order as { orderId: string };
    expect((await ask('DELETE', `orders/${orderId}?size=100`)).body).toEqual({ canceled: 100 });
    expect((await ask('DELETE', `orders/${orderId}`)).body).toEqual({ canceled: 200 });
    expect((await ask('DELETE', `orders/${orderId}`)).status).toBe(404);
    await client.settled();
    expect(client.of('user_order').map(({ msg }) => [msg.status, msg.client_order_id])).toEqual([
      ['resting', 'mine'],
      ['resting', 'mine'],
      ['canceled', 'mine'],
    ]);
    expect(client.of('order_group_updates')).toHaveLength(1);
    expect((await ask('POST', 'orders', { ...order, price: 150 })).body.error).toMatchObject({ code: 'invalid-price' });
    expect((await ask('POST', 'orders', { ...order, price: 150 })).status).toBe(409);
  });

  const wrongOrders: [object, string][] = [
    [{}, 'ticker is missing'],
    [{ ticker: 'A', side: 'maybe', price: 100, size: 1 }, 'side must be one of yes, no, got maybe'],
    [{ ticker: 'A', side: 'yes', prize: 100, size: 1 }, 'unknown field of an order "prize": did you mean price?'],
    [{ ticker: 'A', side: 'yes', price: '100', size: 1 }, 'price must be a number'],
    [{ ticker: 'A', side: 'yes', price: 100, size: 1, timeInForce: 'gtc' }, 'timeInForce must be one of'],
  ];

  it.each<[object | string, string]>([...wrongOrders, ['[', 'JSON'], ['7', 'must be an object']])(
    'refuses the order %j with a 400 that says why',
    async (order, message) => {
      await start();
      const { status, body } = await ask('POST', 'orders', order);
      expect([status, body.error.code]).toEqual([400, 'bad_request']);
      expect(body.error.message).toContain(message);
    },
  );

  it.each(wrongOrders)('is as strict with a program: %j', async (order, message) => {
    await start();
    expect(() => exchange.control.orders.place(order as never)).toThrow(message);
  });

  it.each([Number.NaN, -1, 0, 0.5, Infinity, '1' as never])(
    'refuses to cancel %j of an order and to limit a group by it, and the book stays as it is',
    async (size) => {
      await start();
      const [ticker = ''] = exchange.markets;
      const { orders } = exchange.control;
      const placement = orders.place({ ticker, side: 'yes', price: 100, size: 300 });
      const orderId = placement.outcome === 'placed' ? placement.order.orderId : '';
      const before = exchange.book(ticker);
      expect(() => orders.cancel(orderId, { size })).toThrow(/^size must be /);
      expect(() => orders.group('created', 'g', { limit: size === 0 ? -1 : size })).toThrow(/^limit must be /);
      expect(exchange.book(ticker)).toEqual(before);
      expect(orders.cancel(orderId)).toBe(300);
    },
  );

  it('refuses fields that there are not, of a cancel and of a roll', async () => {
    await start();
    const { orders, markets } = exchange.control;
    expect(() => orders.cancel('id', { sise: 1 } as never)).toThrow(
      'unknown field of a cancel "sise": did you mean size?',
    );
    expect(() => markets.roll({ gap: 1 } as never)).toThrow('unknown field of a roll "gap"');
    expect(() => orders.group('createt' as never, 'g')).toThrow('event must be one of');
  });

  it.each([
    ['GET', 'orders', 405],
    ['POST', 'nothing', 404],
    ['POST', 'markets/A/dance', 404],
    ['PUT', 'faults', 405],
  ])('answers %s %s with %i', async (method, path, status) => {
    await start();
    const answer = await ask(method, path, method === 'GET' ? undefined : {});
    expect(answer.status).toBe(status);
    expect(answer.allow !== undefined).toBe(status === 405);
  });

  it('starts the tapes', async () => {
    using folder = temporaryFolder();
    const tape = writeTape(folder, 'play.ndjson', [
      at(1, snapshotOf('A')),
      at(2, deltaOf('A', 'yes', '0.1000', '1.00')),
    ]);
    await start({ tapes: [tape], playback: 'on-play', speed: 1_000_000 });
    expect((await ask('POST', 'play')).body).toEqual({ playing: true });
    runtime.advance(10);
    await exchange.finished;
    expect(exchange.totals().deltasPlayed).toBe(1);
    expect((await ask('POST', 'markets/A/close')).status).toBe(404);
    expect((await ask('POST', 'market-lifetime', { ms: 60_000 })).body).toEqual({ changed: false });
  });

  it('closes the exchange, after it has answered', async () => {
    await start();
    await using client = await TestClient.connect(exchange, { atMs: runtime.nowMs() });
    expect((await ask('POST', 'close')).body).toEqual({ closing: true });
    await exchange.closed;
    expect(await client.closed).toBe(1001);
    await expect(fetch(exchange.restUrl)).rejects.toMatchObject({ message: 'fetch failed' });
    expect(runtime.armedTimers).toBe(0);
  });
});
