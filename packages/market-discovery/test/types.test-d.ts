// What users' editors and compilers see; the type check runs it.
import { expectTypeOf, test } from 'vitest';
import {
  createMarketDiscovery,
  MarketDiscoveryError,
  type ChangeEvent,
  type MarketChange,
  type MarketDiscovery,
  type MarketDiscoveryErrorCode,
  type ProblemEvent,
} from '../src/index.ts';

const restUrl = 'https://exchange.test';

test('an option that there is not, or of another type, is a mistake', () => {
  expectTypeOf(createMarketDiscovery({ restUrl, series: ['KXA'] })).toEqualTypeOf<MarketDiscovery>();
  // @ts-expect-error restUrl is missing
  createMarketDiscovery({ series: ['KXA'] });
  // @ts-expect-error no such option
  createMarketDiscovery({ restUrl, serie: ['KXA'] });
  // @ts-expect-error no such status
  createMarketDiscovery({ restUrl, status: ['closed'] });
});

test('a listener gets what its event has, and is removed by a function', () => {
  const discovery = createMarketDiscovery({ restUrl });
  const remove = discovery.on('change', (event) => {
    expectTypeOf(event).toEqualTypeOf<ChangeEvent>();
    expectTypeOf(event.added).toEqualTypeOf<readonly MarketChange[]>();
  });
  expectTypeOf(remove).toEqualTypeOf<() => void>();
  discovery.on('problem', (event) => expectTypeOf(event).toEqualTypeOf<ProblemEvent>());
  // @ts-expect-error no such event
  discovery.on('changed', () => undefined);
});

test('an error is recognised, and has its code', () => {
  const thrown: unknown = null;
  if (MarketDiscoveryError.isInstance(thrown)) {
    expectTypeOf(thrown.code).toEqualTypeOf<MarketDiscoveryErrorCode>();
    expectTypeOf(thrown.status).toEqualTypeOf<number | null>();
  }
});
