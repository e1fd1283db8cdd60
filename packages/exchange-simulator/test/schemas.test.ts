import { ManualRuntime } from '@trader/testkit';
import { describe, expect, it } from 'vitest';
import { routes } from '../src/core/rest/routes.ts';
import { createExchange, type Exchange } from '../src/index.ts';
import { type Frame, signedHeaders, TestClient } from './client.ts';
import { publishedSchema } from './published-schema.ts';

const asyncApi = publishedSchema('asyncapi-2026-08-22.yaml');

/** What real traffic, or Kalshi's newer documents, show otherwise than the document of 2026-08-22. */
const deviations: Readonly<Record<string, string>> = {
  'trade /seq is not in the schema': 'recorded in production in August 2026, and in the newer document',
  'market_lifecycle_v2 /seq is not in the schema': 'in the newer document, and observed in September 2026',
  'orderbook_snapshot /id is not in the schema': 'the answer to get_snapshot carries it in the newer document',
  'user_order /msg/last_update_reason is not in the schema': 'in the newer document',
  'user_order /msg/exchange_index is not in the schema': 'in the newer document',
  'error /sid is not in the schema': 'in the newer document, on errors of a subscription',
  'error /seq is not in the schema': 'in the newer document, on errors of a numbered subscription',
};

const schemaOf = ({ type, msg }: Frame): string =>
  ({
    orderbook_snapshot: 'orderbookSnapshotPayload',
    orderbook_delta: 'orderbookDeltaPayload',
    trade: 'tradePayload',
    ticker: 'tickerPayload',
    market_lifecycle_v2: 'marketLifecycleV2Payload',
    event_lifecycle: 'eventLifecyclePayload',
    fill: 'fillPayload',
    user_order: 'userOrderPayload',
    market_position: 'marketPositionPayload',
    order_group_updates: 'orderGroupUpdatesPayload',
    subscribed: 'subscribedResponsePayload',
    unsubscribed: 'unsubscribedResponsePayload',
    error: 'errorResponsePayload',
    ok: Array.isArray(msg) ? 'listSubscriptionsResponsePayload' : 'okResponsePayload',
  })[type] ?? `no schema for ${type}`;

const commandSchemas: Readonly<Record<string, string>> = {
  subscribe: 'subscribeCommandPayload',
  unsubscribe: 'unsubscribeCommandPayload',
  update_subscription: 'updateSubscriptionCommandPayload',
  list_subscriptions: 'listSubscriptionsCommandPayload',
};

const update = (id: number, sid: number, action: string, tickers: readonly string[]) => ({
  id,
  cmd: 'update_subscription',
  params: { sid, action, market_tickers: tickers },
});

describe.skipIf(asyncApi.missing)(asyncApi.title('the published AsyncAPI document'), () => {
  it('describes every command that is accepted and every frame that is sent, but for the listed deviations', async () => {
    const runtime = new ManualRuntime();
    await using exchange = await createExchange({
      markets: 3,
      deltasPerSecond: 2000,
      marketLifetimeMs: 10_000,
      replyOrder: 'arrival',
      pingIntervalMs: Infinity,
      runtime,
    });
    await using client = await TestClient.connect(exchange, { atMs: runtime.nowMs() });
    const [first = '', second = '', third = ''] = exchange.markets;
    const commands = [
      {
        id: 1,
        cmd: 'subscribe',
        params: { channels: ['orderbook_delta'], market_ticker: first, use_yes_price: true },
      },
      { id: 2, cmd: 'subscribe', params: { channels: ['trade', 'market_lifecycle_v2'] } },
      {
        id: 3,
        cmd: 'subscribe',
        params: { channels: ['ticker'], market_tickers: [first, second], send_initial_snapshot: true },
      },
      { id: 4, cmd: 'subscribe', params: { channels: ['orderbook_delta'], market_tickers: [second] } },
      { id: 5, cmd: 'subscribe', params: { channels: ['fill', 'user_orders', 'market_positions'] } },
      { id: 6, cmd: 'subscribe', params: { channels: ['order_group_updates'], skip_ticker_ack: true } },
      update(7, 1, 'add_markets', [third]),
      update(8, 1, 'get_snapshot', [first]),
      update(9, 1, 'delete_markets', [third]),
      { id: 10, cmd: 'list_subscriptions' },
    ];
    const wrong = [
      'nonsense',
      { id: 21, cmd: 'subscribe' },
      { id: 22, cmd: 'subscribe', params: { channels: ['nothing'] } },
      { id: 23, cmd: 'subscribe', params: { channels: ['orderbook_delta'] } },
      { id: 24, cmd: 'unsubscribe', params: { sids: [99] } },
      { id: 25, cmd: 'dance', params: {} },
    ];
    client.send(...commands, ...wrong);
    await client.settled();
    const { orders, markets } = exchange.control;
    const [best = 0] = exchange.book(first)?.no.at(-1) ?? [];
    orders.group('created', 'group-1', { limit: 100_000 });
    orders.place({
      ticker: first,
      side: 'no',
      price: best + 100,
      size: 300,
      clientOrderId: 'mine',
      orderGroupId: 'group-1',
    });
    orders.place({ ticker: first, side: 'yes', price: 9_900 - best, size: 100, keyId: 'somebody' });
    orders.group('triggered', 'group-1');
    markets.pause(second);
    markets.resume(second);
    await client.settled();
    for (let seconds = 0; seconds < 30; seconds++) {
      runtime.advance(1000);
      await client.settled();
    }
    const last = { id: 30, cmd: 'unsubscribe', params: { sids: [1, 2] } };
    client.send(last);
    await client.settled();

    for (const command of [...commands, last]) {
      expect({ command, problems: asyncApi.problems(commandSchemas[command.cmd]!, command) }).toEqual({
        command,
        problems: [],
      });
    }
    const { frames } = client;
    const found = new Map<string, Frame>();
    for (const frame of frames) {
      for (const problem of asyncApi.problems(schemaOf(frame), frame)) found.set(`${frame.type} ${problem}`, frame);
    }
    for (const known of Object.keys(deviations)) found.delete(known);
    expect(Object.fromEntries(found)).toEqual({});
    const types = [...new Set(frames.map(({ type }) => type))].toSorted();
    expect(types).toEqual([
      'error',
      'fill',
      'market_lifecycle_v2',
      'market_position',
      'ok',
      'order_group_updates',
      'orderbook_delta',
      'orderbook_snapshot',
      'subscribed',
      'ticker',
      'trade',
      'unsubscribed',
      'user_order',
    ]);
  });
});

const openApi = publishedSchema('openapi-v3.28.0-merged-2026-08-22.yaml');

/** What has changed since, as later changelogs say. */
const changesOfRest: readonly RegExp[] = [
  // Removed on 2026-09-10.
  /^\S* must have required property 'available_on_brokers'$/,
  // In 3.30.
  /\/categories is not in the schema$/,
];

describe.skipIf(openApi.missing)(openApi.title('the published OpenAPI document'), () => {
  const get = async (exchange: Exchange, path: string): Promise<unknown> => {
    const headers = signedHeaders(exchange, { signedPath: `/trade-api/v2${path.split('?')[0]}` });
    return (await fetch(exchange.restUrl + path, { headers })).json();
  };

  it('describes every answer of REST', async () => {
    await using exchange = await createExchange({ markets: 3, deltasPerSecond: 5000 });
    await expect.poll(() => exchange.totals().tradesPlayed, { interval: 5 }).toBeGreaterThan(0);
    const [ticker = ''] = exchange.markets;
    const { markets } = (await get(exchange, '/markets')) as { markets: Record<string, string>[] };
    const { event_ticker: event, ticker: listed } = markets[0]!;
    const { series } = (await get(exchange, '/series')) as { series: { ticker: string }[] };
    const answers: readonly (readonly [path: string, schema: string])[] = [
      ['/exchange/status', 'ExchangeStatus'],
      ['/exchange/schedule', 'GetExchangeScheduleResponse'],
      ['/markets', 'GetMarketsResponse'],
      [`/markets/${listed}`, 'GetMarketResponse'],
      [`/markets/${ticker}/orderbook`, 'GetMarketOrderbookResponse'],
      [`/markets/orderbooks?tickers=${ticker}`, 'GetMarketOrderbooksResponse'],
      ['/markets/trades', 'GetTradesResponse'],
      ['/events?with_nested_markets=true&with_milestones=true', 'GetEventsResponse'],
      [`/events/${event}`, 'GetEventResponse'],
      ['/series?include_volume=true', 'GetSeriesListResponse'],
      [`/series/${series[0]!.ticker}`, 'GetSeriesResponse'],
      ['/portfolio/balance', 'GetBalanceResponse'],
      ['/account/limits', 'GetAccountApiLimitsResponse'],
      ['/account/endpoint_costs', 'GetAccountEndpointCostsResponse'],
    ];
    for (const [path, schema] of answers) {
      const answer = await get(exchange, path);
      const problems = openApi
        .problems(schema, answer)
        .filter((problem) => !changesOfRest.some((change) => change.test(problem)));
      expect({ path, problems }).toEqual({ path, problems: [] });
    }
    const { error } = (await get(exchange, '/markets/NOPE')) as { error: object };
    expect(openApi.problems('ErrorResponse', error)).toEqual([]);
  });

  it('names the paths that need a signature: the same as here, but for order books', () => {
    const { paths } = openApi.document() as { paths: Record<string, { get?: { security?: unknown[] } }> };
    const published = new Map(
      Object.entries(paths).map(([path, { get }]) => [
        path.replace(/\{[^}]*\}/, '*'),
        get?.security ? 'signed' : 'open',
      ]),
    );
    for (const { path, access } of routes) {
      const expected = path.includes('orderbook') ? 'orderbook' : published.get(path);
      expect({ path, access }).toEqual({ path, access: expected });
    }
  });
});
