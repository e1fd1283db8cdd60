// Markets that open, pause, close, are determined, settled and followed by others, as a plain client sees it.
import { ManualRuntime } from '@trader/testkit';
import { describe, expect, it } from 'vitest';
import { createExchange, type ExchangeOptions } from '../src/index.ts';
import { TestClient } from './client.ts';

const ticker = 'KXSIM-00001';

async function start(options: ExchangeOptions = {}) {
  const runtime = new ManualRuntime();
  const exchange = await createExchange({
    markets: 1,
    deltasPerSecond: 20,
    pingIntervalMs: Infinity,
    replyOrder: 'arrival',
    runtime,
    ...options,
  });
  const client = await TestClient.connect(exchange, { atMs: runtime.nowMs() });
  client.send({ id: 1, cmd: 'subscribe', params: { channels: ['market_lifecycle_v2'], market_ticker: 'NO-FILTER' } });
  client.subscribe(2, [ticker]);
  await client.settled();
  return {
    exchange,
    client,
    control: exchange.control,
    /** Lets time pass, then waits for everything that came of it. */
    pass: async (ms: number) => {
      runtime.advance(ms);
      await client.settled();
    },
    events: () => client.of('market_lifecycle_v2').map(({ msg }) => [msg.event_type, msg.market_ticker]),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await exchange.close();
    },
  };
}

describe('a market', () => {
  it('closes with removals and one or two empty snapshots, is determined, settled, and followed by the next', async () => {
    await using world = await start({ marketLifetimeMs: 20_000 });
    const { client, exchange } = world;
    await world.pass(19_999);
    expect(world.events()).toEqual([['created', 'KXSIM-00001-2']]);
    const before = client.texts.length;
    await world.pass(15_000);
    const after = client.frames.slice(before).filter(({ sid, type }) => sid === 2 && type.startsWith('orderbook'));
    const firstSnapshot = after.findIndex(({ type }) => type === 'orderbook_snapshot');
    const [deltas, snapshots] = [after.slice(0, firstSnapshot), after.slice(firstSnapshot)];
    expect(deltas.length).toBeGreaterThan(0);
    expect(deltas.slice(-2).every(({ msg }) => msg.delta_fp.startsWith('-'))).toBe(true);
    expect([1, 2]).toContain(snapshots.length);
    for (const { type, msg } of snapshots) {
      expect([type, Object.keys(msg as object)]).toEqual(['orderbook_snapshot', ['market_ticker', 'market_id']]);
    }
    expect(exchange.book(ticker)).toEqual({ yes: [], no: [] });
    expect(world.events().slice(0, 3)).toEqual([
      ['created', 'KXSIM-00001-2'],
      ['determined', ticker],
      ['settled', ticker],
    ]);
    const [created, determined, settled] = client.of('market_lifecycle_v2');
    expect(created?.msg).toMatchObject({ exchange_index: 0, price_level_structure: 'linear_cent' });
    expect(created?.msg.close_ts - created?.msg.open_ts).toBe(20);
    expect(determined?.msg.settlement_value).toBe(determined?.msg.result === 'yes' ? '1.0000' : '0.0000');
    expect(settled?.msg.settled_ts).toBeGreaterThanOrEqual(determined?.msg.determination_ts as number);
    expect(client.of('market_lifecycle_v2').map(({ sid, seq }) => [sid, seq])).toEqual(
      client.of('market_lifecycle_v2').map((_, index) => [1, index + 1]),
    );
    expect(exchange.markets).toContain('KXSIM-00001-2');
    expect(exchange.book('KXSIM-00001-2')?.yes.length).toBeGreaterThan(5);
  });

  it('that opens fills its book by deltas for those who asked for it before', async () => {
    await using world = await start({ marketLifetimeMs: 20_000 });
    await world.pass(19_000);
    world.client.subscribe(3, ['KXSIM-00001-2']);
    await world.client.settled();
    expect(world.client.frames.at(-1)?.msg).not.toHaveProperty('yes_dollars_fp');
    await world.pass(1001);
    const deltas = world.client.of('orderbook_delta').filter(({ msg }) => msg.market_ticker === 'KXSIM-00001-2');
    expect(deltas.length).toBeGreaterThan(20);
  });

  it('that does not roll is the last of its line', async () => {
    await using world = await start({ marketLifetimeMs: 20_000, rollMarkets: false });
    await world.pass(60_000);
    expect(world.events()).toEqual([
      ['determined', ticker],
      ['settled', ticker],
    ]);
    expect(world.exchange.markets).toEqual([ticker]);
  });

  it('that is paused is silent, and loses what rested when it is activated again', async () => {
    await using world = await start({ deltasPerSecond: 200 });
    const { control, client, exchange } = world;
    expect(control.markets.pause(ticker)).toBe(true);
    await client.settled();
    const paused = client.of('orderbook_delta').length;
    await world.pass(30_000);
    expect(client.of('orderbook_delta').length).toBe(paused);
    expect(control.orders.place({ ticker, side: 'yes', price: 100, size: 100 })).toEqual({
      outcome: 'refused',
      reason: 'market-inactive',
    });
    const levels = exchange.book(ticker);
    expect(control.markets.resume(ticker)).toBe(true);
    await client.settled();
    const removed = client.of('orderbook_delta').slice(paused);
    expect(removed.every(({ msg }) => msg.delta_fp.startsWith('-'))).toBe(true);
    expect(removed.length).toBeGreaterThanOrEqual((levels?.yes.length ?? 0) + (levels?.no.length ?? 0));
    expect(exchange.book(ticker)).toEqual({ yes: [], no: [] });
    expect(client.of('market_lifecycle_v2').map(({ msg }) => [msg.event_type, msg.is_deactivated])).toEqual([
      ['deactivated', true],
      ['activated', false],
    ]);
    await world.pass(30_000);
    expect(exchange.book(ticker)?.yes.length).toBeGreaterThan(4);
  });

  it('can be closed ahead of its time, which is told', async () => {
    await using world = await start();
    expect(world.control.markets.close(ticker)).toBe(true);
    expect(world.control.markets.close('KXSIM-00009')).toBe(false);
    await world.pass(20_000);
    expect(world.events()).toEqual([
      ['close_date_updated', ticker],
      ['created', 'KXSIM-00001-2'],
      ['determined', ticker],
      ['settled', ticker],
    ]);
  });
});

describe('all markets', () => {
  it('can roll with a time in between in which none is open', async () => {
    await using world = await start({ markets: 3 });
    world.control.markets.roll({ gapMs: 5000 });
    await world.pass(4999);
    const silent = world.exchange.totals().deltasPlayed;
    const second = (name: string) => world.exchange.book(`${name}-2`);
    expect(second(ticker)).toEqual({ yes: [], no: [] });
    await world.pass(1);
    expect(world.exchange.totals().deltasPlayed).toBeGreaterThan(silent + 60);
    expect(second(ticker)?.no.length).toBeGreaterThan(5);
  });

  it('rest while trading is paused on the exchange', async () => {
    await using world = await start({ markets: 3, deltasPerSecond: 200 });
    world.control.markets.pauseTrading();
    await world.pass(10_000);
    expect(world.exchange.totals().deltasPlayed).toBe(0);
    world.control.markets.resumeTrading();
    await world.pass(60_000);
    expect(world.exchange.totals().deltasPlayed).toBeGreaterThan(100);
  });
});
