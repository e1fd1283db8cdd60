import { generateKeyPairSync } from 'node:crypto';
import { ManualRuntime, temporaryFolder } from '@trader/testkit';
import { describe, expect, it } from 'vitest';
import { createExchange, type Exchange, type ExchangeOptions } from '../src/index.ts';
import { type Handshake, signedHeaders, TestClient } from './client.ts';
import { at, snapshotOf, writeTape } from './tape.ts';

const other = generateKeyPairSync('ed25519');
const otherKey = {
  keyId: 'other',
  privateKeyPem: other.privateKey.export({ type: 'pkcs8', format: 'pem' }),
};
const keys = [{ keyId: 'other', publicKeyPem: other.publicKey.export({ type: 'spki', format: 'pem' }) }];

async function open(options: ExchangeOptions = {}) {
  const runtime = new ManualRuntime();
  const exchange = await createExchange({ markets: 2, keys, runtime, ...options });
  const balance = async (handshake: Handshake = {}) => {
    const path = '/trade-api/v2/portfolio/balance';
    const headers = signedHeaders(exchange, { signedPath: path, atMs: runtime.nowMs(), ...handshake });
    const answer = await fetch(`${exchange.restUrl}/portfolio/balance`, { headers });
    return (await answer.json()) as Record<string, unknown>;
  };
  return { exchange, runtime, balance, [Symbol.asyncDispose]: () => exchange.close() };
}

/** Buys YES at the price of the best bid for NO. @returns that price, in 1/10,000 dollar */
function lift(exchange: Exchange, ticker: string, size: number, keyId?: string): number {
  const price = 10_000 - (exchange.book(ticker)?.no.at(-1)?.[0] ?? 0);
  const how = { timeInForce: 'fill_or_kill' as const, ...(keyId !== undefined && { keyId }) };
  const placement = exchange.control.orders.place({ ticker, side: 'yes', price, size, ...how });
  expect(placement).toMatchObject({ outcome: 'placed', order: { remaining: 0 } });
  return price;
}

describe('GET /portfolio/balance', () => {
  it('needs a signature, and is what an account began with before it has done anything', async () => {
    await using world = await open();
    const unsigned = await fetch(`${world.exchange.restUrl}/portfolio/balance`);
    expect(unsigned.status).toBe(401);
    expect(await world.balance()).toEqual({
      balance: 1_000_000,
      balance_breakdown: [{ balance: '10000.0000', exchange_index: 0 }],
      balance_dollars: '10000.0000',
      portfolio_value: 0,
      updated_ts: Math.floor(world.runtime.nowMs() / 1000),
    });
  });

  it('falls by what a fill and its fee cost, and by what rests; positions are worth their best bid', async () => {
    await using world = await open({ balanceDollars: 100 });
    const { exchange, balance } = world;
    const [ticker = ''] = exchange.markets;
    const price = lift(exchange, ticker, 100);
    const fee = Math.ceil((7 * 100 * price * (10_000 - price)) / 1_000_000);
    exchange.control.orders.place({ ticker, side: 'yes', price: 100, size: 200 });
    const expected = 100_000_000 - 100 * price - fee - 200 * 100;
    const { balance_dollars: dollars, portfolio_value: value } = await balance();
    expect(Math.round(Number(dollars) * 1_000_000)).toBe(expected);
    const [bid = 0] = exchange.book(ticker)?.yes.at(-1) ?? [];
    expect(value).toBe(Math.floor((100 * bid) / 10_000));
    expect(await balance(otherKey)).toMatchObject({ balance: 10_000, portfolio_value: 0 });
  });

  it('is paid a dollar for a pair, and what a market is settled at', async () => {
    await using world = await open({ balanceDollars: 100, fees: { '*': { multiplier: 0 } } });
    const { exchange, runtime, balance } = world;
    const [ticker = ''] = exchange.markets;
    const yes = lift(exchange, ticker, 100);
    const noPrice = 10_000 - (exchange.book(ticker)?.yes.at(-1)?.[0] ?? 0);
    exchange.control.orders.place({ ticker, side: 'no', price: noPrice, size: 100, timeInForce: 'fill_or_kill' });
    const afterPair = 100_000_000 - 100 * yes - 100 * noPrice + 100 * 10_000;
    expect(Math.round(Number((await balance())['balance_dollars']) * 1_000_000)).toBe(afterPair);

    const again = lift(exchange, ticker, 300);
    exchange.control.markets.close(ticker);
    runtime.advance(20_000);
    const { market } = (await (await fetch(`${exchange.restUrl}/markets/${ticker}`)).json()) as {
      market: { status: string; result: string };
    };
    expect(market.status).toBe('finalized');
    const settled = afterPair - 300 * again + (market.result === 'yes' ? 300 * 10_000 : 0);
    expect(await balance()).toMatchObject({ portfolio_value: 0 });
    expect(Math.round(Number((await balance())['balance_dollars']) * 1_000_000)).toBe(settled);
  });

  it('is there for tapes, too', async () => {
    using folder = temporaryFolder();
    const tape = writeTape(folder, 'one.ndjson', [at(1, snapshotOf('A'))]);
    await using world = await open({ tapes: [tape], balanceDollars: 5 });
    expect(await world.balance()).toMatchObject({ balance: 500 });
  });
});

describe('a maker’s fee', () => {
  it('is charged and told in a series that has one', async () => {
    await using world = await open({ fees: { KXSIM: { makerMultiplier: 0.25 } } });
    const { exchange, runtime } = world;
    const [ticker = ''] = exchange.markets;
    await using client = await TestClient.connect(exchange, { atMs: runtime.nowMs() });
    client.send({ id: 1, cmd: 'subscribe', params: { channels: ['fill', 'user_orders'] } });
    await client.settled();
    const best = exchange.book(ticker)?.no.at(-1)?.[0] ?? 0;
    exchange.control.orders.place({ ticker, side: 'no', price: best + 100, size: 100 });
    lift(exchange, ticker, 100, 'other');
    await client.settled();
    const yesPrice = 10_000 - (best + 100);
    const fee = (0.0175 * yesPrice * (10_000 - yesPrice)) / 1e8;
    const [fill] = client.of('fill');
    expect(fill?.msg.is_taker).toBe(false);
    expect(Number(fill?.msg.fee_cost)).toBeCloseTo(fee, 5);
    expect(fill?.msg.fee_cost).toMatch(/^\d+\.\d{6}$/);
    expect(Number(client.of('user_order').at(-1)?.msg.maker_fees_dollars)).toBe(Number(fill?.msg.fee_cost));
    const { series } = (await (await fetch(`${exchange.restUrl}/series/KXSIM`)).json()) as { series: object };
    expect(series).toMatchObject({ fee_type: 'quadratic_with_maker_fees', fee_multiplier: 1 });
  });
});
