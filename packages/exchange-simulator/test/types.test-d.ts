// What users' editors and compilers see of the main entry; the type check runs it.
import { expectTypeOf, test } from 'vitest';
import {
  createExchange,
  ExchangeError,
  parseFaultScript,
  type BookLevels,
  type Exchange,
  type ExchangeErrorCode,
  type ExchangeOptions,
  type Fault,
  type FaultKind,
  type FaultOf,
} from '../src/index.ts';

declare const exchange: Exchange;

test('an exchange needs no option and can be used with "await using"', () => {
  expectTypeOf(createExchange).toEqualTypeOf<(options?: ExchangeOptions) => Promise<Exchange>>();
  expectTypeOf<Exchange>().toExtend<AsyncDisposable>();
  // @ts-expect-error an unknown option
  void createExchange({ marktes: 3 });
  // @ts-expect-error no such speed
  void createExchange({ speed: 'fast' });
});

test('a book may be missing, and is the exchange’s own', () => {
  expectTypeOf(exchange.book('KX')).toEqualTypeOf<BookLevels | undefined>();
  // @ts-expect-error read only
  exchange.markets = [];
});

test('a fault is told apart by its kind', () => {
  expectTypeOf<Fault['kind']>().toEqualTypeOf<FaultKind>();
  expectTypeOf<FaultOf<'stall'>['kind']>().toEqualTypeOf<'stall'>();
  expectTypeOf(parseFaultScript).returns.toExtend<readonly Fault[]>();
});

test('an error that is recognised has a code', () => {
  const error: unknown = undefined;
  if (ExchangeError.isInstance(error)) expectTypeOf(error.code).toEqualTypeOf<ExchangeErrorCode>();
  expectTypeOf(exchange.failure).toEqualTypeOf<ExchangeError | undefined>();
});
