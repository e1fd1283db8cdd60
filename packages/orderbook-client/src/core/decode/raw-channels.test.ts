import fc from '@trader/testkit/fast-check';
import { describe, expect, test } from 'vitest';
import { decodeFrame } from './decode.ts';

const TYPES = [
  ['rfq_created', 'communications'],
  ['rfq_deleted', 'communications'],
  ['quote_created', 'communications'],
  ['quote_accepted', 'communications'],
  ['quote_executed', 'communications'],
  ['multivariate_market_lifecycle', 'multivariate_market_lifecycle'],
  ['cfbenchmarks_value', 'cfbenchmarks_value'],
  ['cfbenchmarks_value_indexlist', 'cfbenchmarks_value'],
  ['cfbenchmarks_value_5hz', 'cfbenchmarks_value_5hz'],
  ['cfbenchmarks_value_5hz_indexlist', 'cfbenchmarks_value_5hz'],
  ['pyth_value', 'pyth_value'],
  ['pyth_value_underlying_list', 'pyth_value'],
  // Removed in 2026, and in older recordings.
  ['ticker_v2', 'ticker_v2'],
  ['multivariate_lookup', 'multivariate'],
] as const;

describe.each(TYPES)('a frame of type %s', (type, channel) => {
  test(`belongs to ${channel}, and keeps its place`, () => {
    expect(decodeFrame(JSON.stringify({ type, sid: 5, seq: 9, msg: { market_ticker: 'KXMVE-A' } }))).toEqual({
      kind: 'raw',
      channel,
      frameType: type,
      sid: 5,
      seq: 9,
    });
  });

  test('is never a violation and never unrecognized, whatever is in it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (sid, seq, msg) => {
        expect(decodeFrame(JSON.stringify({ type, sid, seq, msg }))).toMatchObject({ kind: 'raw', channel });
      }),
    );
  });
});

test.each(['constructor', '__proto__', 'rfq_', 'communications', 'rfq_created '])(
  'a frame of type "%s" is of none of them',
  (type) => {
    expect(decodeFrame(JSON.stringify({ type, sid: 5, seq: 9, msg: {} }))).toMatchObject({ kind: 'unrecognized' });
  },
);
