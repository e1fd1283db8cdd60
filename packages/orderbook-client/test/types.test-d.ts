// What users' editors and compilers see of the main entry; the type check runs it.
import { expectTypeOf, test } from 'vitest';
import {
  createOrderbookClient,
  createWebSocketOpener,
  OrderbookClientError,
  parsePrice,
  type BookView,
  type DeltaEvent,
  type GapEvent,
  type Level,
  type OrderbookClient,
  type OrderbookClientErrorCode,
  type OrderbookClientOptions,
  type OrderbookEvent,
  type PriceRange,
  type ProblemEvent,
  type TopOfBook,
} from '../src/index.ts';

declare const client: OrderbookClient;

test('a client is made of options and can be used with "await using"', () => {
  expectTypeOf(createOrderbookClient).toEqualTypeOf<(options: OrderbookClientOptions) => OrderbookClient>();
  expectTypeOf<OrderbookClient>().toExtend<AsyncDisposable>();
  // @ts-expect-error an unknown option
  createOrderbookClient({ url: 'wss://x', credentials: { keyId: 'k', sign: () => 's' }, markets: [], marktes: [] });
});

test('a listener gets the event of its type', () => {
  client.on('delta', (event) => expectTypeOf(event).toEqualTypeOf<DeltaEvent>());
  client.on('problem', (event) => expectTypeOf(event).toEqualTypeOf<ProblemEvent>());
  expectTypeOf(client.on('gap', () => undefined)).toEqualTypeOf<() => void>();
  // @ts-expect-error no such event
  client.on('dleta', () => undefined);
});

test('a listener may be asynchronous, and return anything', () => {
  expectTypeOf(client.on('delta', async () => Promise.resolve())).toEqualTypeOf<() => void>();
  client.on('delta', () => 5, { signal: AbortSignal.timeout(5) });
});

test('a stream of some types has the events of these types', () => {
  expectTypeOf(client.events({ types: ['delta', 'gap'] })).toEqualTypeOf<
    AsyncIterableIterator<DeltaEvent | GapEvent, undefined>
  >();
  // @ts-expect-error no such event
  client.events({ types: ['dleta'] });
});

test('what is waited for has the type that the predicate says', () => {
  const isDelta = (event: OrderbookEvent): event is DeltaEvent => event.type === 'delta';
  expectTypeOf(client.waitFor(isDelta)).toEqualTypeOf<Promise<DeltaEvent>>();
  expectTypeOf(client.waitFor(({ type }) => type === 'gap', { timeoutMs: 5 })).toEqualTypeOf<Promise<OrderbookEvent>>();
});

test('books can be waited for together or by market', () => {
  expectTypeOf(client.whenSynced({ timeoutMs: 5 })).toEqualTypeOf<Promise<void>>();
  expectTypeOf(client.whenSynced(['KX'], { signal: AbortSignal.timeout(5) })).toEqualTypeOf<Promise<void>>();
});

test('the top of a book is watched as an async iterable', () => {
  expectTypeOf(client.watchTop('KX')).toEqualTypeOf<AsyncIterableIterator<TopOfBook, undefined>>();
  expectTypeOf<TopOfBook['bidPrice']>().toEqualTypeOf<number | null>();
});

test('the exchange is named by a URL or an environment', () => {
  const credentials = { keyId: 'k', sign: () => 's' };
  expectTypeOf(
    createOrderbookClient({ environment: 'demo', credentials, markets: [] }),
  ).toEqualTypeOf<OrderbookClient>();
  createOrderbookClient({ url: 'ws://x', credentials, markets: [], openSocket: createWebSocketOpener({ ca: 'PEM' }) });
  // @ts-expect-error no such environment
  createOrderbookClient({ environment: 'test', credentials, markets: [] });
});

test('the stream of events is told apart by type', async () => {
  for await (const event of client.events()) {
    expectTypeOf(event).toEqualTypeOf<OrderbookEvent>();
    if (event.type === 'delta') expectTypeOf(event).toEqualTypeOf<DeltaEvent>();
  }
});

test('a book may be missing, a level has two numbers, and nothing of it can be written', () => {
  expectTypeOf(client.book('KX')).toEqualTypeOf<BookView | undefined>();
  expectTypeOf<BookView['tickSize']>().toEqualTypeOf<number | null>();
  expectTypeOf<BookView['priceRanges']>().toEqualTypeOf<readonly PriceRange[] | null>();
  expectTypeOf<BookView['bestBid']>().returns.toEqualTypeOf<Level | undefined>();
  expectTypeOf<Level>().toExtend<readonly [number, number]>();
  expectTypeOf(parsePrice).parameter(0).toEqualTypeOf<unknown>();
  // @ts-expect-error read only
  client.status().phase = 'live';
});

test('an error that is recognised has a code', () => {
  const error: unknown = undefined;
  if (OrderbookClientError.isInstance(error)) expectTypeOf(error.code).toEqualTypeOf<OrderbookClientErrorCode>();
  expectTypeOf<ProblemEvent['error']>().toEqualTypeOf<OrderbookClientError>();
});
