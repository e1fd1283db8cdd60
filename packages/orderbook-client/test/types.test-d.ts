// What users' editors and compilers see of the main entry; the type check runs it.
import { expectTypeOf, test } from 'vitest';
import {
  createOrderbookClient,
  OrderbookClientError,
  parsePrice,
  type BookView,
  type DeltaEvent,
  type Level,
  type OrderbookClient,
  type OrderbookClientErrorCode,
  type OrderbookClientOptions,
  type OrderbookEvent,
  type ProblemEvent,
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

test('the stream of events is told apart by type', async () => {
  for await (const event of client.events()) {
    expectTypeOf(event).toEqualTypeOf<OrderbookEvent>();
    if (event.type === 'delta') expectTypeOf(event).toEqualTypeOf<DeltaEvent>();
  }
});

test('a book may be missing, a level has two numbers, and nothing of it can be written', () => {
  expectTypeOf(client.book('KX')).toEqualTypeOf<BookView | undefined>();
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
