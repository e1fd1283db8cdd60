// The join over a search whose exchange answers from a script, and a client that may refuse.
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { createMarketDiscovery } from '@trader/market-discovery';
import type { EventType, Listener } from '@trader/orderbook-client';
import { ManualRuntime } from '@trader/testkit';
import { expect, test } from 'vitest';
import type { DiscoveryConfig } from '../config/config-types.ts';
import { createLog } from '../log/log.ts';
import { DiscoveredMarkets, signedRest, type DiscoveredMarketsOptions } from './discovered-markets.ts';

const RULES: DiscoveryConfig = {
  series: ['KXA'],
  events: [],
  status: ['open'],
  minVolume: 0,
  closesWithinMs: null,
  limit: 10,
  reconcileEveryMs: 600_000,
  keepAfterCloseMs: 60_000,
};
const LIFECYCLE_SID = 7;

async function discovering(names: () => readonly string[]) {
  const runtime = new ManualRuntime();
  const wanted = new Set<string>();
  const calls: string[][] = [];
  const lines: { code?: string; market?: string }[] = [];
  const refusesAll = new Set<string>();
  const listeners = new Map<string, (event: never) => void>();
  let listings = 0;
  const search = createMarketDiscovery({
    restUrl: 'https://exchange.test/v2',
    ...RULES,
    runtime,
    fetch: async () => {
      listings++;
      const markets = names().map((ticker) => ({ ticker, status: 'active', event_ticker: 'KXA-1' }));
      const text = async () => JSON.stringify({ markets });
      return { ok: true, status: 200, headers: new Headers(), text } as Response;
    },
  });
  const client = {
    on: <T extends EventType>(type: T, listener: Listener<T>) => {
      listeners.set(type, listener);
      return () => void listeners.delete(type);
    },
    status: () => ({
      connections: [{ subscriptions: [{ channel: 'market_lifecycle_v2', sid: LIFECYCLE_SID, seq: 1 }] }],
    }),
    addMarkets: (markets: readonly string[]) => {
      calls.push([...markets]);
      const bad = markets.find((one) => refusesAll.has(one));
      if (bad !== undefined) throw new TypeError(`"${bad}" is not for me`);
      for (const one of markets) wanted.add(one);
    },
    removeMarkets: (markets: readonly string[]) => {
      for (const one of markets) wanted.delete(one);
    },
  } as unknown as DiscoveredMarketsOptions['client'];
  const log = createLog('debug', { destination: { write: (line) => void lines.push(JSON.parse(line) as object) } });
  const discovery = new DiscoveredMarkets({ client, search, log });
  /** An answer of the script is there by then: it waits for nothing. */
  const turn = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  discovery.start();
  await turn();
  return {
    discovery,
    wanted: () => [...wanted].toSorted(),
    calls,
    refusesAll,
    listings: () => listings,
    told: () => lines.filter(({ code }) => code === 'MARKET_REFUSED').map((line) => line.market),
    emit: async (type: string, event: object) => {
      listeners.get(type)!(event as never);
      runtime.advance(0);
      await turn();
    },
    /** In steps that are shorter than the time limit of an answer. */
    advance: async (ms: number) => {
      for (let leftMs = ms; leftMs > 0; leftMs -= 5_000) {
        runtime.advance(Math.min(leftMs, 5_000));
        await turn();
      }
    },
  };
}

test('a market that the client does not take keeps none of the others, is named, and is offered again with each listing', async () => {
  let names: string[] = [];
  const it = await discovering(() => names);
  names = ['KXA-A', 'KXA-B', 'KXA-C'];
  it.refusesAll.add('KXA-B');
  await it.advance(700_000);
  expect(it.wanted()).toEqual(['KXA-A', 'KXA-C']);
  expect(it.discovery.status()).toMatchObject({
    roll: 'open',
    wanted: 3,
    markets: 2,
    refused: 1,
    refusals: [{ market: 'KXA-B', reason: '"KXA-B" is not for me' }],
  });
  await it.advance(700_000);
  expect(it.calls.at(-1)).toEqual(['KXA-B']);
  expect(it.told()).toEqual(['KXA-B']);
  it.refusesAll.clear();
  await it.advance(700_000);
  expect(it.wanted()).toEqual(['KXA-A', 'KXA-B', 'KXA-C']);
  expect(it.discovery.status()).toMatchObject({ wanted: 3, markets: 3, refused: 0, refusals: [] });
});

test.each([
  ['of the lifecycle', LIFECYCLE_SID, true],
  ['whose channel nobody knows', null, true],
  ['of the books', 1, false],
])(
  'an event that cannot be read, %s (sid %s), is made up for by one listing soon: %s',
  async (_what, sid, isListed) => {
    const it = await discovering(() => []);
    const before = it.listings();
    for (let i = 0; i < 5; i++) await it.emit('unrecognized', { sid, reason: 'no market' });
    await it.advance(9_999);
    expect(it.listings()).toBe(before);
    await it.advance(1);
    expect(it.listings()).toBe(before + Number(isListed));
  },
);

test('what is of a type that is not known is no event that was missed', async () => {
  const it = await discovering(() => []);
  const before = it.listings();
  await it.emit('unrecognized', { sid: LIFECYCLE_SID, reason: null });
  await it.advance(20_000);
  expect(it.listings()).toBe(before);
});

test('a request is signed with the key over time, method and path', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const privateKeyPem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  const runtime = new ManualRuntime();
  const { sign } = signedRest('https://exchange.test/v2', { keyId: 'the-id', privateKeyPem }, runtime);
  const headers = await sign({ method: 'GET', path: '/v2/markets' });
  expect(headers).toMatchObject({
    'KALSHI-ACCESS-KEY': 'the-id',
    'KALSHI-ACCESS-TIMESTAMP': String(runtime.nowMs()),
  });
  const text = Buffer.from(`${runtime.nowMs()}GET/v2/markets`);
  const signature = Buffer.from(headers['KALSHI-ACCESS-SIGNATURE'] ?? '', 'base64');
  expect(verify(null, text, createPublicKey(privateKey), signature)).toBe(true);
});
