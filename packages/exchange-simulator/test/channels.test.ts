// Every channel as a plain client sees it: sids, numbers, filters, acknowledgements, and what is whose.
import { generateKeyPairSync } from 'node:crypto';
import { ManualRuntime, temporaryFolder } from '@trader/testkit';
import { describe, expect, it } from 'vitest';
import { createExchange, type ExchangeOptions } from '../src/index.ts';
import { type Frame, TestClient } from './client.ts';
import { at, deltaOf, snapshotOf, writeTape } from './tape.ts';

const [A, B] = ['KXSIM-00001', 'KXSIM-00002'] as const;

/** An exchange whose time moves when the test says so, and whose crowd is as good as silent. */
async function start(options: ExchangeOptions = {}) {
  const runtime = new ManualRuntime();
  const exchange = await createExchange({
    markets: 3,
    deltasPerSecond: 0.000_1,
    pingIntervalMs: Infinity,
    replyOrder: 'arrival',
    runtime,
    ...options,
  });
  const atMs = runtime.nowMs();
  const client = await TestClient.connect(exchange, { atMs });
  const subscribe = (id: number, channels: readonly string[], more: object = {}) =>
    client.send({ id, cmd: 'subscribe', params: { channels, ...more } });
  return {
    runtime,
    atMs,
    exchange,
    client,
    subscribe,
    /** Buys the best bid of the other side away. */
    lift: (ticker: string, size: number, keyId?: string) => {
      const { no } = exchange.book(ticker) ?? { no: [] };
      const [price = 0] = no.at(-1) ?? [];
      return exchange.control.orders.place({
        ticker,
        side: 'yes',
        price: 10_000 - price,
        size,
        timeInForce: 'immediate_or_cancel',
        clientOrderId: 'lifted',
        ...(keyId !== undefined && { keyId }),
      });
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await exchange.close();
    },
  };
}

const shape = ({ type, id, sid, seq, msg }: Frame) => ({ type, id, sid, seq, msg });
const numbersOf = (frames: readonly Frame[]) => frames.map(({ sid, seq }) => [sid, seq]);

describe('channels', () => {
  it('have one sid each and one reply each, in the order of the command', async () => {
    await using world = await start();
    const { client, subscribe } = world;
    const channels = ['trade', 'nonsense', 'ticker', 'orderbook_delta', 'fill', 'ticker_v2'];
    subscribe(1, channels, { market_ticker: A });
    await client.settled();
    expect(client.frames.filter(({ type }) => type !== 'orderbook_snapshot').map(shape)).toMatchObject([
      { type: 'subscribed', id: 1, msg: { channel: 'trade', sid: 1 } },
      { type: 'error', id: 1, msg: { code: 8 } },
      { type: 'subscribed', id: 1, msg: { channel: 'ticker', sid: 2 } },
      { type: 'subscribed', id: 1, msg: { channel: 'orderbook_delta', sid: 3 } },
      { type: 'subscribed', id: 1, msg: { channel: 'fill', sid: 4 } },
      { type: 'error', id: 1, msg: { code: 8 } },
    ]);
    client.send({ id: 9, cmd: 'list_subscriptions' });
    await client.settled();
    expect(client.frames.at(-1)).toEqual({
      type: 'ok',
      id: 9,
      msg: [
        { channel: 'trade', sid: 1 },
        { channel: 'ticker', sid: 2 },
        { channel: 'orderbook_delta', sid: 3 },
        { channel: 'fill', sid: 4 },
      ],
    });
  });

  it('of which only the order book needs markets', async () => {
    await using world = await start();
    const channels = ['orderbook_delta', 'trade', 'ticker', 'market_lifecycle_v2', 'fill', 'user_orders'];
    world.subscribe(1, [...channels, 'market_positions', 'order_group_updates']);
    await world.client.settled();
    const [first, ...rest] = world.client.frames;
    expect(first).toMatchObject({ type: 'error', id: 1, msg: { code: 14 } });
    expect(rest.map(({ msg }) => msg.sid)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('are left together, each with its own next number, and an unknown sid is error 7', async () => {
    await using world = await start();
    world.subscribe(1, ['trade', 'ticker'], { market_ticker: A });
    world.subscribe(2, ['trade'], { market_ticker: B });
    world.client.send({ id: 3, cmd: 'unsubscribe', params: { sids: [1, 7, 2] } });
    await world.client.settled();
    expect(world.client.frames.slice(2)).toEqual([
      { type: 'ok', id: 2, sid: 1, seq: 1, msg: { market_tickers: [A, B] } },
      { type: 'unsubscribed', id: 3, sid: 1, seq: 2 },
      { type: 'error', id: 3, msg: { code: 7, msg: 'Unknown subscription ID' } },
      { type: 'unsubscribed', id: 3, sid: 2, seq: 1 },
    ]);
    world.lift(A, 100);
    await world.client.settled();
    expect(world.client.frames).toHaveLength(6);
  });

  it('that a key was not granted are error 9', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' });
    const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const keys = [{ keyId: 'limited', publicKeyPem, channels: ['trade'] }];
    await using world = await start({ keys });
    await using limited = await TestClient.connect(world.exchange, {
      atMs: world.atMs,
      keyId: 'limited',
      privateKeyPem,
    });
    limited.send({ id: 1, cmd: 'subscribe', params: { channels: ['fill', 'trade'] } });
    await limited.settled();
    expect(limited.frames).toMatchObject([{ type: 'error', msg: { code: 9 } }, { type: 'subscribed' }]);
  });
});

describe('a filter', () => {
  it('lets through what it names, changes with add and delete, and emptied lets nothing through', async () => {
    await using world = await start();
    const { client, lift } = world;
    world.subscribe(1, ['trade'], { market_ticker: A });
    await client.settled();
    lift(A, 100);
    lift(B, 100);
    client.update(2, 'add_markets', [B]);
    await client.settled();
    lift(B, 100);
    client.update(3, 'delete_markets', [A, B]);
    await client.settled();
    lift(A, 100);
    await client.settled();
    expect(
      client.frames.slice(1).map(({ type, seq, msg }) => [type, seq, msg.market_ticker ?? msg.market_tickers]),
    ).toEqual([
      ['trade', 1, A],
      ['ok', 2, [A, B]],
      ['trade', 3, B],
      ['ok', 4, []],
    ]);
  });

  it('that names nothing lets everything through, also once a narrower one was there', async () => {
    await using world = await start();
    world.subscribe(1, ['trade'], { market_ticker: A });
    world.subscribe(2, ['trade']);
    await world.client.settled();
    world.lift(B, 100);
    await world.client.settled();
    expect(world.client.frames.slice(1)).toMatchObject([
      { type: 'ok', id: 2, sid: 1, seq: 1, msg: { market_tickers: [] } },
      { type: 'trade', sid: 1, seq: 2, msg: { market_ticker: B } },
    ]);
  });

  it('is left out of acknowledgements with skip_ticker_ack', async () => {
    await using world = await start();
    world.subscribe(1, ['trade'], { market_ticker: A, skip_ticker_ack: true });
    world.client.update(2, 'add_markets', [B]);
    await world.client.settled();
    expect(world.client.texts.at(-1)).toBe('{"type":"ok","id":2,"sid":1,"seq":1,"msg":{}}');
  });

  it.each([
    ['market_lifecycle_v2', 'add_markets'],
    ['market_positions', 'delete_markets'],
    ['trade', 'get_snapshot'],
  ])('cannot be changed where the channel has none: %s, %s, error 13', async (channel, action) => {
    await using world = await start();
    world.subscribe(1, [channel]);
    world.client.update(2, action, [A]);
    await world.client.settled();
    expect(world.client.frames.at(-1)).toMatchObject({ type: 'error', id: 2, msg: { code: 13 } });
  });
});

describe('a trade', () => {
  it('is one negative delta per resting order, then the prints in their order, all of one time', async () => {
    await using world = await start();
    const { client, exchange } = world;
    const [best = 0] = exchange.book(A)?.no.at(-1) ?? [];
    const near = best + 100;
    for (const size of [300, 200, 100])
      exchange.control.orders.place({ ticker: A, side: 'no', price: near, size, keyId: 'x' });
    client.subscribe(1, [A]);
    world.subscribe(2, ['trade']);
    await client.settled();
    world.runtime.advance(1234);
    world.lift(A, 550);
    await client.settled();
    const [deltas, trades] = [client.of('orderbook_delta'), client.of('trade')];
    const price = (value: number) => (value / 10_000).toFixed(4);
    expect(deltas.map(({ msg }) => [msg.side, msg.price_dollars, msg.delta_fp])).toEqual([
      ['no', price(near), '-3.00'],
      ['no', price(near), '-2.00'],
      ['no', price(near), '-0.50'],
    ]);
    expect(trades.map(({ msg }) => msg.count_fp)).toEqual(['3.00', '2.00', '0.50']);
    expect(new Set([...deltas, ...trades].map(({ msg }) => msg.ts_ms)).size).toBe(1);
    expect(numbersOf(trades)).toEqual([
      [2, 1],
      [2, 2],
      [2, 3],
    ]);
    expect(client.texts.find((text) => text.startsWith('{"type":"trade"'))).toMatch(
      /^\{"type":"trade","sid":2,"seq":1,"msg":\{"trade_id":"[0-9a-f-]{36}","market_ticker":"KXSIM-00001","yes_price_dollars":"0\.\d{4}","no_price_dollars":"0\.\d{4}","count_fp":"3\.00","taker_side":"yes","taker_outcome_side":"yes","taker_book_side":"bid","is_block_trade":false,"ts":\d{10},"ts_ms":\d{13}\}\}$/,
    );
    const [first] = trades;
    expect(Number(first?.msg.yes_price_dollars) + Number(first?.msg.no_price_dollars)).toBeCloseTo(1, 9);
  });

  it('of a tape goes to those who follow trades, with numbers of their sid, byte for byte', async () => {
    using folder = temporaryFolder();
    const msg =
      '{"trade_id":"t-1","market_ticker":"A","yes_price_dollars":"0.6800","no_price_dollars":"0.3200","count_fp":"46.02","taker_side":"yes","taker_outcome_side":"yes","taker_book_side":"bid","ts":1,"ts_ms":1500}';
    const tape = writeTape(folder, 'tape.ndjson', [
      at(1000, snapshotOf('A', [], [['0.3200', '60.00']])),
      at(1500, deltaOf('A', 'no', '0.3200', '-46.02', 1500)),
      at(1500, { type: 'trade', sid: 2, seq: 147_562, msg: JSON.parse(msg) as object }),
    ]);
    await using world = await start({ tapes: [tape], speed: 'max', playback: 'on-play' });
    world.client.subscribe(1, ['A']);
    world.subscribe(2, ['trade', 'ticker'], { market_ticker: 'A' });
    await world.client.settled();
    world.exchange.play();
    await world.exchange.finished;
    await world.client.settled();
    expect(world.client.texts.filter((text) => text.startsWith('{"type":"trade"'))).toEqual([
      `{"type":"trade","sid":2,"seq":1,"msg":${msg}}`,
    ]);
    expect(world.client.of('ticker').at(-1)?.msg).toMatchObject({
      price_dollars: '0.6800',
      volume_fp: '46.02',
      ts_ms: 1500,
    });
    expect(world.exchange.totals()).toMatchObject({ tradesPlayed: 1, deltasPlayed: 1 });
  });
});

describe('the ticker', () => {
  it('has no numbers, tells changes of the best bids and trades only, and a first value on request', async () => {
    await using world = await start();
    const { client, exchange } = world;
    world.subscribe(1, ['ticker'], { market_tickers: [A, B], send_initial_snapshot: true });
    await client.settled();
    expect(client.frames.slice(1).map(({ type, seq, msg }) => [type, seq, msg.market_ticker])).toEqual([
      ['ticker', undefined, A],
      ['ticker', undefined, B],
    ]);
    const { yes, no } = exchange.book(A) ?? { yes: [], no: [] };
    const dollars = (price = 0) => (price / 10_000).toFixed(4);
    expect(client.of('ticker')[0]?.msg).toMatchObject({
      yes_bid_dollars: dollars(yes.at(-1)?.[0]),
      yes_ask_dollars: dollars(10_000 - (no.at(-1)?.[0] ?? 0)),
      price_dollars: '0.0000',
      volume_fp: '0.00',
    });
    world.lift(A, 100);
    const deep = exchange.control.orders.place({ ticker: A, side: 'yes', price: 100, size: 100 });
    expect(deep.outcome).toBe('placed');
    await client.settled();
    expect(
      client
        .of('ticker')
        .slice(2)
        .map(({ msg }) => [msg.volume_fp, msg.last_trade_size_fp]),
    ).toEqual([['1.00', '1.00']]);
  });

  it('names markets by their ids, too', async () => {
    await using world = await start();
    world.client.subscribe(1, [B]);
    await world.client.settled();
    const marketId: unknown = world.client.of('orderbook_snapshot')[0]?.msg.market_id;
    world.subscribe(2, ['ticker'], { market_ids: [marketId], send_initial_snapshot: true });
    await world.client.settled();
    expect(world.client.of('ticker').map(({ msg }) => msg.market_ticker)).toEqual([B]);
  });
});

describe('what is an account’s own', () => {
  it('goes to the connections of its key only, and so does the client_order_id on deltas', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const keys = [{ keyId: 'other', publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }) }];
    await using world = await start({ keys });
    const { client, exchange } = world;
    const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    await using other = await TestClient.connect(exchange, { atMs: world.atMs, keyId: 'other', privateKeyPem });
    const channels = ['orderbook_delta', 'fill', 'user_orders', 'market_positions', 'order_group_updates'];
    for (const one of [client, other]) {
      one.send({ id: 1, cmd: 'subscribe', params: { channels, market_ticker: A } });
      await one.settled();
    }
    const [best = 0] = exchange.book(A)?.no.at(-1) ?? [];
    const order = { ticker: A, price: best + 100, size: 300, side: 'no' } as const;
    exchange.control.orders.place({ ...order, clientOrderId: 'mine-1' });
    exchange.control.orders.group('created', 'group-1', { limit: 1000 });
    world.lift(A, 100, 'other');
    await Promise.all([client.settled(), other.settled()]);

    expect(client.of('orderbook_delta').map(({ msg }) => msg.client_order_id)).toEqual(['mine-1', undefined]);
    expect(other.of('orderbook_delta').map(({ msg }) => msg.client_order_id)).toEqual([undefined, 'lifted']);
    expect(
      client.of('order_group_updates').map(({ seq, msg }) => [seq, msg.event_type, msg.contracts_limit_fp]),
    ).toEqual([[1, 'created', '10.00']]);
    expect(other.of('order_group_updates')).toEqual([]);
    expect(
      client.of('user_order').map(({ msg }) => [msg.status, msg.remaining_count_fp, msg.last_update_reason]),
    ).toEqual([
      ['resting', '3.00', undefined],
      ['resting', '2.00', 'Trade'],
    ]);
    expect(other.of('user_order').map(({ msg }) => [msg.status, msg.fill_count_fp])).toEqual([['executed', '1.00']]);
    const [made, taken] = [client.of('fill')[0]?.msg, other.of('fill')[0]?.msg];
    expect(made).toMatchObject({
      is_taker: false,
      outcome_side: 'no',
      book_side: 'ask',
      fee_cost: '0.000000',
      post_position_fp: '-1.00',
    });
    expect(taken).toMatchObject({ is_taker: true, outcome_side: 'yes', book_side: 'bid', post_position_fp: '1.00' });
    expect(made.trade_id).toBe(taken.trade_id);
    expect(client.of('market_position')[0]?.msg).toMatchObject({ position_fp: '-1.00', volume_fp: '1.00' });
    const own = [...client.of('fill'), ...client.of('user_order'), ...client.of('market_position')];
    expect(own.every(({ seq }) => seq === undefined)).toBe(true);
  });

  it('tells cancels, and an order group that was triggered loses its orders and takes no more', async () => {
    await using world = await start();
    const { orders } = world.exchange.control;
    world.subscribe(1, ['user_orders', 'order_group_updates']);
    await world.client.settled();
    orders.group('created', 'g', { limit: 100 });
    const order = { ticker: A, side: 'yes', price: 100, size: 500, orderGroupId: 'g' } as const;
    expect(orders.place(order).outcome).toBe('placed');
    const single = orders.place({ ticker: A, side: 'yes', price: 100, size: 500 });
    const orderId = single.outcome === 'placed' ? single.order.orderId : '';
    expect(orders.cancel(orderId, { size: 200 })).toBe(200);
    expect(orders.group('triggered', 'g')).toBe(true);
    expect(orders.place(order)).toEqual({ outcome: 'refused', reason: 'order-group-triggered' });
    expect(orders.place({ ...order, ticker: 'NONE' })).toEqual({ outcome: 'refused', reason: 'unknown-market' });
    expect(orders.place({ ...order, price: 150 })).toEqual({ outcome: 'refused', reason: 'invalid-price' });
    await world.client.settled();
    expect(world.client.of('user_order').map(({ msg }) => [msg.status, msg.remaining_count_fp])).toEqual([
      ['resting', '5.00'],
      ['resting', '5.00'],
      ['resting', '3.00'],
      ['canceled', '0.00'],
    ]);
  });
});
