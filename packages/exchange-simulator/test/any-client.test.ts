// What other people's clients do that the real exchange takes: each of them works here unchanged.
import { constants, generateKeyPairSync, sign } from 'node:crypto';
import { ManualRuntime } from '@trader/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { createExchange, type Exchange, type ExchangeOptions } from '../src/index.ts';
import { type Frame, signedHeaders, TestClient } from './client.ts';

let exchange: Exchange;
afterEach(() => exchange.close());

async function open(options: ExchangeOptions = {}): Promise<TestClient> {
  const runtime = new ManualRuntime();
  exchange = await createExchange({ markets: 2, replyOrder: 'arrival', runtime, ...options });
  return TestClient.connect(exchange, { atMs: runtime.nowMs() });
}

const rsa = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
const keys = [{ keyId: 'rsa', publicKeyPem: rsa.publicKey }];

const signedWithSalt = (saltLength: number, path: string, atMs: number) => {
  const signature = sign('sha256', Buffer.from(`${atMs}GET${path}`), {
    key: rsa.privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength,
  }).toString('base64');
  return {
    'KALSHI-ACCESS-KEY': 'rsa',
    'KALSHI-ACCESS-TIMESTAMP': String(atMs),
    'KALSHI-ACCESS-SIGNATURE': signature,
  };
};

describe('a signature of an RSA key', () => {
  const salts = [0, 1, 20, constants.RSA_PSS_SALTLEN_DIGEST, 64, constants.RSA_PSS_SALTLEN_MAX_SIGN];

  it.each(salts)('is accepted with a salt of length %i, on the socket and over REST', async (saltLength) => {
    exchange = await createExchange({ keys });
    const headers = () => signedWithSalt(saltLength, '/trade-api/ws/v2', Date.now());
    await using _client = await TestClient.connect(exchange, { headers });
    const limits = signedWithSalt(saltLength, '/trade-api/v2/account/limits', Date.now());
    expect((await fetch(`${exchange.restUrl}/account/limits`, { headers: limits })).status).toBe(200);
  });

  it('of another text is refused whatever its salt', async () => {
    exchange = await createExchange({ keys });
    for (const saltLength of salts) {
      const headers = signedWithSalt(saltLength, '/trade-api/v2/markets', Date.now());
      expect((await fetch(`${exchange.restUrl}/account/limits`, { headers })).status).toBe(401);
    }
  });
});

describe('REST order books', () => {
  const statuses = async (headers: (path: string) => Record<string, string> = () => ({})) => {
    const [ticker] = exchange.markets;
    const paths = [`/markets/${ticker}/orderbook`, `/markets/orderbooks?tickers=${ticker}`];
    const asked = paths.map(async (path) => {
      const answer = await fetch(exchange.restUrl + path, { headers: headers(path) });
      return answer.status;
    });
    return Promise.all(asked);
  };
  const signed = (path: string) => signedHeaders(exchange, { signedPath: `/trade-api/v2${path.split('?')[0]}` });

  it('are shown without a signature, unless the option asks for one', async () => {
    exchange = await createExchange();
    expect(await statuses()).toEqual([200, 200]);
    await exchange.close();
    exchange = await createExchange({ orderbookAccess: 'signed' });
    expect(await statuses()).toEqual([401, 401]);
    expect(await statuses(signed)).toEqual([200, 200]);
  });
});

describe('a subscription to a ticker that is not there', () => {
  it('is acknowledged, and its snapshot has an empty market_id', async () => {
    await using client = await open();
    client.subscribe(1, ['NONE']);
    client.update(2, 'add_markets', ['NEITHER']);
    client.update(3, 'get_snapshot', ['NOR']);
    await client.settled();
    expect(client.texts).toEqual([
      '{"type":"subscribed","id":1,"msg":{"channel":"orderbook_delta","sid":1}}',
      '{"type":"orderbook_snapshot","sid":1,"seq":1,"msg":{"market_ticker":"NONE","market_id":""}}',
      '{"type":"ok","id":2,"sid":1,"seq":2,"msg":{"market_tickers":["NEITHER","NONE"]}}',
      '{"type":"orderbook_snapshot","sid":1,"seq":3,"msg":{"market_ticker":"NEITHER","market_id":""}}',
      '{"type":"orderbook_snapshot","id":3,"sid":1,"seq":4,"msg":{"market_ticker":"NOR","market_id":""}}',
    ]);
  });

  it('is refused with error 16, which names no market, under the option for it', async () => {
    await using client = await open({ unknownTicker: 'error' });
    client.subscribe(1, ['NONE']);
    await client.settled();
    expect(client.texts).toEqual(['{"type":"error","id":1,"msg":{"code":16,"msg":"Market not found"}}']);
  });
});

describe('a command in a binary frame', () => {
  it('is read like one in a text frame', async () => {
    await using client = await open();
    client.sendBinary({ id: 1, cmd: 'subscribe', params: { channels: ['orderbook_delta'], market_ticker: 'NONE' } });
    await client.settled();
    expect(client.frames.map(({ type }) => type)).toEqual(['subscribed', 'orderbook_snapshot']);
    client.sendBinary('not JSON');
    await client.settled();
    expect(client.frames.at(-1)).toMatchObject({ type: 'error', msg: { code: 1 } });
  });
});

/** Channels that Kalshi has and that stay silent here. */
const quietChannels = [
  'communications',
  'multivariate_market_lifecycle',
  'cfbenchmarks_value',
  'cfbenchmarks_value_5hz',
  'pyth_value',
];

describe('a channel that has nothing to say here', () => {
  it.each(quietChannels)('%s is acknowledged, merged, listed, ended, and says nothing', async (channel) => {
    await using client = await open();
    const params = { channels: [channel] };
    client.send({ id: 1, cmd: 'subscribe', params }, { id: 2, cmd: 'subscribe', params });
    client.send({ id: 3, cmd: 'list_subscriptions' }, { id: 4, cmd: 'unsubscribe', params: { sids: [1] } });
    await client.settled();
    expect(client.texts).toEqual([
      `{"type":"subscribed","id":1,"msg":{"channel":"${channel}","sid":1}}`,
      '{"type":"ok","id":2,"sid":1,"seq":1,"msg":{"market_tickers":[]}}',
      `{"type":"ok","id":3,"msg":[{"channel":"${channel}","sid":1}]}`,
      '{"type":"unsubscribed","id":4,"sid":1,"seq":2}',
    ]);
  });

  it.each(['ticker_v2', 'multivariate', 'no_such'])('is told from one that is not there: %s', async (channel) => {
    await using client = await open();
    client.send({ id: 1, cmd: 'subscribe', params: { channels: [channel] } });
    await client.settled();
    expect(client.frames).toMatchObject([{ type: 'error', id: 1, msg: { code: 8 } }]);
  });

  const answersTo = async (channel: string, ...paramsList: object[]): Promise<Frame[]> => {
    await using client = await open();
    client.send({ id: 1, cmd: 'subscribe', params: { channels: [channel] } });
    client.send(
      ...paramsList.map((params, at) => ({ id: at + 2, cmd: 'update_subscription', params: { sid: 1, ...params } })),
    );
    await client.settled();
    return client.frames.slice(1);
  };

  it.each([
    ['cfbenchmarks_value', 'subscribe_indices', 'unsubscribe_indices', 'indexlist', 'index_ids', 24],
    ['cfbenchmarks_value_5hz', 'subscribe_indices', 'unsubscribe_indices', 'indexlist', 'index_ids', 24],
    ['pyth_value', 'subscribe_underlyings', 'unsubscribe_underlyings', 'underlying_list', 'underlying_tickers', 28],
  ])('%s takes its own actions and refuses those of markets', async (channel, add, remove, list, field, missing) => {
    const frames = await answersTo(
      channel,
      { action: add, [field]: ['all'] },
      { action: remove, [field]: ['all'] },
      { action: list },
      { action: add },
      { action: 'add_markets', market_tickers: ['A'] },
    );
    expect(frames).toMatchObject([
      { type: 'ok', id: 2, sid: 1, seq: 1 },
      { type: 'ok', id: 3, sid: 1, seq: 2 },
      { type: channel === 'pyth_value' ? 'pyth_value_underlying_list' : `${channel}_indexlist`, id: 4, sid: 1, seq: 3 },
      { type: 'error', id: 5, msg: { code: missing } },
      { type: 'error', id: 6, msg: { code: 13 } },
    ]);
    expect(frames[2]?.msg).toEqual({ [field]: [] });
  });

  it.each([
    [{ shard_factor: 0 }, 19],
    [{ shard_key: 0 }, 20],
    [{ shard_factor: 4, shard_key: 4 }, 21],
    [{ shard_factor: 4, shard_key: -1 }, 21],
    [{ shard_factor: 101 }, 22],
  ])('communications checks its shards: %j is error %i', async (shards, code) => {
    await using client = await open();
    const params = { channels: ['communications'] };
    client.send({ id: 1, cmd: 'subscribe', params: { ...params, ...shards } });
    client.send({ id: 2, cmd: 'subscribe', params: { ...params, shard_factor: 4, shard_key: 3, user_filter: 'self' } });
    await client.settled();
    expect(client.frames).toMatchObject([
      { type: 'error', id: 1, msg: { code } },
      { type: 'subscribed', id: 2, msg: { channel: 'communications', sid: 1 } },
    ]);
  });
});
